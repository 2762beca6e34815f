"""The writer's receipt: a letter as it left, or as it will leave."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from campaign import letters, outbox
from campaign.core.errors import DomainError, NotFound
from campaign.outbox import Envelope, Mail, State
from campaign.signatures import composers
from campaign.signatures.queries import Signed, letter_states

# Who opens it acts for the office: it is not the writer's.
OFFICE_LINK = re.compile(r"(/office/)[A-Za-z0-9._~-]+")


@dataclass(frozen=True)
class Receipt:
    """One letter for its writer; `left`: these are the words that left, else those that would leave now."""

    id: UUID
    post_id: UUID
    state: State
    at: datetime
    left: bool
    envelope: Envelope | None
    mail: Mail

    @property
    def raw(self) -> bytes:
        """The message for a mail program, without the office's link."""
        return (
            outbox.wire(replace(self.envelope, mail=self.mail)) if self.envelope else outbox.as_sent(self.id, self.mail)
        )


def receipt(signature: Signed, letter_id: UUID) -> Receipt:
    """A letter of this signature; raises NotFound for any other, and for one whose words are erased."""
    status = next((one for one in letter_states(signature.id) if one.id == letter_id), None)
    if status is None:
        raise NotFound(_("There is no such letter here."))
    envelope = outbox.kept(letter_id)
    mail = envelope.mail if envelope else _now(signature, letter_id)
    mail = replace(mail, text=OFFICE_LINK.sub(r"\1…", mail.text))
    left = envelope is not None and status.state not in (State.QUEUED, State.HELD)
    return Receipt(letter_id, status.post_id, status.state, status.at, left, envelope, mail)


def _now(signature: Signed, letter_id: UUID) -> Mail:
    """As it would be composed now."""
    addressed = letters.letter(letter_id)
    try:
        return composers.written(addressed, signature, letters.text(addressed.text_id))
    except DomainError as error:
        raise NotFound(_("The words of this letter are erased, or it cannot be written now.")) from error
