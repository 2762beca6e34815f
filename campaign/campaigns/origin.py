"""Origins of other sites, as they may stand in a header."""

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask_babel import gettext as _

from campaign.core.errors import DomainError

# What may stand in a header: no blank, no semicolon, no star.
LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
ORIGIN = re.compile(rf"https?://({LABEL}(\.{LABEL})+|localhost|\[[0-9a-f:]+\])(:\d{{1,5}})?")
LONGEST_ORIGIN, MOST_ORIGINS = 200, 10


def origins_of(addresses: Sequence[str]) -> list[str]:
    """The origins of pasted addresses, each once; raises DomainError for `addresses`."""
    try:
        found = list(dict.fromkeys(origin_of(address) for address in addresses if address.strip()))
    except DomainError as error:
        raise DomainError(error.words, fields={"addresses": error.words}) from error
    if not 0 < len(found) <= MOST_ORIGINS:
        words = _("Write one to %(limit)s addresses of the site, one a line.", limit=MOST_ORIGINS)
        raise DomainError(words, fields={"addresses": words})
    return found


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


def _is_here(host: str) -> bool:
    """Whether a name is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
