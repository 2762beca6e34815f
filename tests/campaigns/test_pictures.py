"""Pictures are known by what they are, made small, and rid of what cameras write into them."""

import struct
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from campaign.campaigns import pictures
from campaign.campaigns.models import StoredPicture
from campaign.campaigns.pictures import BadPicture
from campaign.core.db import session, transaction
from tests.support import console
from tests.support.forms import CAMPAIGN, SLUG
from tests.support.people import forget, staff_campaign

SECRET = b"taken at 51.05N 3.72E by Marie"


def picture(kind: str = "JPEG", size: tuple[int, int] = (1600, 1000), noise: float = 10, **options: object) -> bytes:
    """One with noise: with much of it, it does not become small by itself."""
    out = BytesIO()
    Image.effect_noise(size, noise).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of some bytes that says it has 100,000 x 100,000 points."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "noise"), [("JPEG", 90), ("PNG", 10), ("WEBP", 10)])
def test_a_picture_becomes_small_webp_without_what_the_camera_wrote(plain: Flask, kind: str, noise: float) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), 6  # a description, and lying on its side
    made = pictures.encode(picture(kind, noise=noise, exif=exif))
    with Image.open(BytesIO(made.data)) as image:
        assert (image.format, dict(image.getexif()), image.info.get("exif")) == ("WEBP", {}, None)
        assert image.size == (made.width, made.height)
    assert made.height > made.width, "it stands upright as the camera held it"
    assert made.width <= 1200
    assert len(made.data) <= 60 * 1024
    assert SECRET not in made.data


def test_the_same_picture_has_the_same_address(plain: Flask) -> None:
    data = picture("PNG", (300, 300))
    assert pictures.encode(data).hash == pictures.encode(data).hash


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe0" + b"\0" * 100,
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBPVP8 ",
        picture()[:5000],
        picture(size=(150, 900)),
        bomb(),
        b"\0" * (pictures.LARGEST_FILE + 1),
    ],
    ids=["nothing", "gif", "svg", "pdf", "jpeg head", "png head", "webp head", "cut", "small", "bomb", "large"],
)
def test_what_is_no_picture_of_ours_is_refused_beside_its_field(plain: Flask, data: bytes) -> None:
    with pytest.raises(BadPicture) as caught:
        pictures.encode(data)
    assert caught.value.fields["picture"]


def test_a_picture_is_shown_on_the_page_and_kept_for_ever(client: FlaskClient) -> None:
    token = console.token(console.signed_in(client))
    path = f"/staff/campaigns/{SLUG}/making/picture"
    wrong = client.post(path, data={**token, "picture": (BytesIO(b"GIF89a"), "fine.png", "image/png")})
    assert (wrong.status_code, "no picture that we can read" in wrong.text) == (422, True)
    huge = client.post(path, data={**token, "picture": (BytesIO(b"x" * 9_000_000), "a.jpg")})
    assert huge.status_code == 413
    assert client.post(path, data={**token, "picture": (BytesIO(picture()), "x.exe")}).status_code == 303
    forget()
    page = client.get(CAMPAIGN).text
    address = page.partition('src="/pictures/')[2].partition('"')[0]
    client.delete_cookie("staff")
    answer = client.get(f"/pictures/{address}")
    assert (answer.mimetype, "immutable" in answer.headers["Cache-Control"]) == ("image/webp", True)
    assert client.get(f"/pictures/{address}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(f"/pictures/{'0' * 64}.webp").status_code == 404


def test_the_demonstrations_picture_comes_back_by_undo_and_no_other_file_does(client: FlaskClient) -> None:
    token, path = console.token(console.signed_in(client)), f"/staff/campaigns/{SLUG}/making/picture"
    before = pictures.of(staff_campaign().id)
    client.post(f"{path}/none/show", data=token)
    for wrong in ("js/letter.js", "../README.md", "img", "0" * 64):
        assert client.post(f"{path}/{wrong}/show", data=token).status_code == 404, wrong
    assert client.post(f"{path}/{before}/show", data=token).status_code == 303
    session().rollback()
    assert pictures.of(staff_campaign().id) == before


def test_a_picture_that_nobody_shows_goes_a_month_after_it_was_taken_down(seeded: Flask) -> None:
    whose = staff_campaign()
    names = [pictures.Encoded(letter * 64, b"x", 9, 9) for letter in "abc"]
    start = datetime(2099, 3, 1, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        for name in names:
            with transaction():
                pictures.set_picture(whose.organisation_id, whose.id, name, actor="test")
        clock.move_to(start + timedelta(days=20))
        with transaction():
            pictures.show(whose.organisation_id, whose.id, "b" * 64, actor="test")
        clock.move_to(start + timedelta(days=40))
        assert gone() == 1, "the first: the second is shown, the third was until 20 days ago"
        clock.move_to(start + timedelta(days=51))
        assert gone() == 1
        assert list(session().scalars(select(StoredPicture.hash))) == ["b" * 64]


def gone() -> int:
    """How many the nightly job drops."""
    with transaction():
        return pictures.forget()
