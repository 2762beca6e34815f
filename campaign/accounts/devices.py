"""A browser in two words, coarse on purpose: enough to know one's own again, too little to know anybody by."""

from dataclasses import dataclass

# In this order: most name others beside themselves.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """The names of a browser and of its system; empty where we cannot tell."""

    browser: str = ""
    system: str = ""

    @classmethod
    def of(cls, user_agent: str) -> "Device":
        """Read the header; nothing of it but a name of ours is kept."""
        return cls(_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")
