"""What staff are writing: kept as they type, apart from the versions that writers get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from campaign.campaigns import Campaign
from campaign.core import audit, merge
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict
from campaign.letters.commands import check_offices, save_checked
from campaign.letters.models import LetterDraft, ModelLetterVersion
from campaign.letters.newest import as_checked, newest
from campaign.letters.parts import FIELDS, checked, spread, tidy


@dataclass(frozen=True)
class Working:
    """The letter of one language as its form shows it.

    `version` counts what was kept and saved; `number` is that of the newest version, 0 where there is none.
    """

    version: int
    parts: Mapping[str, str]
    number: int
    is_draft: bool
    changed_at: datetime | None
    changed_by: str


def working(campaign_id: UUID, lang: str) -> Working:
    """The draft, else the newest version, else nothing but empty fields."""
    return _working(session().get(LetterDraft, (campaign_id, lang)), newest(campaign_id, lang))


def unsaved(campaign_id: UUID) -> set[str]:
    """The languages in which somebody writes something that is not saved."""
    query = select(LetterDraft.lang).where(LetterDraft.campaign_id == campaign_id, LetterDraft.parts.is_not(None))
    return set(session().scalars(query))


def keep(campaign_id: UUID, lang: str, mine: Mapping[str, str], base: str, seen: int, *, actor: str) -> Working:
    """Keep what somebody writes, unchecked. Raises merge.Clash for fields that somebody else changed meanwhile."""
    row = _locked(campaign_id, lang)
    before = _working(row, newest(campaign_id, lang))
    changed = merge.changes(_given(mine), before.parts, base, seen, before.version)
    if not changed:
        return before
    return _write(row, campaign_id, lang, {**before.parts, **changed}, actor)


def save(campaign_id: UUID, lang: str, mine: Mapping[str, str], base: str, seen: int, *, actor: str) -> Working:
    """Make a version of what somebody wrote; the draft is over. Saving what stands already makes none.

    Raises DomainError with the names of wrong fields, and merge.Clash as `keep` does.
    """
    row, last = _locked(campaign_id, lang), newest(campaign_id, lang)
    before = _working(row, last)
    changed = merge.changes(_given(mine), before.parts, base, seen, before.version)
    letter = checked({**before.parts, **changed})
    if last is None or as_checked(last) != letter:
        check_offices(campaign_id, letter)
        save_checked(campaign_id, lang, letter, actor=actor)
    return _write(row, campaign_id, lang, None, actor)


def _given(mine: Mapping[str, str]) -> dict[str, str]:
    """The fields that were sent, cleaned."""
    return {name: value for name, value in tidy(mine).items() if name in mine}


def discard(campaign_id: UUID, lang: str, *, actor: str, back: bool = False) -> None:
    """Give a draft up and go back to the newest version, or take the one that was given up `back`.

    Raises Conflict where there is another draft meanwhile.
    """
    row = _locked(campaign_id, lang)
    if row is None or (row.parts is None and not back) or (back and row.dropped is None):
        return
    if back and row.parts is not None:
        raise Conflict(_("There is another draft meanwhile."))
    organisation_id = session().scalar(select(Campaign.organisation_id).where(Campaign.id == campaign_id))
    action = "letters.restore_draft" if back else "letters.discard_draft"
    audit.record(actor, action, f"campaign:{campaign_id}", organisation_id, lang=lang)
    parts, row.dropped = (row.dropped, None) if back else (None, row.parts)
    _write(row, campaign_id, lang, parts, actor)


def _locked(campaign_id: UUID, lang: str) -> LetterDraft | None:
    """Two who keep at once come one after the other, also when there is no draft yet."""
    session().execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update(key_share=True))
    return session().get(LetterDraft, (campaign_id, lang), populate_existing=True)


def _working(row: LetterDraft | None, last: ModelLetterVersion | None) -> Working:
    stands = spread(as_checked(last)) if last else dict.fromkeys(FIELDS, "")
    number = last.number if last else 0
    if row is None:
        return Working(1, stands, number, False, last.created_at if last else None, last.created_by if last else "")
    parts = {**dict.fromkeys(FIELDS, ""), **row.parts} if row.parts is not None else stands
    return Working(row.version, parts, number, row.parts is not None, row.changed_at, row.changed_by)


def _write(
    row: LetterDraft | None, campaign_id: UUID, lang: str, parts: Mapping[str, str] | None, actor: str
) -> Working:
    if row is None:
        row = LetterDraft(campaign_id=campaign_id, lang=lang, version=1)
        session().add(row)
    row.version += 1
    row.parts = dict(parts) if parts is not None else None
    row.changed_at, row.changed_by = now(), actor
    session().flush()
    return _working(row, newest(campaign_id, lang))
