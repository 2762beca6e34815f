"""The public counter: everything that the pages, the widgets and the live process show, in one statement."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from campaign.core import clock
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.counters import CHANGED_SQL, FIGURES_SQL, next_step

RECENT = 5
# A share of fewer letters would tell of single people.
PERSONAL_FROM = 10
NAMES = ("queued", "sent", "delivered", "bounced")
KEY = "'campaign:' || c.id"
READ = text(
    f"""
    SELECT asked.slug AS asked, c.id, c.slug, c.goal AS final, {FIGURES_SQL.format(key=KEY)} AS figures,
      coalesce({CHANGED_SQL.format(key=KEY)}, c.created_at) AS as_of,
      (SELECT jsonb_agg(jsonb_build_object('id', p.id, 'key', p.key, 'office', p.office || coalesce(t.office, '{{}}'))
                        ORDER BY ct.position)
       FROM campaign_targets ct JOIN posts p ON p.id = ct.post_id
       LEFT JOIN tenures t ON t.post_id = p.id AND t.since <= :today AND (t.until IS NULL OR t.until > :today)
       WHERE ct.campaign_id = c.id) AS targets,
      (SELECT jsonb_agg(jsonb_build_object('name', r.public_name, 'place', r.place)) FROM (
          SELECT public_name, place FROM signatures
          WHERE campaign_id = c.id AND state = 'confirmed' AND public_name IS NOT NULL AND name_state = 'shown'
          ORDER BY confirmed_at DESC LIMIT {RECENT}) r) AS recent
    FROM unnest(:slugs) AS asked (slug)
    LEFT JOIN campaign_old_slugs old ON old.slug = asked.slug
    JOIN campaigns c ON c.slug = asked.slug OR c.id = old.campaign_id
    WHERE c.status IN ('scheduled', 'open', 'paused', 'closed')
    """  # noqa: S608 - put together from this file's constants
).bindparams(bindparam("slugs", type_=ARRAY(Text())))


@dataclass(frozen=True)
class TargetFigures:
    """Letters to one post, by what became of them."""

    key: str
    office: dict[str, str]
    letters: dict[str, int]


@dataclass(frozen=True)
class Counter:
    """A campaign's counter at one moment."""

    campaign_id: UUID
    slug: str
    signatures: int
    paper: int
    goal: int
    letters: dict[str, int]
    targets: tuple[TargetFigures, ...]
    recent: tuple[dict[str, str], ...]
    as_of: datetime
    personal: int | None  # per cent; none below PERSONAL_FROM letters

    @property
    def share(self) -> float:
        """How much of the next goal is reached (0 to 1)."""
        return min(1.0, self.signatures / self.goal)

    @property
    def to_go(self) -> int:
        """How many signatures are missing to the next goal."""
        return max(0, self.goal - self.signatures)

    def json(self) -> bytes:
        """The contract's object, the same bytes for the same state."""
        value = {
            "signatures": self.signatures,
            "paper": self.paper,
            "goal": self.goal,
            "personal": self.personal,
            "letters": self.letters,
            "targets": [vars(target) for target in self.targets],
            "recent": list(self.recent),
            "as_of": self.as_of.isoformat().replace("+00:00", "Z"),
        }
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def etag(body: bytes) -> str:
    """A strong entity tag (RFC 9110, 8.8.3) for a counter's bytes."""
    return hashlib.sha256(body).hexdigest()[:20]


def counters(slugs: Sequence[str]) -> dict[str, Counter]:
    """The counters of these campaigns, by the slug asked for, be it an old one; one statement for all of them."""
    rows = session().execute(READ, {"slugs": list(slugs), "today": clock.today()}).mappings()
    return {row["asked"]: _counter(row) for row in rows}


def counter(slug: str) -> Counter:
    """One campaign's counter, at most a second old; raises NotFound."""

    def ask() -> Counter:
        found = counters([slug])
        if slug not in found:
            raise NotFound(_("There is no campaign here."))
        return found[slug]

    return remembered(("counter", slug), ask)


def nothing_yet(campaign_id: UUID, slug: str, final: int) -> Counter:
    """The counter of a campaign that nobody has signed, as a preview shows it."""
    nothing = dict.fromkeys(NAMES, 0)
    return Counter(campaign_id, slug, 0, 0, next_step(0, final), nothing, (), (), clock.now(), None)


def _counter(row: Any) -> Counter:
    figures: dict[str, dict[str, int]] = row["figures"] or {}
    targets = []
    for target in row["targets"] or []:
        own = figures.get(f"target:{target['id']}", {})
        targets.append(TargetFigures(target["key"], target["office"], {name: own.get(name, 0) for name in NAMES}))
    parts = [names for part, names in figures.items() if part]
    own = figures.get("", {})
    signatures = own.get("signatures", 0) + own.get("paper", 0)
    return Counter(
        campaign_id=row["id"],
        slug=row["slug"],
        signatures=signatures,
        paper=own.get("paper", 0),
        goal=next_step(signatures, row["final"]),
        letters={name: sum(part.get(name, 0) for part in parts) for name in NAMES},
        targets=tuple(targets),
        recent=tuple(row["recent"] or ()),
        as_of=row["as_of"],
        personal=personal(own),
    )


def personal(own: Mapping[str, int]) -> int | None:
    """How much of a campaign's letters is their writers' own, in whole per cent; none while they are few."""
    letters = own.get("signatures", 0)
    return (own.get("own", 0) + letters // 2) // letters if letters >= PERSONAL_FROM else None
