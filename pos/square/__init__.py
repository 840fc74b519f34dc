"""Square's team members, through Square's own library."""
