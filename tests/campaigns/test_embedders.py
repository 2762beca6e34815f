"""Who may frame a campaign: sites with codes that are one of a kind."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.accounts import Organisation
from campaign.campaigns import embedders
from campaign.core.audit import AuditEntry
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, DomainError, NotFound
from tests.support import people


def add(name: str = "Partner", code: str = "", addresses: tuple[str, ...] = ("https://p.example",)) -> embedders.Site:
    with transaction():
        return embedders.add(people.page().id, name, code, addresses, **who())


def who() -> dict[str, object]:
    return {"actor": "test", "organisation_id": session().scalars(select(Organisation.id)).one()}


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


def test_a_site_is_changed_and_who_did_it_is_written_down(seeded: Flask) -> None:
    page, site = people.page().id, add("One", "one")
    with transaction():
        embedders.change(page, site.id, "Two", ["https://new.example"], site.seal, **who())  # type: ignore[arg-type]
    after = embedders.site(page, site.id)
    assert (after.code, after.name, after.origins) == ("one", "Two", ["https://new.example"])
    (entry,) = [row for row in session().scalars(select(AuditEntry)) if row.action == "campaigns.change_embedder"]
    assert entry.before == {"name": "One", "origins": ["https://p.example"]}
    assert entry.after == {"name": "Two", "origins": ["https://new.example"]}


def test_what_cannot_be_changed_is_left_as_it_is(seeded: Flask) -> None:
    page, site = people.page().id, add("One", "one")

    def change(name: str, address: str, seen: str, id_: UUID = site.id) -> None:
        with transaction():
            embedders.change(page, id_, name, [address], seen, **who())  # type: ignore[arg-type]

    with pytest.raises(Conflict):
        change("Two", "https://new.example", "https://other.example")
    for name, address in (("", "https://new.example"), ("Two", "no origin")):
        with pytest.raises(DomainError):
            change(name, address, site.seal)
    with pytest.raises(NotFound):
        change("Two", "https://new.example", site.seal, uuid4())
    assert embedders.sites(page) == [site]


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
