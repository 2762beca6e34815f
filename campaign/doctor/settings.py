"""The settings: what is wrong, all at once, and what is unwise."""

from collections.abc import Sequence

from campaign.config import Settings
from campaign.doctor.finding import Finding, Findings, ok, problem, skipped, warning


def check(settings: Settings) -> Findings:
    """They are all there and can be read. Whether any is unwise."""
    if not settings.secure and not settings.demo:
        yield warning(
            "settings",
            "PUBLIC_URL is not https: names and letters travel in the clear.",
            "Put a proxy with TLS in front and begin PUBLIC_URL with https:.",
        )
    elif settings.demo:
        yield ok("settings", "All are there. This is a demonstration: no mail can leave.")
    else:
        yield ok("settings", "All are there.")


def unread(problems: Sequence[str]) -> list[Finding]:
    """What a start would list. Nothing else can be looked at without settings."""
    advice = "What each setting wants is in docs/settings.md."
    found = [problem("settings", f"{words}.", advice) for words in problems]
    return [*found, skipped("everything else", "Not looked at: it needs the settings.")]
