"""What a signature counts towards: the public number, and the figures that staff see. One place for both directions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from campaign import counters
from campaign.campaigns import Campaign
from campaign.core import clock, zones
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.letters import LetterText
from campaign.signatures.keys import campaign_key, figures_key
from campaign.signatures.models import Signature
from campaign.signatures.states import SignatureState

# The chart by hour and the forecast look back two days; the rest is leeway. What is older is dropped by the recount.
HOURS_KEPT = timedelta(days=8)
# A campaign's country changes hardly ever, and a process that has not heard of it is put right by the recount.
ZONE_SECONDS = 3600.0


@dataclass(frozen=True)
class Counted:
    """A confirmed signature as far as figures go. `edited`: its text is not the model; `own`: its share in per cent."""

    campaign_id: UUID
    confirmed_at: datetime
    lang: str
    source: str
    area: str
    edited: bool
    own: int = 0


def count(row: Counted, sign: int = 1) -> None:
    """Count a confirmed signature (`sign` 1), or take it off again (-1): the same figures, whenever that is.

    Written at the end of the open transaction, together with everything else that it bumps.
    """
    counters.bump(campaign_key(row.campaign_id), signatures=sign, own=sign * row.own)
    key = figures_key(row.campaign_id)
    for part, name in _figures(row):
        counters.bump(f"{key}/{part}" if part else key, **{name: sign})


def counted(ids: Sequence[UUID]) -> list[Counted]:
    """These signatures as `count` needs them, those that were confirmed once; in no order."""
    query = select(*_COLUMNS).join(LetterText, LetterText.id == Signature.text_id)
    query = query.where(Signature.id.in_(ids), Signature.confirmed_at.is_not(None))
    return [Counted(**row) for row in session().execute(query).mappings()]


def truth(campaign_id: UUID) -> dict[str, dict[str, int]]:
    """The figures of a campaign as its rows have them: for the nightly recount, never for a page."""
    values = {"campaign": campaign_id, "zone": zone(campaign_id), "since": oldest_hour(clock.now())}
    found: dict[str, dict[str, int]] = {}
    for kind, word, n, personal in session().execute(_TRUTH, values):
        if kind:
            found.setdefault(f"{kind}:{word}", {})["signatures"] = n
        if kind in _PERSONAL and personal:
            found.setdefault(f"{kind}:{word}" if kind else "", {})["personal"] = personal
    return found


def own_total(campaign_id: UUID) -> int:
    """The sum over the shares of all confirmed letters, in per cent: for the nightly recount, never for a page."""
    shares = select(func.sum(LetterText.own)).join(Signature, Signature.text_id == LetterText.id)
    mine = shares.where(Signature.campaign_id == campaign_id, Signature.state == SignatureState.CONFIRMED)
    return session().scalar(mine) or 0


def zone(campaign_id: UUID) -> str:
    """The time zone that a campaign's days are counted in: its country's."""

    def ask() -> str:
        return zones.zone_of(session().scalar(select(Campaign.country).where(Campaign.id == campaign_id)) or "")

    return remembered(("zone", campaign_id), ask, ZONE_SECONDS)


def oldest_hour(at: datetime) -> datetime:
    """The first hour that is still kept at that moment."""
    return (at - HOURS_KEPT).astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_part(at: datetime) -> str:
    """The part of a moment's hour, in UTC: `hour:2026-11-22T14`."""
    return f"hour:{at.astimezone(UTC):%Y-%m-%dT%H}"


def _figures(row: Counted) -> Iterator[tuple[str, str]]:
    """Each figure that a signature is in. Days are those of the campaign's country, hours are UTC."""
    day = f"day:{zones.local(row.confirmed_at, zone(row.campaign_id)):%Y-%m-%d}"
    for part in (day, f"lang:{row.lang}", f"source:{row.source}", f"area:{row.area}"):
        yield part, "signatures"
    if row.confirmed_at >= oldest_hour(clock.now()):
        yield hour_part(row.confirmed_at), "signatures"
    if row.edited:
        yield from (("", "personal"), (day, "personal"), (f"lang:{row.lang}", "personal"))


_COLUMNS = (*(getattr(Signature, name) for name in Counted.__dataclass_fields__ if name != "own"), LetterText.own)
_PERSONAL = ("", "day", "lang")
_TRUTH = text(
    f"""
    SELECT CASE WHEN grouping(day) = 0 THEN 'day' WHEN grouping(hour) = 0 THEN 'hour'
        WHEN grouping(lang) = 0 THEN 'lang' WHEN grouping(source) = 0 THEN 'source'
        WHEN grouping(area) = 0 THEN 'area' ELSE '' END AS kind,
      coalesce(day, hour, lang, source, area), count(*), count(*) FILTER (WHERE edited)
    FROM (
        SELECT to_char(s.confirmed_at AT TIME ZONE :zone, 'YYYY-MM-DD') AS day,
          CASE WHEN s.confirmed_at >= :since
            THEN to_char(s.confirmed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24') END AS hour,
          s.lang, s.source, s.area, s.edited
        FROM signatures s
        WHERE s.campaign_id = :campaign AND s.state = '{SignatureState.CONFIRMED}'
    ) one
    GROUP BY GROUPING SETS ((day), (hour), (lang), (source), (area), ())
    HAVING grouping(hour) = 1 OR hour IS NOT NULL
    """  # noqa: S608 - put together from this file's constants
)
