"""What a campaign says of each office that it writes to: another form of address, and how long letters may be."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from campaign.campaigns import StaffCampaign
from campaign.core import audit
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.errors import DomainError
from campaign.core.text import BadText, header_text, one_line
from campaign.letters.models import LetterOffice
from campaign.targets import Target

SALUTATION_MAX = 120
# Fewer would be no letter.
LEAST_WORDS, LEAST_CHARACTERS, MOST = 20, 200, 20_000


@dataclass(frozen=True)
class Rules:
    """Of one office. `salutation` by language holds while `holder` holds the post."""

    salutation: dict[str, str] = field(default_factory=dict)
    holder: str = ""
    max_words: int | None = None
    max_characters: int | None = None


@dataclass(frozen=True)
class Limit:
    """How long the supporter's own part of a letter may be, so that every office takes it; none: no limit."""

    words: int | None
    characters: int | None


def rules(campaign_id: UUID) -> dict[UUID, Rules]:
    """What the campaign says, by post. Kept for a moment, as pages are."""
    return remembered(("letter offices", campaign_id), lambda: _rules(campaign_id))


def _rules(campaign_id: UUID) -> dict[UUID, Rules]:
    rows = session().scalars(select(LetterOffice).where(LetterOffice.campaign_id == campaign_id))
    return {row.post_id: Rules(row.salutation, row.holder, row.max_words, row.max_characters) for row in rows}


def addressed(campaign_id: UUID, targets: Sequence[Target], lang: str) -> list[Target]:
    """The targets, greeted as this campaign wants. A new holder is greeted as the register says."""
    known = rules(campaign_id)
    return [_greeted(target, known.get(target.post_id), lang) for target in targets]


def _greeted(target: Target, rule: Rules | None, lang: str) -> Target:
    if rule is None or rule.holder != (target.holder or "") or not rule.salutation.get(lang):
        return target
    return replace(target, salutation=rule.salutation[lang])


def limit(campaign_id: UUID, post_ids: Sequence[UUID]) -> Limit:
    """The strictest of these offices."""
    mine = [rule for id_, rule in rules(campaign_id).items() if id_ in post_ids]
    words = [rule.max_words for rule in mine if rule.max_words]
    characters = [rule.max_characters for rule in mine if rule.max_characters]
    return Limit(min(words, default=None), min(characters, default=None))


def set_rules(
    campaign: StaffCampaign,
    target: Target,
    salutation: Mapping[str, str],
    max_words: int | None,
    max_characters: int | None,
    *,
    actor: str,
) -> None:
    """Say how an office is greeted by language (empty: as the register says) and how long letters to it may be."""
    greetings = {lang: _salutation(lang, words) for lang, words in salutation.items()}
    _bounds(max_words, LEAST_WORDS, "max_words")
    _bounds(max_characters, LEAST_CHARACTERS, "max_characters")
    values = {
        "salutation": {lang: words for lang, words in greetings.items() if words},
        "holder": target.holder or "",
        "max_words": max_words,
        "max_characters": max_characters,
    }
    before = _rules(campaign.id).get(target.post_id, Rules())
    session().merge(LetterOffice(campaign_id=campaign.id, post_id=target.post_id, **values))
    session().flush()
    subject = f"campaign:{campaign.id}"
    post = str(target.post_id)
    audit.record(actor, "letters.office", subject, campaign.organisation_id, asdict(before), values, post=post)


def _salutation(lang: str, words: str) -> str:
    words, name = one_line(words).rstrip(","), f"salutation_{lang}"
    try:
        header_text(words, limit=SALUTATION_MAX)
        if "{" in words or "}" in words:
            raise BadText(_("Write the greeting itself, without placeholders."))
    except BadText as error:
        raise BadText(error.words, fields={name: error.words}) from error
    return words


def _bounds(value: int | None, least: int, name: str) -> None:
    if value is not None and not least <= value <= MOST:
        words = _("Write a number from %(least)s to %(most)s, or nothing.", least=least, most=MOST)
        raise DomainError(words, fields={name: words})
