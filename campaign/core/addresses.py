"""Email addresses and networks: checked, made canonical, and hashed for look-up."""

from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from campaign.core.errors import DomainError
from campaign.core.tokens import keyed_hash

EMAIL_MAX = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets with its angle brackets
# Providers that ignore dots in the part before the @.
DOTLESS = {"gmail.com"}
SAME = {"googlemail.com": "gmail.com"}


class BadAddress(DomainError):
    """Not an address that mail can be sent to."""

    code = "bad_address"


@dataclass(frozen=True)
class Address:
    """An email address as written (normalised) and its canonical form, one per mailbox as far as rules tell."""

    email: str
    canonical: str

    @cached_property
    def hash(self) -> bytes:
        """The keyed hash of the canonical form (32 bytes)."""
        return keyed_hash("address", self.canonical)

    @property
    def domain(self) -> str:
        """The ASCII domain, in lower case."""
        return self.email.rpartition("@")[2]


def parse(value: str) -> Address:
    """Check the form of an address (no DNS); raises BadAddress with words for the person."""
    if len(value) > EMAIL_MAX:
        raise BadAddress(_("This address is too long."))
    try:
        valid = validate_email(value, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise BadAddress(_("Write an address such as name@example.org.")) from error
    if "." not in valid.ascii_domain:
        raise BadAddress(_("Write an address such as name@example.org."))
    email = f"{valid.local_part}@{valid.ascii_domain}"
    return Address(email, _canonical(valid.local_part.lower(), valid.ascii_domain.lower()))


def _canonical(local: str, domain: str) -> str:
    """Fold what providers treat as one mailbox: +tags everywhere, dots at Gmail, Gmail's other name."""
    domain = SAME.get(domain, domain)
    local = local.split("+", 1)[0] or local
    if domain in DOTLESS:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def network(remote: str | None) -> str:
    """The network an address belongs to: an IPv4 address itself, an IPv6 /64, or `unknown`."""
    try:
        address = ip_address(remote or "")
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None)
    if address.version == 6 and mapped is None:
        return str(ip_network(f"{address}/64", strict=False))
    return str(mapped or address)
