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
from campaign.signatures import codes, own
from campaign.signatures.office_link import office_line
from campaign.signatures.queries import Signed, signed, signed_by_id
from campaign.signatures.states import WRITES, SignatureState


def confirmation(signature_id: UUID) -> Mail:
    """Asks the supporter to confirm. Unsendable once there is nothing left to confirm."""
    signature = signed(signature_id)
    if signature.state != SignatureState.PENDING:
        raise Unsendable("nothing to confirm any more")
    code = codes.code_of(signature.id, signature.email_hash)
    link, not_me = _link("confirm", Purpose.CONFIRM, signature), _link("not-me", Purpose.NOT_ME, signature)
    return _to_supporter("confirmation", signature, link, code=f"{code[:3]} {code[3:]}", not_me=not_me)


def already_signed(signature_id: UUID) -> Mail:
    """Tells somebody who signs again that they have signed, and where their letters are."""
    signature = signed(signature_id)
    return _to_supporter("already_signed", signature, _link("thanks", Purpose.STATUS, signature))


def access(signature_id: UUID) -> Mail:
    """The link to everything that was signed with an address; good for a short time."""
    signature = signed(signature_id)
    if not signature.email:
        raise Unsendable("the address has been erased")
    token = tokens.sign(Purpose.MINE, own.holder(signature.email_hash, signature.email))
    link = f"{config.current().public_url}/{signature.lang}/mine/{token}"
    return _to_supporter("access", signature, link, hours=int(tokens.AGES[Purpose.MINE].total_seconds() // 3600))


def _link(page: str, purpose: Purpose, signature: Signed) -> str:
    return f"{config.current().public_url}/{page}/{tokens.sign(purpose, signature.id.hex)}"


def _to_supporter(name: str, signature: Signed, link: str, **values: object) -> Mail:
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
        **values,
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
    if signature.state not in WRITES:
        raise Unsendable("the signature does not stand any more")
    return written(addressed, signature, letters.text(addressed.text_id))


def letters_of(letter_ids: Sequence[UUID]) -> dict[UUID, Mail]:
    """The same for many at once; leaves out those for which `letter` raises."""
    found = letters.letters_by_id(letter_ids)
    people = signed_by_id([one.signature_id for one in found])
    texts = letters.texts_by_id([one.text_id for one in found])
    mails: dict[UUID, Mail] = {}
    for one in found:
        signature, text = people.get(one.signature_id), texts.get(one.text_id)
        if signature is None or text is None or signature.state not in WRITES:
            continue
        with suppress(DomainError):
            mails[one.id] = written(one, signature, text)
    return mails


def written(addressed: Addressed, signature: Signed, text: Text) -> Mail:
    """The mail of a letter: what the office gets, for whoever holds the post today. Raises Unsendable."""
    if not text.body:
        raise Unsendable("the text has been erased")
    if not signature.email or not text.body:
        raise Unsendable("it waited for longer than it may be kept")
    page = campaigns.by_id(signature.campaign_id, text.lang)
    found = targets.resolve([addressed.post_id], clock.today(), text.lang)
    target = next(iter(letters.addressed(page.id, found, text.lang)), None)
    if target is None or target.email is None:
        raise Unsendable("the target has no address")
    footer = mailtext.footer("letter", text.lang, supporter_name=signature.name, campaign=page)
    footer += office_line(addressed.id, addressed.post_id, text.lang)
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
        rehearsal=signature.state == SignatureState.REHEARSAL,
    )
