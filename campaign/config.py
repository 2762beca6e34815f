"""Settings, read once from the environment. A start with missing or bad values lists all of them and stops."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from flask import current_app

from campaign.core.rates import Rate

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """One or more settings are missing or wrong; `problems` names each with what is wanted."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def _secret(value: str) -> str:
    if len(value) < 32 or len(set(value)) < 8:
        raise ValueError("must be at least 32 random characters; make one with: openssl rand -base64 48")
    return value


def _secrets(value: str) -> tuple[str, ...]:
    return tuple(_secret(part) for part in value.split(",") if part)


def _parts(value: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError:  # its words would quote the password
        raise ValueError("is not an address; write strange characters in it as %xx") from None


def _url(*schemes: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if _parts(value).scheme not in schemes:
            raise ValueError("must begin with " + " or ".join(f"{scheme}:" for scheme in schemes))
        return value

    return check


def _origin(value: str) -> str:
    parts = _parts(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("must be an address such as https://letters.example.org, without a path")
    return value.rstrip("/")


def _address(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]+@[A-Za-z0-9.-]+\.[A-Za-z-]{2,}", value):
        raise ValueError("must be one plain email address, such as letters@mail.example.org")
    return value


def _selector(value: str) -> str:
    if not re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?", value):
        raise ValueError("must be a DKIM selector, such as s1")
    return value


def _domain(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value):
        raise ValueError("must be a domain, such as reply.example.org")
    return value.lower()


def _public_key(value: str) -> str:
    """The text of a key on the curve P-256 as SendGrid shows it: 91 bytes that begin alike (RFC 5480)."""
    head = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"
    if value and not re.fullmatch(re.escape(head) + r"[A-Za-z0-9+/]{86}==", value):
        raise ValueError(f"must be SendGrid's verification key: 124 characters that begin with {head[:12]}")
    return value


def _mailbox(value: str) -> str:
    parts = _parts(value)
    local = parts.scheme == "maildir" and parts.path.startswith("/")
    remote = parts.scheme == "imaps" and parts.hostname and parts.username and parts.password
    if value and not (local or remote):
        raise ValueError("must be maildir:///folder or imaps://user:password@host/INBOX")
    return value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def check(value: str) -> int:
        if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return check


def _level(value: str) -> str:
    if value.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError("must be debug, info, warning or error")
    return value.lower()


def _flag(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError("must be 1 (on) or 0 (off)")
    return value == "1"


def _setting(env: str, parse: Callable[[str], object], about: str, default: str | None = None) -> Any:
    """A field read from the environment variable `env`; required where it has no default."""
    return field(metadata={"env": env, "parse": parse, "about": about, "default": default})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of an installation. docs/settings.md is checked against this list."""

    database_url: str = _setting(
        "DATABASE_URL", _url("postgresql", "postgresql+psycopg", "postgres"), "the PostgreSQL database"
    )
    redis_url: str = _setting(
        "REDIS_URL", _url("redis", "rediss", "unix"), "Redis or Valkey: hints, live counts and throttles"
    )
    secret_key: str = _setting("SECRET_KEY", _secret, "signs links and forms")
    secret_key_fallbacks: tuple[str, ...] = _setting(
        "SECRET_KEY_FALLBACKS", _secrets, "older keys whose links stay valid, separated by commas", ""
    )
    address_key: str = _setting(
        "ADDRESS_KEY", lambda v: _secret(v) if v else "", "keys the hashes of addresses; SECRET_KEY where empty", ""
    )
    public_url: str = _setting("PUBLIC_URL", _origin, "where supporters reach the site")
    live_url: str = _setting(
        "LIVE_URL",
        lambda v: _origin(v) if v else "",
        "where browsers reach the live process; PUBLIC_URL where empty",
        "",
    )
    mail_url: str = _setting("MAIL_URL", _url("maildir", "smtp", "smtps", "sendgrid"), "how mail leaves")
    mail_from: str = _setting("MAIL_FROM", _address, "the address letters come from")
    dkim_selector: str = _setting(
        "DKIM_SELECTOR", _selector, "the selector that the mail provider signs with; `campaign doctor` looks it up", ""
    )
    sendgrid_api_key: str = _setting("SENDGRID_API_KEY", str, "the key for `MAIL_URL=sendgrid:`", "")
    sendgrid_host: str = _setting(
        "SENDGRID_HOST",
        _origin,
        "SendGrid's address; https://api.eu.sendgrid.com in the EU",
        "https://api.sendgrid.com",
    )
    sendgrid_event_public_key: str = _setting(
        "SENDGRID_EVENT_PUBLIC_KEY", _public_key, "verifies SendGrid's event webhook", ""
    )
    inbound_domain: str = _setting(
        "INBOUND_DOMAIN", _domain, "offices answer to addresses on this domain, which are ours", ""
    )
    inbound_secret: str = _setting(
        "INBOUND_SECRET", lambda v: _secret(v) if v else "", "lets SendGrid's inbound parse post replies", ""
    )
    bounce_url: str = _setting("BOUNCE_URL", _mailbox, "the mailbox that bounces and replies come to", "")
    contact_email: str = _setting(
        "CONTACT_EMAIL", lambda v: _address(v) if v else "", "who answers questions on data; MAIL_FROM where empty", ""
    )
    sign_limit: Rate = _setting("SIGN_LIMIT", Rate.parse, "signatures per network", "30/minute")
    proxies: int = _setting(
        "PROXIES", _whole(0, 5), "how many proxies of ours stand in front and set X-Forwarded-For", "0"
    )
    provider_pace: Rate = _setting("PROVIDER_PACE", Rate.parse, "letters handed to the mail provider", "20/second")
    domain_pace: Rate = _setting("DOMAIN_PACE", Rate.parse, "letters to one recipient domain", "60/minute")
    target_pace: Rate = _setting("TARGET_PACE", Rate.parse, "letters to one target", "1000/hour")
    lease_seconds: int = _setting("LEASE_SECONDS", _whole(1, 3600), "how long a worker may hold a message", "60")
    grace_seconds: int = _setting(
        "GRACE_SECONDS", _whole(0, 86400), "how long an unsure message waits for a receipt", "180"
    )
    sweep_seconds: int = _setting(
        "SWEEP_SECONDS", _whole(1, 300), "how often the scheduler rings for what is due", "10"
    )
    live_streams: int = _setting(
        "LIVE_STREAMS", _whole(1, 100_000), "open streams that one live process takes", "10000"
    )
    demo: bool = _setting(
        "DEMO", _flag, "a demonstration: shows the Maildir in the browser; refuses real transports", "0"
    )
    log_level: str = _setting("LOG_LEVEL", _level, "debug, info, warning or error", "info")

    @property
    def secure(self) -> bool:
        """Whether the site is served over https, so that cookies may be Secure."""
        return self.public_url.startswith("https:")

    @property
    def contact(self) -> str:
        """Where people write about their data."""
        return self.contact_email or self.mail_from

    @property
    def live_origin(self) -> str:
        """Where the browser opens the counter's stream."""
        return self.live_url or self.public_url

    @property
    def sending_domain(self) -> str:
        """The domain of MAIL_FROM, which Message-IDs carry too."""
        return self.mail_from.rpartition("@")[2]


def _read(environment: Mapping[str, str], name: str) -> str | None:
    """The value of NAME, or the content of the file that NAME_FILE names."""
    path = environment.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return environment.get(name) or None


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment; raises SettingsError naming every missing or bad one at once."""
    values: dict[str, Any] = {}
    problems = []
    for item in fields(Settings):
        name, default = item.metadata["env"], item.metadata["default"]
        try:
            raw = _read(environment, name)
            if raw is None and default is None:
                raise ValueError("is missing: " + item.metadata["about"])
            values[item.name] = item.metadata["parse"](default if raw is None else raw)
        except OSError as error:
            problems.append(f"{name}_FILE cannot be read: {error.strerror}")
        except ValueError as error:
            problems.append(f"{name} {error}")
    problems += _together(values)
    if problems:
        raise SettingsError(problems)
    return Settings(**values)


def _together(values: Mapping[str, Any]) -> list[str]:
    """What is wrong only in company of another setting."""
    mail_url, problems = str(values.get("mail_url", "")), []
    if mail_url.startswith("sendgrid:") and not values.get("sendgrid_api_key"):
        problems.append("SENDGRID_API_KEY is missing: MAIL_URL is sendgrid:")
    if values.get("secret_key_fallbacks") and not values.get("address_key"):
        problems.append("ADDRESS_KEY is missing: set it to the first SECRET_KEY, or nobody is known to have signed")
    if len(str(values.get("mail_from", "")).partition("@")[0]) > 27:  # a tag of 36 comes behind it; RFC 5321: 64
        problems.append("MAIL_FROM must have at most 27 characters before the @")
    if values.get("demo") and mail_url and not mail_url.startswith("maildir:"):
        problems.append("MAIL_URL must be a maildir: in a demonstration, so that no mail can leave")
    return problems


def current() -> Settings:
    """The settings of the running app; needs an app context."""
    return cast(Settings, current_app.extensions["settings"])
