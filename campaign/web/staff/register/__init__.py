"""The register of office-holders: lists, pages, changes, imports."""

from campaign.accounts import Role
from campaign.core.rates import Rate

# Office-holders are public persons; whoever works here may see who they are.
MAY_CHANGE = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(120, "minute")
IMPORT_RATE = Rate(20, "minute")
