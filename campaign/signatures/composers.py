"""The mails of this room: each takes a row's id and answers a finished mail."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from campaign import campaigns, config, letters, targets
from campaign.core import clock, mailtext, tokens
from campaign.core.errors import DomainError
from campaign.core.tokens import Purpose
from campaign.letters import Addressed, Text
from campaign.outbox import Mail, Unsendable, reply_to
from campaign.signatures.queries import Signed, signed, signed_by_id
from campaign.signatures.states import SignatureState


def confirmation(signature_id: UUID) -> Mail:
    """Asks the supporter to confirm. Unsendable once there is nothing left to confirm."""
    signature = signed(signature_id)
    if signature.state != SignatureState.PENDING:
        raise Unsendable("nothing to confirm any more")
    link = f"{config.current().public_url}/confirm/{tokens.sign(Purpose.CONFIRM, signature.id.hex)}"
    return _to_supporter("confirmation", signature, link)


def already_signed(signature_id: UUID) -> Mail:
    """Tells somebody who signs again that they have signed, and where their letters are."""
    signature = signed(signature_id)
    link = f"{config.current().public_url}/thanks/{tokens.sign(Purpose.STATUS, signature.id.hex)}"
    return _to_supporter("already_signed", signature, link)


def _to_supporter(name: str, signature: Signed, link: str) -> Mail:
    page = campaigns.by_id(signature.campaign_id, signature.lang)
    offices = [target.office for target in targets.resolve(page.post_ids, clock.today(), signature.lang)]
    written = mailtext.write(
        name,
        signature.lang,
        supporter_name=signature.name,
        campaign=page,
        offices=offices,
        link=link,
        days=tokens.AGES[Purpose.CONFIRM].days,
    )
    return Mail(
        to=signature.email,
        to_name=signature.name,
        from_name=page.organisation,
        subject=written.subject,
        text=written.text,
        html=written.html,
        language=signature.lang,
    )


def letter(letter_id: UUID) -> Mail:
    """A supporter's letter to a post, for whoever holds it today, in plain text."""
    addressed = letters.letter(letter_id)
    signature = signed(addressed.signature_id)
    if signature.state != SignatureState.CONFIRMED:
        raise Unsendable("the signature does not stand any more")
    return _letter(addressed, signature, letters.text(addressed.text_id))


def letters_of(letter_ids: Sequence[UUID]) -> dict[UUID, Mail]:
    """The same for many at once; leaves out those for which `letter` raises."""
    found = letters.letters_by_id(letter_ids)
    people = signed_by_id([one.signature_id for one in found])
    texts = letters.texts_by_id([one.text_id for one in found])
    mails: dict[UUID, Mail] = {}
    for one in found:
        signature, text = people.get(one.signature_id), texts.get(one.text_id)
        if signature is None or text is None or signature.state != SignatureState.CONFIRMED:
            continue
        with suppress(DomainError):
            mails[one.id] = _letter(one, signature, text)
    return mails


def _letter(addressed: Addressed, signature: Signed, text: Text) -> Mail:
    if not text.body:
        raise Unsendable("the text has been erased")
    if not signature.email or not text.body:
        raise Unsendable("it waited for longer than it may be kept")
    page = campaigns.by_id(signature.campaign_id, text.lang)
    target = next(iter(targets.resolve([addressed.post_id], clock.today(), text.lang)), None)
    if target is None or target.email is None:
        raise Unsendable("the target has no address")
    footer = mailtext.footer("letter", text.lang, supporter_name=signature.name, campaign=page)
    return Mail(
        to=target.email,
        to_name=target.holder or target.office,
        from_name=signature.name,
        reply_to=reply_to(addressed.id, signature.email),
        reply_to_name=signature.name,
        subject=text.subject,
        text=letters.render(text, target, signature.writer, page.title) + "\n" + footer,
        language=text.lang,
        automatic=False,
    )
