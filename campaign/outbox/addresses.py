"""The addresses that mail comes back to: bounces to the sender's, answers to the relay's."""

import re
from uuid import UUID

from campaign import config
from campaign.core import tags

BOUNCE, REPLY = "bounce", "reply"
# In whatever a header holds around it: the tag, and the domain.
TAGGED = re.compile(r"([A-Za-z0-9._-]+)\+([A-Za-z2-7]{36})@([A-Za-z0-9.-]+)")


def return_path(message_id: UUID) -> str:
    """The sender of a letter: MAIL_FROM with the message's tag (VERP), so that a bounce names its letter."""
    local, _at, domain = config.current().mail_from.partition("@")
    return f"{local}+{tags.make(BOUNCE, message_id)}@{domain}"


def reply_to(message_id: UUID, own: str) -> str:
    """Where an office answers: a relay address of ours where INBOUND_DOMAIN is set, else the writer's own."""
    domain = config.current().inbound_domain
    return f"{REPLY}+{tags.make(REPLY, message_id)}@{domain}" if domain else own


def message_of(text: str) -> UUID | None:
    """The message that an address, or a header with addresses, names by a tag of ours; None where there is none."""
    settings = config.current()
    for local, tag, domain in TAGGED.findall(text):
        purpose = REPLY if local.lower() == REPLY and domain.lower() == settings.inbound_domain else BOUNCE
        if purpose == BOUNCE and f"{local}@{domain}".lower() != settings.mail_from.lower():
            continue
        found = tags.read(purpose, tag)
        if found is not None:
            return found
    return None
