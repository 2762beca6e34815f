"""The link for the office that stands in every letter, and the language that the office reads."""

from uuid import UUID

from campaign import config, targets
from campaign.core import clock, i18n, mailtext, tokens
from campaign.core.tokens import Purpose


def office_link(message_id: UUID) -> str:
    """Leads to the page about this mail, for whoever reads it at the office; no account."""
    return f"{config.current().public_url}/office/{tokens.sign(Purpose.OFFICE, message_id.hex)}"


def office_language(post_id: UUID, wanted: str = "") -> str:
    """`wanted` where the office reads it, else the first of its languages that we write."""
    found = targets.resolve([post_id], clock.today(), wanted or i18n.DEFAULT)
    reads = [lang for target in found for lang in target.languages if lang in i18n.CODES]
    return wanted if wanted in reads else next(iter(reads), wanted or i18n.DEFAULT)


def office_line(message_id: UUID, post_id: UUID, lang: str) -> str:
    """The lines at the end of a letter that tell the office of its page."""
    return mailtext.footer("office_line", office_language(post_id, lang), link=office_link(message_id))
