"""What other sites read of our public pages, and the pictures that they show."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image

from campaign import campaigns, reports
from campaign.campaigns import Status
from campaign.core import i18n
from campaign.web.embed import drawing
from campaign.web.public import shares
from tests.support import people
from tests.support.forms import CAMPAIGN, SLUG

OURS = "http://127.0.0.1:8000"
PAGES = ["/en/", "/nl/privacy", CAMPAIGN, f"/de/campaigns/{SLUG}", f"{CAMPAIGN}/live", f"{CAMPAIGN}/check-your-mail"]


def metas(page: str, attribute: str = "property") -> dict[str, str]:
    """The meta tags of a page by their property or itemprop."""
    found = re.findall(rf'<meta {attribute}="([^"]+)" content="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


@pytest.mark.parametrize("path", PAGES)
def test_every_public_page_says_what_it_is(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    found = metas(page)
    assert {"og:title", "og:description", "og:url", "og:type", "og:site_name", "og:locale"} <= found.keys()
    assert found["og:url"] == OURS + path
    assert f'<link rel="canonical" href="{OURS}{path}">' in page
    assert 'itemscope itemtype="https://schema.org/WebPage"' in page
    assert metas(page, "itemprop")["name"] == found["og:title"]
    assert "<" not in found["og:title"]


def test_a_campaign_brings_its_picture_with_the_present_number(client: FlaskClient) -> None:
    before = client.get(CAMPAIGN).text
    people.supporter()
    people.forget()
    found = metas(client.get(CAMPAIGN).text)
    assert found["og:image"] == f"{OURS}{CAMPAIGN}/share.png?n=1"
    assert found["og:image"] != metas(before)["og:image"], "who kept the old picture asks for the new one"
    assert found["og:image:alt"].startswith("1 person has signed: ")
    answer = client.get(found["og:image"].removeprefix(OURS))
    image = Image.open(BytesIO(answer.data))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(answer.data) < 100_000
    assert "max-age=60" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", [CAMPAIGN, f"{CAMPAIGN}/live"])
def test_the_number_is_a_part_that_machines_read(client: FlaskClient, path: str) -> None:
    people.supporter()
    people.forget()
    (item,) = re.findall(
        r'itemprop="interactionStatistic" itemscope itemtype="([^"]+)">', page := client.get(path).text
    )
    assert item == "https://schema.org/InteractionCounter"
    assert metas(page, "itemprop")["userInteractionCount"] == "1"
    assert '<meta itemprop="interactionType" content="https://schema.org/EndorseAction">' in page


def test_the_alternates_are_the_other_languages(client: FlaskClient) -> None:
    page = client.get(CAMPAIGN).text
    found = dict(re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)">', page))
    assert found == {lang: f"{OURS}/{lang}/campaigns/{SLUG}" for lang in ("en", "fr", "nl", "de")}


@pytest.mark.parametrize("path", ["/confirm/x", "/staff/sign-in", "/demo/mail", "/en/nothing", "/en/campaigns/none"])
def test_pages_that_are_not_to_be_passed_on_say_nothing(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert "og:url" not in page
    assert "canonical" not in page
    assert "oembed" not in page


def test_a_picture_is_drawn_once_for_a_crowd(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    real = shares.draw
    monkeypatch.setattr(shares, "draw", lambda page, counter: drawn.append(page.slug) or real(page, counter))
    for n in range(5):
        assert client.get(f"{CAMPAIGN}/share.png?n={n}").status_code == 200
    assert drawn == [SLUG]
    tag = client.get(f"{CAMPAIGN}/share.png").headers["ETag"]
    assert client.get(f"{CAMPAIGN}/share.png", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(("status", "shown"), [(Status.OPEN, True), (Status.PAUSED, False), (Status.CLOSED, False)])
def test_the_picture_of_what_nobody_can_sign_has_no_goal(client: FlaskClient, status: Status, shown: bool) -> None:
    page = replace(campaigns.find(SLUG, "en"), status=status)
    picture = Image.open(BytesIO(shares.draw(page, reports.counter(SLUG))))
    # Below the number: the bar and what is missing.
    below = picture.crop((shares.MARGIN, 510, shares.WIDTH // 2, shares.HEIGHT))
    assert (len(below.getcolors(below.width * below.height)) > 1) == shown


def test_long_words_stay_inside_the_picture(client: FlaskClient) -> None:
    for lang in i18n.CODES:
        page = campaigns.find(SLUG, lang)
        with i18n.speaking(lang):
            assert shares.draw(page, reports.counter(SLUG))
    word = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle " * 6
    for size, broken in [drawing.fitting(word, drawing.SERIF, (68, 58, 50), 1040, 3)]:
        assert len(broken) == 3
        assert all(drawing.width(line, drawing.SERIF, size) <= 1040 for line in broken)
        assert broken[-1].endswith("…")


def test_the_fonts_know_the_letters_of_our_languages() -> None:
    letters = "éèêëàâäçîïôöùûüßœæÉÈÄÖÜŒẞ’“”„«»–…€ğışåø"
    for name in (drawing.SANS, drawing.SERIF):
        font = drawing.font(name, 40)
        missing = font.getmask("\ufffe").getbbox()
        assert missing is not None
        assert [letter for letter in letters if bytes(font.getmask(letter)) == bytes(font.getmask("\ufffe"))] == []


def test_the_qr_code_leads_to_the_campaign(client: FlaskClient) -> None:
    svg = client.get(f"{CAMPAIGN}/qr.svg?source=poster")
    assert svg.mimetype == "image/svg+xml"
    assert "<title>" in svg.text
    other = client.get(f"{CAMPAIGN}/qr.svg")
    assert other.data != svg.data, "who comes by the poster is counted"
    assert client.get(f"{CAMPAIGN}/qr.svg?source=a%20b").data == other.data
    png = Image.open(BytesIO(client.get(f"{CAMPAIGN}/qr.png").data))
    assert png.format == "PNG"
    assert min(png.size) > 400
    assert client.get(f"{CAMPAIGN}/qr.gif").status_code == 404
