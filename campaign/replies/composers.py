"""The mail that brings a supporter the office's answer."""

from uuid import UUID

from campaign import campaigns, config, letters, signatures, targets
from campaign.core import clock, mailtext, tokens
from campaign.core.db import session
from campaign.core.tokens import Purpose
from campaign.outbox import Mail, Unsendable
from campaign.replies.models import Reply
from campaign.signatures import SignatureState


def reply(reply_id: UUID) -> Mail:
    """An answer as text, from our address in the office's name. Its attachments are named and stay outside."""
    kept = session().get(Reply, reply_id)
    if kept is None or kept.erased:
        raise Unsendable("the answer is not kept any more")
    writer = signatures.signed(letters.letter(kept.letter_id).signature_id)
    if writer.state != SignatureState.CONFIRMED or not writer.email:
        raise Unsendable("the signature does not stand any more")
    page = campaigns.by_id(kept.campaign_id, writer.lang)
    office = next((one.office for one in targets.resolve([kept.post_id], clock.today(), writer.lang)), "")
    link = f"{config.current().public_url}/thanks/{tokens.sign(Purpose.STATUS, writer.id.hex)}"
    written = mailtext.plain(
        "reply", writer.lang, supporter_name=writer.name, campaign=page, office=office, reply=kept, link=link
    )
    return Mail(
        to=writer.email,
        to_name=writer.name,
        from_name=office or page.organisation,
        subject=written.subject,
        text=written.text,
        language=writer.lang,
    )
