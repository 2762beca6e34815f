"""Addresses of campaigns: what one may look like, and where the old ones lead."""

import re
import unicodedata
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, true

from campaign.campaigns.models import Campaign, OldSlug
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 80
# Pages of the console that stand where a campaign would.
RESERVED = frozenset({"new"})


def check(slug: str) -> None:
    """Raises DomainError for what cannot be an address of a campaign."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST or slug in RESERVED:
        fields = {"slug": _("Use small letters, digits and single hyphens, at most %(n)s.", n=LONGEST)}
        raise DomainError(_("This cannot be a web address."), fields=fields)


def require_free(slug: str, campaign_id: UUID | None = None) -> None:
    """Raises Conflict where another campaign has this address or had it before."""
    other = Campaign.id != campaign_id if campaign_id else true()
    had = OldSlug.campaign_id != campaign_id if campaign_id else true()
    taken = select(Campaign.id).where(Campaign.slug == slug, other)
    before = select(OldSlug.campaign_id).where(OldSlug.slug == slug, had)
    if session().scalar(taken) or session().scalar(before):
        words = _("Another campaign has this web address.")
        raise Conflict(words, fields={"slug": words})


def rename(campaign: Campaign, slug: str) -> None:
    """Give a campaign another address; the old one leads to it from now on. Raises DomainError."""
    check(slug)
    require_free(slug, campaign.id)
    session().execute(delete(OldSlug).where(OldSlug.slug == slug))
    session().add(OldSlug(slug=campaign.slug, campaign_id=campaign.id, since=now()))
    campaign.slug = slug
    session().flush()


def present(old: str) -> Campaign | None:
    """The campaign that had this address before."""
    return session().scalar(
        select(Campaign).join(OldSlug, OldSlug.campaign_id == Campaign.id).where(OldSlug.slug == old)
    )


def from_title(title: str) -> str:
    """An address for a new campaign, made of its title, that nobody has."""
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:50].strip("-")
    wanted = words if words and words not in RESERVED else "campaign"
    like = f"{wanted}%"
    taken = set(session().scalars(select(Campaign.slug).where(Campaign.slug.like(like))))
    taken |= set(session().scalars(select(OldSlug.slug).where(or_(OldSlug.slug == wanted, OldSlug.slug.like(like)))))
    tries = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in tries if slug not in taken)
