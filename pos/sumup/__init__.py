"""SumUp's members of a merchant account, through SumUp's own library."""
