"""Who holds a post on a day, how they are addressed, and where they are reached."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Text, and_, cast, or_, select

from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.i18n import pick
from campaign.targets.models import Contact, Person, Post, Postcode, Tenure

# For a post that the register knows no form of address of; a letter must not begin with nothing.
SALUTATIONS = {
    "en": "Dear Sir or Madam",
    "fr": "Madame, Monsieur",
    "nl": "Geachte mevrouw, geachte heer",
    "de": "Sehr geehrte Damen und Herren",
}
# Municipalities change their names once in years.
PLACE_SECONDS = 3600.0


@dataclass(frozen=True)
class Target:
    """A post as it stands on a day: its holder's name, form of address and contact in one language."""

    post_id: UUID
    key: str
    offices: dict[str, str]
    office: str
    holder: str | None
    salutation: str
    address: tuple[str, ...]
    email: str | None
    languages: tuple[str, ...] = ()  # that it reads, the first one first

    @property
    def initials(self) -> str:
        """Two letters for a card."""
        words = [word for word in (self.holder or self.office).split() if word[0].isupper()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def resolve(post_ids: Sequence[UUID], on: date, lang: str) -> list[Target]:
    """The posts as they stand on that day, in the order asked for. Kept for a moment, as pages are."""
    return remembered(("targets", *post_ids, on, lang), lambda: _resolve(post_ids, on, lang))


def _resolve(post_ids: Sequence[UUID], on: date, lang: str) -> list[Target]:
    rows = session().execute(
        select(Post, Tenure, Person.name, Contact.email)
        .outerjoin(
            Tenure,
            and_(Tenure.post_id == Post.id, Tenure.since <= on, or_(Tenure.until.is_(None), Tenure.until > on)),
        )
        .outerjoin(Person, Person.id == Tenure.person_id)
        .outerjoin(
            Contact,
            and_(Contact.post_id == Post.id, Contact.since <= on, or_(Contact.until.is_(None), Contact.until > on)),
        )
        .where(Post.id.in_(post_ids))
    )
    found = {post.id: _target(post, tenure, name, email, lang) for post, tenure, name, email in rows}
    return [found[id_] for id_ in post_ids if id_ in found]


def _target(post: Post, tenure: Tenure | None, holder: str | None, email: str | None, lang: str) -> Target:
    offices = {**post.office, **(tenure.office if tenure else {})}
    salutations = (tenure.salutation if tenure else None) or post.salutation or SALUTATIONS
    lines = post.address.get(lang) or post.address.get("en") or []
    words = (pick(offices, lang), holder, pick(salutations, lang), tuple(lines), email)
    return Target(post.id, post.key, offices, *words, tuple(post.languages))


def place_of(country: str, postcode: str, lang: str) -> str:
    """The municipality of a postcode, in that language; empty where it is not known."""
    places = remembered(("places", country), lambda: _places(country), PLACE_SECONDS)
    place: dict[str, str] = json.loads(places.get(postcode, "{}"))
    # In a language that a place has no name in, it is called what its own inhabitants call it.
    return place.get(lang) or place.get("de") or ""


def _places(country: str) -> dict[str, str]:
    """All of a country at once, as JSON: some thousand short rows, and a campaign's signers come from all over it."""
    query = select(Postcode.postcode, cast(Postcode.place, Text)).where(Postcode.country == country)
    places: dict[str, str] = dict(session().execute(query).all())
    return places
