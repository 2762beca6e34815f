"""What must be right before a campaign opens. Each room that knows something of it registers a check in app.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from campaign.campaigns.staff import StaffCampaign


class Light(StrEnum):
    """What a finding means for opening."""

    OK = "ok"
    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True)
class Found:
    """One finding: in words, with the step that it belongs to and, where it is about one, the language."""

    light: Light
    text: str
    step: str
    lang: str = ""


# Looks at one campaign and changes nothing.
Check = Callable[[StaffCampaign], Iterable[Found]]

_CHECKS: dict[str, Check] = {}
_ASK_THE_NETWORK: set[str] = set()


def check_with(name: str, check: Check, *, network: bool = False) -> None:
    """Add a check to the list, in the order in which people read it; the same name again replaces it.

    One that may ask the `network` gives up the open transaction first.
    """
    _CHECKS[name] = check
    (_ASK_THE_NETWORK.add if network else _ASK_THE_NETWORK.discard)(name)


def look(campaign: StaffCampaign, *, network: bool = True) -> list[Found]:
    """Everything that all checks find, in their order; without the `network`, what the database alone can say."""
    asked = [check for name, check in _CHECKS.items() if network or name not in _ASK_THE_NETWORK]
    return [found for check in asked for found in check(campaign)]


def may_open(findings: Iterable[Found]) -> bool:
    """Whether nothing stands in the way."""
    return all(found.light != Light.STOP for found in findings)


def ok(text: str, step: str, lang: str = "") -> Found:
    """A green light."""
    return Found(Light.OK, text, step, lang)


def warn(text: str, step: str, lang: str = "") -> Found:
    """Opening is possible, but somebody should look."""
    return Found(Light.WARN, text, step, lang)


def stop(text: str, step: str, lang: str = "") -> Found:
    """Not before this is done."""
    return Found(Light.STOP, text, step, lang)
