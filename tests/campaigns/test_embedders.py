"""Who may frame a campaign: origins that fit into a header, and codes that are one of a kind."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.accounts import Organisation
from campaign.campaigns import embedders
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, DomainError
from tests.support import people

WRONG = [
    "",
    "x y",
    "*",
    "https://*",
    "https://*.example.org",
    "http://www.example.org",
    "ftp://example.org",
    "javascript:alert(1)",
    "https://",
    "https://a b.example",
    "https://example.org; script-src *",
    "https://example.org' 'unsafe-inline'",
    "https://exa\nmple.org/\r\nX: y\x00 z",
    "https://example.org:999999",
    "https://-",
    "https://[",
    "data:text/html,x",
    "'self'",
    "null",
    "https://" + "a" * 300 + ".example",
]
RIGHT = {
    "https://www.example.org": "https://www.example.org",
    "https://WWW.Example.org/a/page?x=1#y": "https://www.example.org",
    "www.example.org": "https://www.example.org",
    "https://example.org:443": "https://example.org",
    "https://example.org:8443/": "https://example.org:8443",
    "https://user:secret@example.org": "https://example.org",
    "https://bücher.example": "https://xn--bcher-kva.example",
    "http://localhost:8080/x": "http://localhost:8080",
    "http://127.0.0.1:5000": "http://127.0.0.1:5000",
    "http://[::1]:5000": "http://[::1]:5000",
}


def add(name: str = "Partner", code: str = "", addresses: tuple[str, ...] = ("https://p.example",)) -> embedders.Site:
    with transaction():
        return embedders.add(people.page().id, name, code, addresses, **who())


def who() -> dict[str, object]:
    return {"actor": "test", "organisation_id": session().scalars(select(Organisation.id)).one()}


@pytest.mark.parametrize("address", WRONG[1:])
def test_what_is_no_origin_is_refused(plain: Flask, address: str) -> None:
    with pytest.raises(DomainError):
        embedders.origin_of(address)


@pytest.mark.parametrize("address", RIGHT)
def test_a_pasted_address_becomes_its_origin(plain: Flask, address: str) -> None:
    assert embedders.origin_of(address) == RIGHT[address]


def test_every_origin_of_a_campaign_may_frame_it(seeded: Flask) -> None:
    add("A", "", ("https://b.example", "https://a.example/x", "https://a.example"))
    add("B", "", ("https://c.example",))
    assert embedders.origins(people.page().id) == ("https://a.example", "https://b.example", "https://c.example")


def test_a_code_is_made_from_the_name_and_is_one_of_a_kind(seeded: Flask) -> None:
    assert add("Vluchtelingenwerk Zürich & Co.").code == "vluchtelingenwerk-zurich-co"
    assert add("日本").code == "site"
    with pytest.raises(Conflict) as error:
        add("Another", "site")
    assert "code" in error.value.fields


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 101}),
        ("code", {"code": "no spaces"}),
        ("code", {"code": "x" * 41}),
        ("addresses", {"addresses": ()}),
        ("addresses", {"addresses": ("https://ok.example", "no origin")}),
        ("addresses", {"addresses": tuple(f"https://{n}.example" for n in range(11))}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(seeded: Flask, field: str, values: dict[str, object]) -> None:
    with pytest.raises(DomainError) as error:
        add(**values)  # type: ignore[arg-type]
    assert field in error.value.fields


def test_a_removed_site_comes_back_unless_its_code_is_taken(seeded: Flask) -> None:
    page, first = people.page().id, add("One", "one")

    def turn(act: object, id_: UUID) -> None:
        with transaction():
            act(page, id_, **who())  # type: ignore[operator]

    turn(embedders.remove, first.id)
    assert embedders.sites(page) == []
    with pytest.raises(Conflict):
        turn(embedders.remove, first.id)
    turn(embedders.restore, first.id)
    assert [site.code for site in embedders.sites(page)] == ["one"]
    turn(embedders.remove, first.id)
    second = add("Two", "one")
    with pytest.raises(Conflict):
        turn(embedders.restore, first.id)
    assert [site.id for site in embedders.sites(page)] == [second.id]
