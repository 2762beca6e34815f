"""The sending domain, as receivers see it in DNS."""

from collections.abc import Callable
from dataclasses import replace

from campaign import config
from campaign.doctor import bounces, dkim, dmarc, spf
from campaign.doctor.finding import Finding, Findings, Status, ok, problem, skipped, warning
from campaign.doctor.resolver import Resolver, Unanswered

CHECK = "sending domain"
# RFC 2606 and 6761: these belong to nobody.
RESERVED = (".example", ".test", ".invalid", ".localhost", ".local")
RESERVED_DOMAINS = ("example.com", "example.net", "example.org")


def check(resolver: Resolver) -> Findings:
    """All that makes our mail believed; in a demonstration nothing, since none leaves."""
    settings = config.current()
    domain = settings.sending_domain.lower()
    if settings.demo:
        yield skipped(CHECK, "DNS is skipped: a demonstration sends no mail.")
        return
    if f".{domain}".endswith((*RESERVED, *(f".{name}" for name in RESERVED_DOMAINS))):
        yield problem(CHECK, f"{domain} is for examples only.", "Set MAIL_FROM to an address on your own domain.")
        yield skipped("DNS", "Not looked at before the domain is a real one.")
        return
    yield ok(CHECK, f"Letters come from {domain}.")
    provider = settings.mail_url.startswith("sendgrid:")
    yield _asked(spf.CHECK, lambda: _own_path(spf.check(resolver, domain), provider))
    yield _asked(dkim.CHECK, lambda: dkim.check(resolver, domain, settings.dkim_selector))
    yield _asked(dmarc.CHECK, lambda: dmarc.check(resolver, domain))
    yield _asked(bounces.CHECK, lambda: _own_path(bounces.check(resolver, domain), provider))


def _asked(check: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Unanswered as error:
        return warning(check, f"DNS could not be asked: {error}.", "Try again, or look at this machine's DNS.")


def _own_path(finding: Finding, provider: bool) -> Finding:
    """SendGrid writes a return path of its own into the envelope, so ours matters less."""
    if provider and finding.status is Status.PROBLEM:
        return replace(finding, status=Status.WARNING, text=f"{finding.text} (SendGrid bounces to itself.)")
    return finding
