"""Which mail server MAIL_URL names, and how far it is trusted."""

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit


class Tls(StrEnum):
    """When the conversation is encrypted."""

    REQUIRED = "required"  # by STARTTLS, with a certificate that holds, or not at all
    OPPORTUNISTIC = "opportunistic"  # by STARTTLS where the server offers it
    NONE = "none"
    IMPLICIT = "implicit"  # from the first byte on (smtps://, RFC 8314), with a certificate that holds


@dataclass(frozen=True)
class Server:
    """Host, port and log-in. What is secret does not show in its repr."""

    host: str
    port: int
    tls: Tls
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> "Server":
        """Read `smtp://user:password@host:port?tls=required` or `smtps://…`; raises ValueError saying what is wrong."""
        parts = urlsplit(url)
        try:
            host, port = parts.hostname, parts.port
        except ValueError:  # its words would quote a piece of a password with an unescaped slash in it
            host, port = None, None
        if not host or parts.path not in ("", "/") or parts.fragment:
            raise ValueError("MAIL_URL: write smtp://user:password@host:port, with % escapes for : / @ ? # in either")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if bool(user) != bool(password):
            raise ValueError("MAIL_URL: a log-in needs a user and a password")
        if not (user + password).isascii() or any(ord(char) < 32 for char in user + password):
            raise ValueError("MAIL_URL: user and password must be ASCII without control characters")
        tls = _tls(parts.scheme, parts.query, login=bool(user))
        return cls(host, port or _port(tls, login=bool(user)), tls, user, password)

    def context(self) -> ssl.SSLContext:
        """How to check the server: certificate and name against this machine's authorities (or SSL_CERT_FILE)."""
        if self.tls is not Tls.OPPORTUNISTIC:
            return ssl.create_default_context()
        # Who can show a false certificate can as well hide the offer of STARTTLS: no check would help (RFC 7435).
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def _tls(scheme: str, query: str, *, login: bool) -> Tls:
    options = dict(parse_qsl(query, keep_blank_values=True))
    wish = options.pop("tls", None)
    if options or (scheme == "smtps" and wish is not None):
        raise ValueError("MAIL_URL: only smtp:// takes an option, which is tls")
    if scheme == "smtps":
        return Tls.IMPLICIT
    if wish is None:
        return Tls.REQUIRED if login else Tls.OPPORTUNISTIC
    if wish not in (Tls.REQUIRED, Tls.OPPORTUNISTIC, Tls.NONE):
        raise ValueError("MAIL_URL: tls must be required, opportunistic or none")
    return Tls(wish)


def _port(tls: Tls, *, login: bool) -> int:
    if tls is Tls.IMPLICIT:
        return 465
    return 587 if login else 25
