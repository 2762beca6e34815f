"""The badge: a picture with the number, as SVG with real words and as PNG for mail."""

from dataclasses import dataclass

from flask import Response, g, make_response, render_template, request
from flask_babel import ngettext
from PIL import Image, ImageDraw

from campaign import campaigns, reports
from campaign.campaigns import Page
from campaign.core import i18n
from campaign.web.audience import public
from campaign.web.embed import blueprint, drawing, options
from campaign.web.embed.colours import ACCENTS, Colour
from campaign.web.embed.drawing import SANS, SERIF
from campaign.web.embed.options import Options, Theme
from campaign.web.headers import readable
from campaign.web.public import shares

CACHE = "public, max-age=60, stale-while-revalidate=600"
HEIGHT, PAD, RADIUS = 40, 12, 6
NUMBER, WORDS = 20, 16
# Mail programs show pictures at half their size on fine screens.
SCALE = 2
DAY, NIGHT = ("#fffefb", "#1d1a16", "#877f70"), ("#25221d", "#f2ede4", "#8f8778")


@dataclass(frozen=True)
class Badge:
    """A badge before it is drawn; lengths in pixels."""

    lang: str
    title: str
    number: str
    words: str
    fill: str
    ink: str
    ground: str
    text: str
    line: str
    number_width: int
    words_width: int

    @property
    def split(self) -> int:
        """Where the coloured part ends."""
        return self.number_width + 2 * PAD

    @property
    def width(self) -> int:
        """All of it."""
        return self.split + self.words_width + 2 * PAD


@blueprint.get("/embed/<slug>/badge.svg")
@public
@readable
def badge(slug: str) -> Response:
    """As SVG."""
    made = _badge(slug)
    return _answer(
        render_template("embed/badge.svg", badge=made, height=HEIGHT, pad=PAD, radius=RADIUS).encode(), "svg+xml"
    )


@blueprint.get("/embed/<slug>/badge.png")
@public
@readable
def badge_png(slug: str) -> Response:
    """As PNG, at twice its size."""
    return _answer(draw(_badge(slug)), "png")


def speak(slug: str) -> tuple[Options, Page]:
    """The options of this request and the campaign, with the request's language set to the widget's."""
    chosen = options.read(request.args)
    page = campaigns.find(slug, chosen.lang or i18n.language())
    g.lang = chosen.lang or page.lang
    return chosen, page


def _badge(slug: str) -> Badge:
    chosen, page = speak(slug)
    counter = reports.counter(page.slug)
    ground, text, line = NIGHT if chosen.theme == Theme.DARK else DAY
    # The accent by day: on its own button it is dark enough for white words in every palette.
    colour = chosen.colour or Colour(ACCENTS[page.accent][0])
    number = i18n.number(counter.signatures)
    words = ngettext("person has signed", "people have signed", counter.signatures)
    return Badge(
        lang=g.lang,
        title=f"{shares.signed(counter)}: {page.title}",
        number=number,
        words=words,
        fill=colour.hex,
        ink=colour.ink,
        ground=ground,
        text=text,
        line=line,
        number_width=round(drawing.width(number, SERIF, NUMBER)),
        words_width=round(drawing.width(words, SANS, WORDS)),
    )


def draw(badge: Badge) -> bytes:
    """A badge as PNG."""
    wide, high, pad = badge.width * SCALE, HEIGHT * SCALE, PAD * SCALE
    image = Image.new("RGB", (wide, high), badge.ground)
    on, middle = ImageDraw.Draw(image), high / 2
    on.rectangle((0, 0, badge.split * SCALE, high), badge.fill)
    on.text((pad, middle), badge.number, badge.ink, drawing.font(SERIF, NUMBER * SCALE), anchor="lm")
    left = badge.split * SCALE + pad
    on.text((left, middle), badge.words, badge.text, drawing.font(SANS, WORDS * SCALE), anchor="lm")
    on.rectangle((0, 0, wide - 1, high - 1), outline=badge.line, width=SCALE)
    return drawing.png(image)


def _answer(body: bytes, kind: str) -> Response:
    response = make_response(body)
    response.headers.update({"Content-Type": f"image/{kind}", "Cache-Control": CACHE, "Vary": "Accept-Language"})
    response.set_etag(reports.etag(body))
    response.make_conditional(request)
    return response
