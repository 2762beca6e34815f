"""Making a campaign, step by step. Every step is a page of its own and can be left at any time."""

from campaign.accounts import Role
from campaign.core.rates import Rate

# Who makes and opens; who writes its texts in other languages.
MAY_MAKE = (Role.OWNER, Role.CAMPAIGNER)
MAY_WRITE = (Role.OWNER, Role.CAMPAIGNER, Role.TRANSLATOR)
# A form saves itself while somebody writes in it, every few seconds.
SAVES = Rate(120, "minute")
ACTS = Rate(60, "minute")
