"""Spans of time in words."""

UNITS = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"))


def span(seconds: float) -> str:
    """`90 seconds`, `5 minutes`, `3 hours`: rounded down to the largest unit of which there are two."""
    for size, unit in UNITS:
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {unit}s"
    whole = int(seconds)
    return f"{whole} second" if whole == 1 else f"{whole} seconds"
