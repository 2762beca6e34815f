"""A letter before anybody has signed: as a preview, and as a test letter to a member of staff.

Both go through the composer, the header gate and the encoder that a supporter's letter goes through.
"""

from dataclasses import dataclass, replace
from email import message_from_bytes
from email.policy import default
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from campaign import campaigns, letters, outbox, targets
from campaign.accounts import User
from campaign.core import i18n
from campaign.core.db import session
from campaign.core.ids import new_id
from campaign.letters import Addressed, LetterTest, Model, ModelLetterVersion, Text
from campaign.outbox import Mail, Unsendable
from campaign.signatures import composers
from campaign.signatures.queries import Signed
from campaign.signatures.states import SignatureState

# A writer that nobody is: a long name with accents and a hyphen shows where a letter breaks.
NAMES = {
    "en": "Zoë Anne-Sophie Featherstonehaugh-Łukasiewicz",
    "fr": "Zoé Anne-Françoise de la Haye-Lefèvre d’Ursel",
    "nl": "Joëlle Anneleen van den Broecke-Vanderstraeten",
    "de": "Jörg-Günther Freiherr von Weißenböck-Müßigmann",
}
EMAIL, POSTCODE, COUNTRY = "writer@example.org", "1000", "BE"


@dataclass(frozen=True)
class Preview:
    """A letter as it would leave: its headers in order as they are read, its text, and the bytes of it all."""

    office: str
    headers: tuple[tuple[str, str], ...]
    text: str
    raw: bytes


def writer(campaign_id: UUID, lang: str) -> Signed:
    """Somebody who would sign this campaign's letter in that language."""
    place = targets.place_of(COUNTRY, POSTCODE, lang)
    values = {"name": NAMES.get(lang, NAMES["en"]), "postcode": POSTCODE, "place": place, "lang": lang}
    return Signed(
        id=new_id(),
        reference="",
        campaign_id=campaign_id,
        text_id=new_id(),
        state=SignatureState.CONFIRMED,
        email=EMAIL,
        email_hash=b"",
        share_code="",
        **values,
    )


def mail(letter_id: UUID, who: Signed, model: Model, post_id: UUID) -> Mail:
    """The letter that `who` would send to that post without changing a word; raises Unsendable."""
    text = Text(model.lang, model.subject, model.opening, model.body, model.closing, edited=False)
    return composers.written(Addressed(letter_id, who.id, who.text_id, post_id), who, text)


def preview(campaign_id: UUID, model: Model, post_id: UUID) -> Preview:
    """A text of the model letter as that office would get it; raises DomainError where it could not be sent."""
    id_ = new_id()
    made = mail(id_, writer(campaign_id, model.lang), model, post_id)
    raw = outbox.as_sent(id_, made)
    headers = tuple((name, _one_line(str(value))) for name, value in message_from_bytes(raw, policy=default).items())
    return Preview(made.to_name, headers, made.text, raw)


def _one_line(value: str) -> str:
    """A header as its reader's program shows it: words decoded, without the places where it is folded."""
    return " ".join(value.split())


def test_letter(test_id: UUID) -> Mail:
    """The letter as the office would get it, marked, to the member of staff who asked for it: to nobody else."""
    query = (
        select(LetterTest, User, ModelLetterVersion.lang)
        .join(User, User.id == LetterTest.user_id)
        .join(ModelLetterVersion, ModelLetterVersion.id == LetterTest.version_id)
        .where(LetterTest.id == test_id, User.active)
    )
    row = session().execute(query).one_or_none()
    if row is None:
        raise Unsendable("the test or its reader is no longer here")
    test, user, lang = row
    model = letters.exactly(test.version_id, test.variant_id, campaigns.by_id(test.campaign_id, lang).title)
    real = mail(test.id, writer(test.campaign_id, model.lang), model, test.post_id)
    with i18n.speaking(user.lang):
        subject = _("[Test] %(subject)s", subject=real.subject)
        banner = _("This is a test letter. Only you get it. An office gets what stands below this line.")
    text = f"{banner}\n{'-' * 72}\n\n{real.text}"
    real = replace(real, to=user.email, to_name=user.name, reply_to=user.email, reply_to_name=user.name)
    return replace(real, subject=subject, text=text)
