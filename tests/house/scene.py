"""Records of every kind that an address of the console can name: real ones, each made by the command that makes it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from campaign import campaigns, offices, outbox, reports, signatures, targets
from campaign.core import clock
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.ids import new_id
from campaign.jobs import batches
from campaign.outbox import State, Wanted
from campaign.signatures.conditions import Conditions
from campaign.signatures.moderation import Look
from campaign.signatures.tables import PLAIN
from campaign.targets import edits
from tests.support import people, register
from tests.support.forms import SLUG
from tests.support.outbox import claimed, record, without_pace
from tests.support.replies import answer, arrive

# An act on many messages has no row of its own: its number stands in the causes of what it moved.
BULK = UUID(int=7)
ACTOR = "test"


def answered(home: UUID) -> None:
    """A letter that has left, and an office's answer to it; an act on what waits; an address that was barred."""
    campaign = people.page().id
    without_pace(*(f"target:{post}" for post in people.page().post_ids))
    letter = claimed()
    record(letter, outbox.Sent("queue-1"))
    settings = current_app.extensions["settings"]
    current_app.extensions["settings"] = replace(settings, inbound_domain="reply.postbag.example")
    try:
        arrive(answer(letter.id))
    finally:
        current_app.extensions["settings"] = settings
    waiting = Wanted(owners=(campaign, home), states=(State.QUEUED,), kind="confirmation")
    with transaction():
        outbox.bulk.cancel_all(waiting, act=str(BULK), actor=ACTOR)
        address = parse(people.MARIE)
        outbox.suppressions.suppress(address.hash, address.email, reason="asked us", actor=ACTOR)
        outbox.suppressions.lift(_suppression(), actor=ACTOR)


def _suppression() -> UUID:
    (found, *_more), _last = outbox.suppressions.listed()
    return found.id


def asked(home: UUID) -> None:
    """What an office asked for and confirmed, news that nobody has sent, and a site that may show the campaign."""
    campaign = people.page().id
    letter = next(one.id for one in people.letter_messages() if one.state != State.QUEUED)
    (signature,) = (one.id for one in people.all_signatures())
    with transaction():
        offices.ask(offices.about(letter), offices.WishKind.ANSWER, "We will build 500 places.")
        (wish,) = session().scalars(select(offices.Wish.id))
        offices.confirm(wish)
        follow_up = offices.FollowUp(signature_id=signature, campaign_id=campaign, due_at=clock.now())
        session().add(follow_up)
        session().flush()
        post = people.page().post_ids[0]
        session().add(offices.FollowUpLetter(letter_id=letter, follow_up_id=follow_up.id, post_id=post))
        signatures.news.draft(campaign, {"en": {"subject": "A first step", "body": "They answered."}}, actor=ACTOR)
        site = {"name": "A newspaper", "code": "newspaper", "addresses": ["https://newspaper.example"]}
        campaigns.embedders.add(campaign, **site, actor=ACTOR, organisation_id=home)  # type: ignore[arg-type]


def worked(home: UUID, signature: UUID) -> None:
    """What staff did with signatures: counted some, looked at one, asked for a file and a pack, added paper."""
    campaign, who = people.page().id, {"actor": ACTOR, "organisation_id": home}
    lot = {"number": 10, "signed_on": date(2026, 1, 2), "place": "Gent", "note": ""}
    with transaction():
        signatures.invalidation.draft(campaign, Conditions(domain="example.org"), actor=ACTOR)
        signatures.moderation.look(campaign, [signature], Look.SHOW, **who)  # type: ignore[arg-type]
        signatures.exports.order(campaign, Conditions(), PLAIN, [], **who)  # type: ignore[arg-type]
        signatures.paper.add(campaign, **lot, **who)  # type: ignore[arg-type]
        mine = campaigns.of_organisation(home, SLUG, "en")
        outbox.paper.choose(campaign, True, actor=ACTOR)
        outbox.handovers.order(new_id(), campaign, actor=ACTOR)
        outbox.paper.choose(campaign, False, actor=ACTOR)
        reports.own_milestones.add(mine, 10_000, "ten thousand", actor=ACTOR)
    assert batches.work(), "the file"


def registered(home: UUID) -> None:
    """A change of the register that was done: somebody looked today whether an address is still right."""
    post = register.post("be-prime-minister")
    found = targets.resolve([post], clock.today(), "en")[0]
    seen = edits.set_contact(
        home, post, email=str(found.email), since=clock.today(), source="web site", checked_on=clock.today()
    )
    register.done(seen, home)
