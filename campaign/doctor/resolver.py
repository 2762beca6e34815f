"""Ask DNS. The checks take any object with these two calls, so that tests need no network."""

from typing import Protocol

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

SECONDS = 5.0
WORDS: tuple[tuple[type[Exception], str], ...] = (
    (dns.exception.Timeout, "no answer in time"),
    (dns.resolver.NoResolverConfiguration, "this machine has no name server set"),
    (dns.resolver.NoNameservers, "the name servers fail"),
)


class NoSuchName(Exception):
    """DNS knows nothing of that name (NXDOMAIN)."""


class Unanswered(Exception):
    """DNS could not say, now; says why, in words."""


class Resolver(Protocol):
    """Both answer an empty list where the name has no such record; they raise NoSuchName and Unanswered."""

    def txt(self, name: str) -> list[str]:
        """The texts of a name, each put together from its pieces."""
        ...

    def mx(self, name: str) -> list[str]:
        """The hosts that take mail for a name; "" is the null MX of RFC 7505, which takes none."""
        ...


class SystemResolver:
    """The name servers of this machine."""

    def txt(self, name: str) -> list[str]:
        """See Resolver."""
        records = [record for record in _ask(name, "TXT") if isinstance(record, TXT)]
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]

    def mx(self, name: str) -> list[str]:
        """See Resolver."""
        records = [record for record in _ask(name, "MX") if isinstance(record, MX)]
        return [record.exchange.to_text().rstrip(".") for record in records]


def _ask(name: str, kind: str) -> list[object]:
    try:
        answer = dns.resolver.Resolver().resolve(f"{name}.", kind, lifetime=SECONDS, search=False)
    except dns.resolver.NXDOMAIN:
        raise NoSuchName(name) from None
    except dns.resolver.NoAnswer:
        return []
    except (dns.exception.DNSException, OSError) as error:
        words = next((words for kind_, words in WORDS if isinstance(error, kind_)), type(error).__name__)
        raise Unanswered(words) from None
    return list(answer)


def texts(resolver: Resolver, name: str) -> list[str]:
    """The texts of a name, none where there is no such name. Raises Unanswered."""
    try:
        return resolver.txt(name)
    except NoSuchName:
        return []
