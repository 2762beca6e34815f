"""How long what is kept. The privacy page shows these figures, the scheduler carries them out."""

from datetime import timedelta

# WriteToThem's week for people who never confirm; RELIABILITY 6 for the rest.
UNCONFIRMED_DAYS = 7
# From signing, where a pause of the campaign keeps people from confirming.
PAUSED_DAYS = 30
TEXT_DAYS = 28
ADDRESS_DAYS = 90
RECEIPT_DAYS = 28
REPLY_DAYS = 28

# The caps on mail to one address look back so far (signatures.guards).
CAPPED = timedelta(days=30)
UNCONFIRMED = timedelta(days=UNCONFIRMED_DAYS)
PAUSED = timedelta(days=PAUSED_DAYS)
TEXT = timedelta(days=TEXT_DAYS)
ADDRESS = timedelta(days=ADDRESS_DAYS)
RECEIPT = timedelta(days=RECEIPT_DAYS)
REPLY = timedelta(days=REPLY_DAYS)
