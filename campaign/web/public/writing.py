"""The letter on the campaign page: the text that a writer begins with, its language, and what can be added to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flask import request

from campaign import campaigns, letters, targets
from campaign.campaigns import FactView, Page
from campaign.core import clock, i18n
from campaign.core.addresses import network
from campaign.core.errors import NotFound
from campaign.letters import Limit, Model
from campaign.targets import Target
from campaign.web.public.sheet import Sheet, sheet

NO_LIMIT = Limit(None, None)


@dataclass(frozen=True)
class Writing:
    """Where a letter begins. `beside`: the same in the reader's language, where the letter is in another."""

    model: Model | None = None
    beside: Model | None = None
    langs: tuple[str, ...] = ()  # that an office reads first, beside the reader's own
    facts: tuple[FactView, ...] = ()  # that can be added to it
    limit: Limit = NO_LIMIT
    sheets: tuple[Sheet, ...] = field(default=())  # one for each office

    @property
    def cited(self) -> Mapping[str, str]:
        """What each fact adds to the letter, by its id."""
        return {str(fact.id): letters.cited(fact) for fact in self.facts}

    @property
    def beside_id(self) -> UUID | None:
        """The version that lies beside the letter."""
        return self.beside.version_id if self.beside else None

    def share(self, text: str) -> int:
        """How much of a text is its writer's own, in per cent."""
        return letters.share.of_version(self.model.version_id, text) if self.model else 0


def begin(page: Page, lang: str = "", lot: str = "") -> Writing:
    """Begin a letter in that language, if it is one of those offered, else in the reader's.

    `lot`: of the form that is sent, or anything that stays the same for a reader. `model` is none where no letter is.
    """
    posts = targets.resolve(page.post_ids, clock.today(), i18n.language())
    first = dict.fromkeys(post.languages[0] for post in posts if post.languages)
    langs = tuple(code for code in first if _has(page, code))
    other = _model(page, lang, lot) if lang in langs else None
    own = _model(page, i18n.language(), lot)
    if other and own and own.lang == other.lang:  # a lot may name a version: that is the letter, not the one beside it
        own = _model(page, i18n.language())
    model = other or own
    if model is None:
        return Writing()
    facts = tuple(fact for fact in campaigns.facts(page.id, model.lang) if fact.sentence)
    return Writing(
        model=model,
        beside=own if other else None,
        langs=langs,
        facts=facts,
        limit=letters.limit(page.id, page.post_ids),
        sheets=_sheets(page, model),
    )


def reader(slug: str) -> str:
    """The same for one reader on every visit, so that the text stays the same; nothing of it is kept."""
    return f"{network(request.remote_addr)} {request.user_agent} {slug}"


def _has(page: Page, lang: str) -> bool:
    """Whether the letter may be offered in that language: not the reader's, shown to supporters, and written."""
    if lang == i18n.language() or lang not in page.langs:
        return False
    model = _model(page, lang)
    return model is not None and model.lang == lang


def _model(page: Page, lang: str, lot: str = "") -> Model | None:
    title = campaigns.by_id(page.id, lang).title
    try:
        return letters.model(page.id, lang, title, lot, page.post_ids)
    except NotFound:
        return None


def _sheets(page: Page, model: Model) -> tuple[Sheet, ...]:
    """The locked parts as each office gets them, in the language of the letter."""
    posts: list[Target] = targets.resolve(page.post_ids, clock.today(), model.lang)
    title = campaigns.by_id(page.id, model.lang).title
    return tuple(sheet(model, post, title) for post in letters.addressed(page.id, posts, model.lang))
