"""Which sites may frame a campaign's form, and the code that tells their signatures from others."""

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from campaign.campaigns.embed_models import Embedder
from campaign.core import audit
from campaign.core.cache import remembered
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# What may stand in a header: no blank, no semicolon, no star.
LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
ORIGIN = re.compile(rf"https?://({LABEL}(\.{LABEL})+|localhost|\[[0-9a-f:]+\])(:\d{{1,5}})?")
LONGEST_CODE, LONGEST_NAME, LONGEST_ORIGIN, MOST_ORIGINS, MOST = 40, 100, 200, 10, 200


@dataclass(frozen=True)
class Site:
    """An embedder to look at."""

    id: UUID
    code: str
    name: str
    origins: list[str]


def add(
    campaign_id: UUID, name: str, code: str, addresses: Sequence[str], *, actor: str, organisation_id: UUID
) -> Site:
    """Let a site show the campaign; an empty code is made from the name.

    Raises DomainError with the field that is wrong, Conflict for a code that another site has.
    """
    name, code = name.strip(), code.strip().lower() or _code_of(name)
    origins, fields = _origins(addresses), {}
    if not name or len(name) > LONGEST_NAME:
        fields["name"] = _("Write whose site it is, in at most %(limit)s characters.", limit=LONGEST_NAME)
    elif len(code) > LONGEST_CODE or not CODE.fullmatch(code):
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


def remove(campaign_id: UUID, id_: UUID, *, actor: str, organisation_id: UUID) -> str:
    """Let a site frame nothing any more; answers its name. Raises Conflict where it does not stand."""
    return _turn(campaign_id, id_, actor, organisation_id, back=False)


def restore(campaign_id: UUID, id_: UUID, *, actor: str, organisation_id: UUID) -> str:
    """Undo a removal; answers the site's name. Raises Conflict where it stands, or another has its code now."""
    return _turn(campaign_id, id_, actor, organisation_id, back=True)


def sites(campaign_id: UUID) -> list[Site]:
    """The sites of a campaign, in the order of their names."""
    mine = (Embedder.campaign_id == campaign_id, Embedder.removed_at.is_(None))
    columns = (Embedder.id, Embedder.code, Embedder.name, Embedder.origins)
    return [Site(*row) for row in session().execute(select(*columns).where(*mine).order_by(Embedder.name, Embedder.id))]


def origins(campaign_id: UUID) -> tuple[str, ...]:
    """Every origin that may frame the form of a campaign, kept for a moment."""

    def ask() -> tuple[str, ...]:
        return tuple(sorted({origin for site in sites(campaign_id) for origin in site.origins}))

    return remembered(("origins", campaign_id), ask)


def origin_of(address: str) -> str:
    """The origin of a pasted address; raises DomainError for one that no browser would call secure.

    http is for sites on this machine only, so that one can try a page there.
    """
    wrong, address = DomainError(_("Write addresses such as https://www.example.org, one a line.")), address.strip()
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host, port = parts.hostname or "", parts.port
        host = f"[{host}]" if ":" in host else host.encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise wrong from error
    standard = {"https": 443, "http": 80}.get(parts.scheme)
    origin = f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, standard) else "")
    if (
        re.search(r"[\s\x00-\x1f]", address)
        or not ORIGIN.fullmatch(origin)
        or len(origin) > LONGEST_ORIGIN
        or (parts.scheme == "http" and not _is_here(host))
    ):
        raise wrong
    return origin


def _origins(addresses: Sequence[str]) -> list[str]:
    try:
        found = list(dict.fromkeys(origin_of(address) for address in addresses if address.strip()))
    except DomainError as error:
        raise DomainError(error.words, fields={"addresses": error.words}) from error
    if not 0 < len(found) <= MOST_ORIGINS:
        words = _("Write one to %(limit)s addresses of the site, one a line.", limit=MOST_ORIGINS)
        raise DomainError(words, fields={"addresses": words})
    return found


def _is_here(host: str) -> bool:
    """Whether a name is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


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
        raise Conflict(_("This site is not here, or that was done already."))
    act = "campaigns.restore_embedder" if back else "campaigns.remove_embedder"
    audit.record(actor, act, f"embedder:{id_}", organisation_id=organisation_id, code=row.code)
    return str(row.name)
