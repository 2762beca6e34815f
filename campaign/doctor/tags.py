"""Lists of tags, as DKIM and DMARC write them (RFC 6376, 3.2): `v=DMARC1; p=reject`."""


def tags(text: str) -> dict[str, str]:
    """The values by name, in the case in which they stand; of a name that comes twice, the first."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip())
    return found
