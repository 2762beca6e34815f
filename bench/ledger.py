"""Fills the ledger with letters that wait, as a campaign does that many have signed, and reads what became of them."""

import hashlib
import random
import uuid
from collections.abc import Iterator, Sequence

import psycopg
from sqlalchemy import select

from bench.house import Place
from campaign import targets
from campaign.core import clock
from campaign.core.db import session, transaction
from campaign.core.ids import new_id
from campaign.core.queue import ring
from campaign.core.rates import Rate
from campaign.letters.models import Letter
from campaign.outbox import Lane, Mail, set_rate
from campaign.outbox.pace import ensure, limits_of
from campaign.signatures import composers

Row = Sequence[object]
KNOWN = """
    SELECT c.id, v.id, v.subject, v.body, array(SELECT post_id FROM campaign_targets WHERE campaign_id = c.id
    ORDER BY position) FROM campaigns c JOIN model_letter_versions v ON v.campaign_id = c.id AND v.lang = 'en'
"""
TABLES = {
    "letter_texts": "id, version_id, subject, body, edited",
    "signatures": "id, reference, campaign_id, text_id, state, email, email_hash, digest, name, postcode, country, "
    "place, lang, source, public, public_name, created_at, confirmed_at",
    "letters": "id, signature_id, text_id, post_id",
    "outbox_messages": "id, kind, ref, lane, stream, domain, state, tally_key, owner, lot",
}
TURNS = "INSERT INTO outbox_turns (stream, owner) SELECT unnest(%s::text[]), %s ON CONFLICT DO NOTHING"
RATE = """
    SELECT extract(epoch FROM max(at) FILTER (WHERE to_state = 'sent') - min(at)) FROM outbox_moves
    JOIN outbox_messages m ON m.id = message_id WHERE lane = 'letters' AND outbox_moves.id > %s
"""


class Ledger:
    """The letters' lane of one place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._round = 0
        with psycopg.connect(place.dsn) as connection:
            row = connection.execute(KNOWN).fetchone()
        assert row
        self._campaign, self._version, self._subject, self._body, self._posts = row
        with place.app() as app, app.test_request_context():
            offices = targets.resolve(self._posts, clock.today(), "en")
        self._domains = {one.post_id: (one.email or "").rpartition("@")[2].lower() for one in offices}

    def pace(self, rate: Rate | None) -> None:
        """The lane keeps this pace, and nothing else keeps any; None is none at all."""
        with self.place.app(), transaction():
            for post in self._posts:
                ensure(limits_of(Lane.LETTERS, f"target:{post}", self._domains[post]))
        self.place.run("UPDATE outbox_paces SET gap = 0")
        with self.place.app(), transaction():
            set_rate(Lane.LETTERS.limit, rate)

    def fill(self, letters: int) -> int:
        """At least so many letters by confirmed supporters, all at once; answers how many."""
        signers = -(-letters // len(self._posts))
        tables = self._tables(signers)
        with psycopg.connect(self.place.dsn) as connection:
            for name, columns in TABLES.items():
                with connection.cursor().copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                    for row in tables[name]:
                        copy.write_row(row)
            connection.execute(TURNS, ([f"target:{post}" for post in self._posts], self._campaign))
        return signers * len(self._posts)

    def ring(self) -> None:
        """Tell a worker, as the commit that wrote them would have."""
        with self.place.app():
            ring(Lane.LETTERS)

    def mail(self) -> Mail:
        """One letter as it goes out: what the other sides send, too. It is not sent itself."""
        self.fill(1)
        with self.place.app() as app, app.test_request_context():
            found = composers.letter(session().scalars(select(Letter.id).limit(1)).one())
        self.place.run("DELETE FROM outbox_messages")
        return found

    @property
    def moves(self) -> int:
        """The number of the last move."""
        return self.place.number("SELECT coalesce(max(id), 0) FROM outbox_moves")

    @property
    def waiting(self) -> int:
        """Letters that are not sent yet."""
        return self.place.number(
            "SELECT count(*) FROM outbox_messages WHERE lane = 'letters' AND state IN ('queued', 'sending', 'unsure')"
        )

    def seconds(self, since: int) -> float:
        """From the first claim after a move to the last letter recorded as sent, by the database's clock."""
        with psycopg.connect(self.place.dsn) as connection:
            row = connection.execute(RATE, (since,)).fetchone()
        assert row
        return float(row[0])

    def _tables(self, signers: int) -> dict[str, list[Row]]:
        self._round += 1
        tables: dict[str, list[Row]] = {name: [] for name in TABLES}
        for number in range(signers):
            for name, row in self._signed(f"{self._round}.{number}"):
                tables[name].append(row)
        return tables

    def _signed(self, name: str) -> Iterator[tuple[str, Row]]:
        """One supporter: the text, the signature, and a letter with its message for each office."""
        email = f"s{name}@example.org"
        hash_, text_id, id_ = hashlib.sha256(email.encode()).digest(), new_id(), new_id()
        at = "2026-01-01T00:00:00Z"
        yield "letter_texts", (text_id, self._version, self._subject, self._body, False)
        person = (
            f"0:{email}",
            hash_,
            hash_,
            f"Supporter {name}",
            "9000",
            "BE",
            "Gent",
            "en",
            "",
            "name",
            "Marie",
            at,
            at,
        )
        yield "signatures", (id_, uuid.uuid4().hex[:18], self._campaign, text_id, "confirmed", *person)
        for post in self._posts:
            letter, key = new_id(), f"campaign:{self._campaign}/target:{post}"
            yield "letters", (letter, id_, text_id, post)
            place = ("letters", f"target:{post}", self._domains[post], "queued", key, self._campaign, random.random())
            yield "outbox_messages", (letter, "letter", letter, *place)
