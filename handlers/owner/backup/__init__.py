"""A backup of the shop's users as a sealed file, and bringing the till back to one."""
