"""What other sites show of a page that somebody pastes: its words, and a picture with the present number."""

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, make_response, request, url_for
from flask_babel import gettext as _, ngettext
from PIL import Image, ImageDraw

from campaign import campaigns, config, reports
from campaign.campaigns import Page
from campaign.core import i18n
from campaign.core.cache import remembered
from campaign.reports import Counter
from campaign.web import audience
from campaign.web.audience import public
from campaign.web.embed import drawing
from campaign.web.embed.colours import ACCENTS
from campaign.web.embed.drawing import SANS, SERIF
from campaign.web.headers import embedded
from campaign.web.public import LANG, blueprint

# What Facebook, LinkedIn, Signal and the others ask for.
WIDTH, HEIGHT = 1200, 630
MARGIN = 80
PAPER, INK, INK_2, TRACK = "#faf7f1", "#1d1a16", "#5b544a", "#e6ddcd"
# One drawing takes some 50 ms of a core: at most one per campaign and language in this time, whatever is asked.
KEPT_SECONDS = 20.0
CACHE = "public, max-age=60, stale-while-revalidate=600"
# Pages whose address is for everybody to pass on.
PASSED_ON = {"public.campaign", "public.live"}


@dataclass(frozen=True)
class Discovery:
    """What the head of a public page says of it."""

    url: str
    locale: str
    other_locales: tuple[str, ...]
    alternates: tuple[tuple[str, str], ...]
    picture: str = ""
    picture_alt: str = ""
    oembed: str = ""


@blueprint.get(f"/{LANG}/campaigns/<slug>/share.png")
@public
@embedded
def share_picture(lang: str, slug: str) -> Response:
    """The picture beside a link to a campaign, 1,200 by 630 pixels."""
    page = campaigns.find(slug, lang)
    data, tag = remembered(("share-picture", page.slug, lang), lambda: _made(page), KEPT_SECONDS)
    response = make_response(data)
    response.headers.update({"Content-Type": "image/png", "Cache-Control": CACHE})
    response.set_etag(tag)
    response.make_conditional(request)
    return response


def discovery(campaign: Page | None) -> Discovery | None:
    """What to say in the head of this page; none where its address is not for everybody, or there is no such page."""
    endpoint, values = request.endpoint or "", dict(request.view_args or {})
    declared = audience.of(current_app, endpoint) if endpoint else None
    if declared is None or declared.kind != "public" or "lang" not in values or not _is_page(endpoint):
        return None
    if "slug" in values and campaign is None:  # the page that says that there is no such campaign
        return None
    origin, lang = config.current().public_url, values["lang"]
    pages = [(code, origin + url_for(endpoint, **{**values, "lang": code})) for code in _langs(campaign)]
    locales = {language.code: language.locale for language in i18n.LANGUAGES}
    return Discovery(
        url=origin + url_for(endpoint, **values),
        locale=locales[lang],
        other_locales=tuple(locales[code] for code, _url in pages if code != lang),
        alternates=tuple(pages) if len(pages) > 1 else (),
        **(_of_campaign(campaign, endpoint, lang, origin) if campaign else {}),
    )


def _is_page(endpoint: str) -> bool:
    rule = request.url_rule
    return endpoint.startswith("public.") and rule is not None and "GET" in (rule.methods or set())


def _langs(campaign: Page | None) -> tuple[str, ...]:
    return campaign.langs if campaign else i18n.CODES


def _of_campaign(campaign: Page, endpoint: str, lang: str, origin: str) -> dict[str, Any]:
    # With the number in its address, a site that kept yesterday's picture asks for today's.
    counter = reports.counter(campaign.slug)
    picture = url_for("public.share_picture", lang=lang, slug=campaign.slug, n=counter.signatures)
    found = {"picture": origin + picture, "picture_alt": f"{signed(counter)}: {campaign.title}"}
    return found | ({"oembed": f"{origin}{url_for('embed.oembed')}"} if endpoint in PASSED_ON else {})


def signed(counter: Counter) -> str:
    """How many have signed, in words."""
    n = counter.signatures
    return ngettext("%(n)s person has signed", "%(n)s people have signed", n, n=i18n.number(n))


def _ahead(counter: Counter) -> str:
    """What is missing, in words."""
    if not counter.signatures:
        return _("Be the first of %(goal)s", goal=i18n.number(counter.goal))
    return _("%(togo)s more to %(goal)s", togo=i18n.number(counter.to_go), goal=i18n.number(counter.goal))


def _made(page: Page) -> tuple[bytes, str]:
    counter = reports.counter(page.slug)
    data = draw(page, counter)
    return data, reports.etag(data)


def draw(page: Page, counter: Counter) -> bytes:
    """The picture as PNG, in the language of the request."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    on, accent, room = ImageDraw.Draw(image), ACCENTS[page.accent][0], WIDTH - 2 * MARGIN
    on.rectangle((0, 0, WIDTH, 16), accent)
    on.text((MARGIN, 66), drawing.lines(page.organisation, SANS, 30, room, 1)[0], INK_2, drawing.font(SANS, 30))
    size, broken = drawing.fitting(page.title, SERIF, (68, 58, 50), room, 3)
    for place, line in enumerate(broken):
        on.text((MARGIN, 122 + place * size * 1.18), line, INK, drawing.font(SERIF, size))
    number = i18n.number(counter.signatures)
    on.text((MARGIN, 486), number, accent, drawing.font(SERIF, 84), anchor="ls")
    left = MARGIN + drawing.width(number, SERIF, 84) + 22
    words = ngettext("person has signed", "people have signed", counter.signatures)
    on.text((left, 486), words, INK, drawing.font(SANS, 38), anchor="ls")
    if page.seeks(counter.signatures):
        drawing.bar(on, (MARGIN, 516, WIDTH - MARGIN, 540), counter.share, accent, TRACK)
        on.text((MARGIN, 592), _ahead(counter), INK_2, drawing.font(SANS, 30), anchor="ls")
    on.text((WIDTH - MARGIN, 592), "Postbag", INK_2, drawing.font(SANS, 30), anchor="rs")
    return drawing.png(image)
