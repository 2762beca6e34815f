"""Fill the ledger with real letters, and check that nothing of it is lost."""

from collections import Counter
from pathlib import Path

from sqlalchemy import text

from campaign import campaigns, letters, outbox, signatures
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.rates import Rate
from campaign.jobs.recount import recount
from campaign.outbox import Lane
from campaign.signatures import Public
from tests.support.forms import BODY, SLUG
from tests.support.mail import mails


def fill(signers: int) -> int:
    """So many confirmed signatures, by the same commands that the pages call; answers how many letters that makes."""
    page = campaigns.find(SLUG, "en")
    model = letters.model(page.id, "en", page.title)
    for number in range(signers):
        form = signatures.Form(
            name=f"Supporter {number}",
            address=parse(f"s{number}@example.org"),
            postcode="9000",
            country="BE",
            subject=f"Letter {number}",
            body=BODY,
            updates=False,
            public=Public.HIDDEN,
            source="",
            lang="en",
        )
        with transaction():
            signatures.sign(page, model, form)
        with transaction():
            id_ = session().scalar(text("SELECT id FROM signatures ORDER BY id DESC LIMIT 1"))
            signatures.confirm(id_, page)
    with transaction():
        session().execute(text("UPDATE outbox_messages SET state = 'cancelled' WHERE lane = 'people'"))
    return signers * len(page.post_ids)


def pace(lane_rate: Rate | None) -> None:
    """Only the whole lane keeps a pace; its targets and domains keep none."""
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0 WHERE key NOT LIKE 'lane:%'"))
        outbox.set_rate(Lane.LETTERS.limit, lane_rate)


def state_counts() -> dict[str, int]:
    """Letters by state."""
    with transaction():
        rows = session().execute(
            text("SELECT state, count(*) FROM outbox_messages WHERE lane = 'letters' GROUP BY state")
        )
        return {row[0]: row[1] for row in rows}


def duplicates(folder: Path, expected: int) -> int:
    """How many mails came more than once; fails when one did not come at all or is not of the ledger."""
    copies = Counter(mail["Message-ID"] for mail in mails(folder))
    assert len(copies) == expected, f"{expected - len(copies)} letters are lost"
    return sum(copies.values()) - expected


def check() -> None:
    """What must hold after any fault: confirmed signatures x targets = letters; the tallies say what the rows say."""
    with transaction():
        missing = session().scalar(
            text(
                """
                SELECT count(*) FROM signatures s JOIN campaign_targets t USING (campaign_id)
                LEFT JOIN letters l ON l.signature_id = s.id AND l.post_id = t.post_id
                LEFT JOIN outbox_messages m ON m.id = l.id
                WHERE s.state = 'confirmed' AND m.id IS NULL
                """
            )
        )
    assert missing == 0
    assert recount() == {}


def densest(moments: list[float], window: float) -> int:
    """The largest number of arrivals in any window of so many seconds."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - window:
            first += 1
        most = max(most, last - first + 1)
    return most
