"""The second wall against secrets in the output; the first: no check quotes a setting or a server's words."""

from dataclasses import replace
from urllib.parse import unquote, urlsplit

from campaign.config import Settings
from campaign.doctor.finding import Finding

# Shorter ones would take innocent words with them, and are found in a second anyhow.
SHORTEST = 6


def secrets_of(settings: Settings) -> list[str]:
    """Every secret among the settings, the longest first."""
    found = {settings.secret_key, *settings.secret_key_fallbacks, settings.address_key}
    found |= {settings.sendgrid_api_key, settings.inbound_secret}
    for url in (settings.database_url, settings.redis_url, settings.mail_url, settings.bounce_url):
        password = urlsplit(url).password or ""
        found |= {password, unquote(password)}
    return sorted((secret for secret in found if len(secret) >= SHORTEST), key=len, reverse=True)


def redact(finding: Finding, secrets: list[str]) -> Finding:
    """The finding without secrets and on one line."""
    return replace(finding, text=_clean(finding.text, secrets), advice=_clean(finding.advice, secrets))


def _clean(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    return " ".join(text.split())
