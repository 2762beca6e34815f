"""The pack that is handed over, read back with pdftotext: every writer, every letter, and nothing of it is code."""

import zipfile
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import printing
from campaign.core.db import session, transaction
from campaign.jobs import batches
from campaign.printing import pack
from tests.support import console, ledger, people
from tests.support.forms import SLUG, token
from tests.support.paper import needs_reader, read

pytestmark = needs_reader
PAGE = f"/staff/campaigns/{SLUG}/exports"
# What would be code, if names or letters were read as Typst.
HOSTILE = '#panic("x") $a_1$ *b* `c` @ref <label> \\ #import "/etc/passwd": *'


def words(shown: str) -> str:
    """Without the line breaks of the page."""
    return " ".join(shown.split())


def test_every_writer_and_every_letter_is_in_it(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "LETTERS", 4)
    ledger.fill(10)
    people.supporter("pending@example.org", name="Never Shown") if False else people.sign(
        "p@example.org", name="Never Shown"
    )
    page = people.page()
    files = {part.name: read(part.data) for part in printing.parts(page.id, "en")}
    assert [name[:10] for name in files] == ["00-cover.p", *["01-letters"] * 3, *["02-letters"] * 3, "99-names-0"]
    for office in ("01", "02"):
        said = "".join(shown for name, shown in files.items() if name.startswith(office))
        for number in range(10):
            assert said.count(f"Supporter {number} signed this letter") == 1
            assert f"Letter {number}\n" in said
        assert said.count("my neighbour slept outside") == 10
    names = files["99-names-0001.pdf"]
    assert all(f"Supporter {number} " in names for number in range(10))
    assert "10 people who signed" in words(names)
    assert "Never Shown" not in "".join(files.values())
    assert "@example.org" not in "".join(files.values())


def test_what_people_write_is_never_read_as_code(seeded: Flask) -> None:
    with transaction():
        session().execute(text("SELECT 1"))
    people.supporter(name="Zoë #let x = 1 Ñáñez", body=f"{HOSTILE}\n\n= No heading\n- no list\n\nΔήμητρα Łukasz Nguyễn")
    shown = words("".join(read(part.data) for part in printing.parts(people.page().id, "en")))
    assert HOSTILE in shown
    assert "Zoë #let x = 1 Ñáñez" in shown
    assert "= No heading - no list" in shown
    assert "Δήμητρα Łukasz Nguyễn" in shown


def test_staff_order_a_pack_and_download_it(client: FlaskClient) -> None:
    people.supporter()
    console.signed_in(client)
    form = {"csrf_token": token(client.get(PAGE).text), "kind": "pack", "layout": "plain"}
    assert client.post(f"{PAGE}/order", data=form).status_code == 303
    assert batches.work()
    page = client.get(PAGE).text
    path = page.partition('class="go" href="')[2].partition('"')[0]
    answer = client.get(path, buffered=True)
    assert answer.content_type == "application/zip"
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 4
        assert "Marie Peeters" in read(archive.read("99-names-0001.pdf"))
    assert "hand-over pack of" in page
