"""Facts as staff work on them: each with its source, in several languages, looked at again from time to time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from campaign.campaigns.evidence_rules import LOCAL, SHARED, checked
from campaign.campaigns.models import Fact, FactSource
from campaign.campaigns.staff import StaffCampaign
from campaign.core import audit, clock, merge
from campaign.core.db import session
from campaign.core.errors import Conflict, NotFound

MOST = 40
# Half a year: long enough not to be a chore, short enough for figures of a running crisis.
LOOK_AGAIN = timedelta(days=182)
# The fields of a fact that each language has its own of.
IN_A_LANGUAGE = LOCAL


@dataclass(frozen=True)
class StaffFact:
    """A fact with its source in every language."""

    id: UUID
    version: int
    figure: dict[str, str]
    statement: dict[str, str]
    sentence: dict[str, str]
    publisher: dict[str, str]
    dated: dict[str, str]
    title: str
    title_lang: str
    link: str | None
    reviewed_on: date | None
    review_on: date | None
    shared_with: int  # other facts that rest on the same source

    def fields(self, lang: str) -> dict[str, str]:
        """What the form of one language is filled with."""
        local = {name: getattr(self, name).get(lang, "") for name in LOCAL}
        return local | {name: str(getattr(self, name) or "") for name in SHARED}

    def is_due(self, on: date) -> bool:
        """Whether somebody should look again."""
        return self.review_on is not None and self.review_on <= on


def every(campaign_id: UUID) -> list[StaffFact]:
    """The facts of a campaign, in order."""
    rows = session().execute(_QUERY.where(Fact.campaign_id == campaign_id).order_by(Fact.position, Fact.id)).all()
    sources = [source.id for _fact, source in rows]
    return [_view(fact, source, sources.count(source.id) - 1) for fact, source in rows]


def one(campaign_id: UUID, fact_id: UUID) -> StaffFact:
    """One fact of that campaign; raises NotFound."""
    found = next((fact for fact in every(campaign_id) if fact.id == fact_id), None)
    if found is None:
        raise NotFound(_("There is no such fact."))
    return found


def due(campaign_id: UUID) -> list[StaffFact]:
    """The facts that somebody should look at again by today."""
    return [fact for fact in every(campaign_id) if fact.is_due(clock.today())]


def add(campaign: StaffCampaign, lang: str, words: Mapping[str, str], *, actor: str) -> UUID:
    """A new fact, after the others; raises DomainError with the names of wrong fields."""
    values = checked(words)
    last = select(func.max(Fact.position), func.count()).where(
        Fact.campaign_id == campaign.id, Fact.removed_at.is_(None)
    )
    position, number = session().execute(last).one()
    if number >= MOST:
        raise Conflict(_("There are %(n)s facts already. Remove one first.", n=MOST))
    source = FactSource(campaign_id=campaign.id, publisher={}, dated={}, title="", title_lang="")
    session().add(source)
    session().flush()
    fact = Fact(campaign_id=campaign.id, source_id=source.id, figure={}, statement={}, sentence={})
    fact.position = 0 if position is None else position + 1
    _put(fact, source, lang, values)
    session().add(fact)
    session().flush()
    _note(campaign, "facts.add", fact.id, None, dict(words), actor, lang=lang)
    return fact.id


def change(
    campaign: StaffCampaign, fact_id: UUID, lang: str, mine: Mapping[str, str], base: str, seen: int, *, actor: str
) -> None:
    """Write a fact in one language, with what all languages share.

    Raises merge.Clash where somebody else changed the same fields, DomainError with the names of wrong fields.
    """
    fact, source = _own(campaign.id, fact_id)
    before = _view(fact, source, 0).fields(lang)
    changed = merge.changes(mine, before, base, seen, fact.version)
    if not changed:
        return
    _put(fact, source, lang, checked({**before, **changed}))
    fact.version += 1
    session().flush()
    _note(campaign, "facts.change", fact_id, {name: before[name] for name in changed}, changed, actor, lang=lang)


def look(campaign: StaffCampaign, fact_id: UUID, *, actor: str) -> None:
    """Somebody looked today: it still holds."""
    fact, _source = _own(campaign.id, fact_id)
    before = {"reviewed_on": str(fact.reviewed_on), "review_on": str(fact.review_on)}
    fact.reviewed_on = clock.today()
    fact.review_on = fact.reviewed_on + LOOK_AGAIN
    fact.version += 1
    session().flush()
    after = {"reviewed_on": str(fact.reviewed_on), "review_on": str(fact.review_on)}
    _note(campaign, "facts.look", fact_id, before, after, actor)


def move(campaign: StaffCampaign, fact_id: UUID, by: int, *, actor: str) -> None:
    """One place up (-1) or down (1); at the end of the list nothing happens."""
    _own(campaign.id, fact_id)
    query = select(Fact).where(Fact.campaign_id == campaign.id, Fact.removed_at.is_(None))
    rows = list(session().scalars(query.order_by(Fact.position, Fact.id).with_for_update()))
    at = next(place for place, row in enumerate(rows) if row.id == fact_id)
    to = max(0, min(len(rows) - 1, at + by))
    rows.insert(to, rows.pop(at))
    for place, row in enumerate(rows):
        row.position = place
    session().flush()
    _note(campaign, "facts.move", fact_id, {"place": at + 1}, {"place": to + 1}, actor)


def remove(campaign: StaffCampaign, fact_id: UUID, *, actor: str, back: bool = False) -> None:
    """Take a fact off the page, or bring it `back`; raises NotFound."""
    fact, _source = _own(campaign.id, fact_id, removed=back)
    fact.removed_at = None if back else clock.now()
    session().flush()
    _note(campaign, "facts.restore" if back else "facts.remove", fact_id, None, None, actor)


_QUERY = select(Fact, FactSource).join(FactSource, FactSource.id == Fact.source_id).where(Fact.removed_at.is_(None))


def _own(campaign_id: UUID, fact_id: UUID, *, removed: bool = False) -> tuple[Fact, FactSource]:
    """The rows of a fact of that campaign, locked against another editor."""
    query = select(Fact, FactSource).join(FactSource, FactSource.id == Fact.source_id)
    query = query.where(Fact.id == fact_id, Fact.campaign_id == campaign_id, Fact.removed_at.is_not(None) == removed)
    row = session().execute(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such fact."))
    return row[0], row[1]


def _view(fact: Fact, source: FactSource, shared_with: int) -> StaffFact:
    return StaffFact(
        id=fact.id,
        version=fact.version,
        figure=fact.figure,
        statement=fact.statement,
        sentence=fact.sentence,
        publisher=source.publisher,
        dated=source.dated,
        title=source.title,
        title_lang=source.title_lang,
        link=source.link,
        reviewed_on=fact.reviewed_on,
        review_on=fact.review_on,
        shared_with=shared_with,
    )


def _put(fact: Fact, source: FactSource, lang: str, values: Mapping[str, Any]) -> None:
    for row, names in ((fact, ("figure", "statement", "sentence")), (source, ("publisher", "dated"))):
        for name in names:
            texts = {**getattr(row, name), lang: values[name]}
            setattr(row, name, {code: words for code, words in texts.items() if words})
    for row, names in ((fact, ("reviewed_on", "review_on")), (source, ("title", "title_lang", "link"))):
        for name in names:
            setattr(row, name, values[name])


def _note(
    campaign: StaffCampaign,
    action: str,
    fact_id: UUID,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    actor: str,
    **detail: str,
) -> None:
    subject = f"campaign:{campaign.id}"
    about: dict[str, Any] = {"fact": str(fact_id), **detail}
    audit.record(actor, action, subject, campaign.organisation_id, before, after, **about)
