"""Rehearse a campaign before it opens: made-up people's letters go the whole way, and reach nobody.

Their signatures have a state of their own, so nothing counts, lists or exports them; their letters have streams of
their own, so no real letter waits for them. Opening the campaign clears it all.
"""

import itertools
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from campaign import campaigns, letters, outbox, targets
from campaign.campaigns import Campaign, DeliveryMode, Page, StaffCampaign, Status
from campaign.core import audit, clock, rows
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError
from campaign.core.ids import new_id, reference
from campaign.core.tokens import keyed_hash
from campaign.letters import Letter, LetterText, Model
from campaign.outbox import Draft, Lane
from campaign.signatures.models import Signature
from campaign.signatures.states import Public, Review, SignatureState

MOST = 500
# As names are: long, short, with accents, marks and scripts that a template may not expect.
NAMES = (
    "Anne-Sophie Vandenbroucke-De Smet",
    "Bo Li",
    "Zoë Müller",
    "Seán O’Brien",
    "Nguyễn Thị Minh Khai",
    "Łukasz Żółkiewski",
    "María José Ñáñez",
    "Δήμητρα Παππά",
)
PLACES = ("1000", "9000", "4000", "2000", "4700")


def run(campaign: StaffCampaign, number: int, *, actor: str) -> int:
    """Rehearse with letters of so many made-up people to each target; answers how many letters that makes.

    Call it in a transaction. Raises Conflict where the campaign has opened, and DomainError for another number.
    """
    if not 1 <= number <= MOST:
        raise DomainError(_("Rehearse with 1 to %(most)s people.", most=MOST))
    mine = select(Campaign.status).where(Campaign.id == campaign.id).with_for_update()
    if session().scalar(mine) not in (Status.DRAFT, Status.SCHEDULED):
        raise Conflict(_("A campaign can be rehearsed until it opens."))
    if not campaign.post_ids or not campaign.langs:
        raise Conflict(_("Give the campaign a text and a target first."))
    if campaigns.modes.of(campaign.id).delivery == DeliveryMode.PRINT:
        raise Conflict(_("Letters of this campaign go on paper: there is no mail to rehearse."))
    pages = [campaigns.by_id(campaign.id, lang) for lang in campaign.langs]
    models = [(page, letters.model(page.id, page.lang, page.title)) for page in pages]
    outbox.rehearsal.unpaced([outbox.rehearsal.stream(campaign.id, post) for post in campaign.post_ids])
    made = 0
    for place, (page, model) in zip(range(number), itertools.cycle(models)):
        made += _one(place, page, model)
    audit.record(actor, "signatures.rehearse", f"campaign:{campaign.id}", campaign.organisation_id, people=number)
    return made


def _one(place: int, page: Page, model: Model) -> int:
    """One made-up person who leaves the model letter as it is."""
    id_, postcode = new_id(), PLACES[place % len(PLACES)]
    email = f"{reference().lower()}@{outbox.rehearsal.DOMAIN}"
    email_hash = keyed_hash("rehearsal", email)
    text_id = letters.keep_text(model, model.subject, model.body)
    row = {
        "id": id_,
        "reference": reference(),
        "campaign_id": page.id,
        "text_id": text_id,
        "state": SignatureState.REHEARSAL,
        "email": email,
        "email_hash": email_hash,
        "digest": email_hash,
        "name": NAMES[place % len(NAMES)],
        "postcode": postcode,
        "country": page.country,
        "place": targets.place_of(page.country, postcode, page.lang),
        "area": "",
        "lang": page.lang,
        "source": "",
        "public": Public.HIDDEN,
        "public_name": None,
        "name_state": Review.HIDDEN,
        "domain": outbox.rehearsal.DOMAIN,
        "created_at": clock.now(),
        "share_code": reference().replace("-", ""),
    }
    rows.add(Signature, row)
    return _letters(id_, text_id, page)


def _letters(signature_id: UUID, text_id: UUID, page: Page) -> int:
    pairs = letters.address(signature_id, text_id, list(page.post_ids))
    outbox.write(
        [
            Draft(
                id=letter_id,
                kind="letter",
                ref=letter_id,
                owner=page.id,
                lane=Lane.LETTERS,
                stream=outbox.rehearsal.stream(page.id, post_id),
                domain=outbox.rehearsal.DOMAIN,
            )
            for letter_id, post_id in pairs
        ]
    )
    return len(pairs)


def clear(campaign_id: UUID) -> int:
    """Remove all that was rehearsed; answers how many letters. Call it in a transaction; opening does it too."""
    gone = outbox.rehearsal.clear(campaign_id)
    mine = select(Signature.id).where(Signature.campaign_id == campaign_id, Signature.state == SignatureState.REHEARSAL)
    texts = list(session().scalars(delete(Letter).where(Letter.signature_id.in_(mine)).returning(Letter.text_id)))
    session().execute(delete(Signature).where(Signature.id.in_(mine)))
    session().execute(delete(LetterText).where(LetterText.id.in_(texts)))
    return gone


def end(campaign: StaffCampaign, *, actor: str) -> int:
    """End a rehearsal: `clear`, on record."""
    gone = clear(campaign.id)
    if gone:
        audit.record(actor, "signatures.end_rehearsal", f"campaign:{campaign.id}", campaign.organisation_id)
    return gone


def people(campaign_id: UUID) -> int:
    """How many made-up people are rehearsing; none: there is no rehearsal."""
    mine = (Signature.campaign_id == campaign_id, Signature.state == SignatureState.REHEARSAL)
    return session().scalar(select(func.count()).select_from(Signature).where(*mine)) or 0
