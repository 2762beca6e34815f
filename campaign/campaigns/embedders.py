"""Which sites may frame a campaign's form, and the code that tells their signatures from others."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from campaign.campaigns.embed_models import Embedder
from campaign.campaigns.origin import origins_of
from campaign.core import audit
from campaign.core.cache import remembered
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError, NotFound

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
COLUMNS = (Embedder.id, Embedder.code, Embedder.name, Embedder.origins)
LONGEST_CODE, LONGEST_NAME, MOST = 40, 100, 200


@dataclass(frozen=True)
class Site:
    """An embedder to look at."""

    id: UUID
    code: str
    name: str
    origins: list[str]

    @property
    def seal(self) -> str:
        """What a form brings back to say which addresses its writer saw."""
        return seal(self.origins)


def add(
    campaign_id: UUID, name: str, code: str, addresses: Sequence[str], *, actor: str, organisation_id: UUID
) -> Site:
    """Let a site show the campaign; an empty code is made from the name.

    Raises DomainError with the field that is wrong, Conflict for a code that another site has.
    """
    name, code = name.strip(), code.strip().lower() or _code_of(name)
    origins, fields = origins_of(addresses), _wrong_name(name)
    if len(code) > LONGEST_CODE or not CODE.fullmatch(code):
        fields["code"] = _("Use small letters, digits and single hyphens.")
    if len(sites(campaign_id)) >= MOST:
        fields["name"] = _("A campaign can have at most %(limit)s sites.", limit=MOST)
    if fields:
        raise DomainError(next(iter(fields.values())), fields=fields)
    row = Embedder(campaign_id=campaign_id, code=code, name=name, origins=origins, created_at=now())
    _insert(row)
    audit.record(
        actor,
        "campaigns.add_embedder",
        f"embedder:{row.id}",
        organisation_id=organisation_id,
        code=code,
        origins=origins,
    )
    return Site(row.id, code, name, origins)


def change(
    campaign_id: UUID, id_: UUID, name: str, addresses: Sequence[str], seen: str, *, actor: str, organisation_id: UUID
) -> None:
    """Give a site another name and other addresses. Its code stays: signatures carry it.

    `seen` is `Site.seal` as the form was filled. Raises NotFound, DomainError with the field that is wrong, Conflict
    where somebody else has changed the addresses since.
    """
    row = _to_change(campaign_id, id_, seen)
    name, origins = name.strip(), origins_of(addresses)
    if fields := _wrong_name(name):
        raise DomainError(fields["name"], fields=fields)
    before = {"name": row.name, "origins": row.origins}
    row.name, row.origins = name, origins
    session().flush()
    audit.record(
        actor,
        "campaigns.change_embedder",
        f"embedder:{id_}",
        organisation_id=organisation_id,
        before=before,
        after={"name": name, "origins": origins},
        code=row.code,
    )


def remove(campaign_id: UUID, id_: UUID, *, actor: str, organisation_id: UUID) -> str:
    """Let a site frame nothing any more; answers its name. Raises Conflict where it does not stand."""
    return _turn(campaign_id, id_, actor, organisation_id, back=False)


def restore(campaign_id: UUID, id_: UUID, *, actor: str, organisation_id: UUID) -> str:
    """Undo a removal; answers the site's name. Raises Conflict where it stands, or another has its code now."""
    return _turn(campaign_id, id_, actor, organisation_id, back=True)


def sites(campaign_id: UUID) -> list[Site]:
    """The sites of a campaign, in the order of their names."""
    rows = select(*COLUMNS).where(*_standing(campaign_id)).order_by(Embedder.name, Embedder.id)
    return [Site(*row) for row in session().execute(rows)]


def site(campaign_id: UUID, id_: UUID) -> Site:
    """One of them; raises NotFound."""
    row = session().execute(select(*COLUMNS).where(*_standing(campaign_id), Embedder.id == id_)).one_or_none()
    if row is None:
        raise NotFound(_not_here())
    return Site(*row)


def origins(campaign_id: UUID) -> tuple[str, ...]:
    """Every origin that may frame the form of a campaign, kept for a moment."""

    def ask() -> tuple[str, ...]:
        return tuple(sorted({origin for site in sites(campaign_id) for origin in site.origins}))

    return remembered(("origins", campaign_id), ask)


def seal(origins: Sequence[str]) -> str:
    """Origins as one line."""
    return " ".join(origins)


def _standing(campaign_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Embedder.campaign_id == campaign_id, Embedder.removed_at.is_(None)


def _not_here() -> str:
    return _("This site is not here, or that was done already.")


def _to_change(campaign_id: UUID, id_: UUID, seen: str) -> Embedder:
    """The row, locked."""
    row = session().scalar(select(Embedder).where(*_standing(campaign_id), Embedder.id == id_).with_for_update())
    if row is None:
        raise NotFound(_not_here())
    if seal(row.origins) != seen:
        words = _(
            "Somebody else wrote other addresses meanwhile: %(addresses)s. Save again to replace them.",
            addresses=", ".join(row.origins),
        )
        raise Conflict(words, fields={"addresses": words})
    return row


def _wrong_name(name: str) -> dict[str, str]:
    if name and len(name) <= LONGEST_NAME:
        return {}
    return {"name": _("Write whose site it is, in at most %(limit)s characters.", limit=LONGEST_NAME)}


def _code_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_CODE].strip("-") or "site"


def _insert(row: Embedder) -> None:
    taken = _("Another site of this campaign has this code.")
    try:
        with session().begin_nested():
            session().add(row)
    except IntegrityError as error:
        raise Conflict(taken, fields={"code": taken}) from error


def _turn(campaign_id: UUID, id_: UUID, actor: str, organisation_id: UUID, *, back: bool) -> str:
    mine = (Embedder.campaign_id == campaign_id, Embedder.id == id_)
    there = Embedder.removed_at.is_not(None) if back else Embedder.removed_at.is_(None)
    turned = update(Embedder).where(*mine, there).values(removed_at=None if back else now())
    try:
        with session().begin_nested():
            row = session().execute(turned.returning(Embedder.name, Embedder.code)).one_or_none()
    except IntegrityError as error:
        raise Conflict(_("Another site of this campaign has this code.")) from error
    if row is None:
        raise Conflict(_not_here())
    act = "campaigns.restore_embedder" if back else "campaigns.remove_embedder"
    audit.record(actor, act, f"embedder:{id_}", organisation_id=organisation_id, code=row.code)
    return str(row.name)
