"""The badge: real words, kept for a minute, the present number in both forms."""

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.support import people
from tests.support.forms import SLUG

SVG = "{http://www.w3.org/2000/svg}"
BADGE = f"/embed/{SLUG}/badge"


def test_it_is_words_with_a_title(client: FlaskClient) -> None:
    people.supporter()
    people.forget()
    answer = client.get(f"{BADGE}.svg?lang=nl")
    assert answer.mimetype == "image/svg+xml"
    root = ET.fromstring(answer.text)
    assert next(node.text for node in root.iter(f"{SVG}text")) == "1"
    (title,) = root.iter(f"{SVG}title")
    assert title.text
    assert title.text.startswith("1 ")
    assert root.get("role") == "img"
    assert {node.tag.removeprefix(SVG) for node in root.iter()} == {"svg", "title", "rect", "path", "text"}


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_it_may_be_kept_for_a_minute_and_shown_stale_for_ten(client: FlaskClient, kind: str) -> None:
    first = client.get(f"{BADGE}.{kind}")
    assert first.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
    again = client.get(f"{BADGE}.{kind}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    people.supporter()
    people.forget()
    changed = client.get(f"{BADGE}.{kind}", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.data != first.data


def test_the_png_is_twice_the_size_and_small(client: FlaskClient) -> None:
    svg = ET.fromstring(client.get(f"{BADGE}.svg?lang=de").text)
    answer = client.get(f"{BADGE}.png?lang=de")
    image = Image.open(BytesIO(answer.data))
    assert (image.format, image.size) == ("PNG", (2 * int(svg.get("width", 0)), 2 * int(svg.get("height", 0))))
    assert len(answer.data) < 8_000


def test_the_colour_is_the_one_that_was_chosen(client: FlaskClient) -> None:
    image = Image.open(BytesIO(client.get(f"{BADGE}.png?color=00ff00").data)).convert("RGB")
    assert image.getpixel((6, 40)) == (0, 255, 0)
    assert 'fill="#00ff00"' in client.get(f"{BADGE}.svg?color=00ff00").text


def test_both_have_the_same_number_as_the_counter(client: FlaskClient) -> None:
    assert ">0</text>" in client.get(f"{BADGE}.svg").text
    assert client.get(f"/api/v1/campaigns/{SLUG}/counter").json["signatures"] == 0
