"""Words and bars drawn as pictures. The fonts are Noto, reduced (fonts/OFL.txt): a server may have none."""

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parent / "fonts"
SERIF, SANS = "NotoSerif-Bold.ttf", "NotoSans-Regular.ttf"
Box = tuple[float, float, float, float]


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """One of our fonts at a size in pixels."""
    return ImageFont.truetype(str(FONTS / name), size)


def width(words: str, name: str, size: int) -> float:
    """How wide words stand, in pixels."""
    return font(name, size).getlength(words)


def lines(words: str, name: str, size: int, room: float, most: int) -> list[str]:
    """Words broken into lines of at most `room` pixels; what does not fit `most` lines ends in an ellipsis."""
    found: list[str] = []
    for word in words.split():
        longer = f"{found[-1]} {word}" if found else word
        if found and width(longer, name, size) <= room:
            found[-1] = longer
        else:
            found.append(word)
    kept = found[:most]
    if len(found) > most:
        kept[-1] += "…"
    return [_shortened(line, name, size, room) for line in kept]


def fitting(words: str, name: str, sizes: tuple[int, ...], room: float, most: int) -> tuple[int, list[str]]:
    """The largest of these sizes at which words stand in `most` lines, and the lines."""
    for size in sizes:
        broken = lines(words, name, size, room, most + 1)
        if len(broken) <= most and all(not line.endswith("…") for line in broken):
            return size, broken
    return sizes[-1], lines(words, name, sizes[-1], room, most)


def bar(draw: ImageDraw.ImageDraw, box: Box, share: float, colour: str, track: str) -> None:
    """A bar that is full by `share` (0 to 1)."""
    left, top, right, bottom = box
    radius = (bottom - top) / 2
    draw.rounded_rectangle(box, radius, fill=track)
    if share > 0:
        draw.rounded_rectangle(
            (left, top, max(left + 2 * radius, left + (right - left) * share), bottom), radius, colour
        )


def png(image: Image.Image) -> bytes:
    """A picture as a small PNG."""
    out = BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _shortened(line: str, name: str, size: int, room: float) -> str:
    while width(line, name, size) > room and len(line) > 1:
        line = line.rstrip("…")[:-1] + "…"
    return line
