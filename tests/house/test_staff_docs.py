"""docs/staff.md says what each role opens and what each scope is: both as in the code."""

import re

import pytest
from flask import Flask

from campaign.accounts import Role, Scope
from campaign.web import audience
from tests.house.tables import code, column, rows

PAGES = (
    "account",
    "team",
    "api_keys",
    "audit",
    "signatures",
    "moderation",
    "exports",
    "milestones",
    "dashboard",
    "outbox",
)
# Where the POSTs of a page stand, for those that have another address; a page with none is only looked at.
ACTS = {"milestones": "add_milestone", "moderation": "look", "signatures": "hold_signatures", "exports": "order_export"}
ALWAYS_AN_ACT = {"audit", "team", "api_keys", "account"}


@pytest.mark.parametrize("role", Role)
def test_the_table_of_roles(app: Flask, role: Role) -> None:
    def opens(page: str) -> bool:
        endpoint = f"staff.{ACTS.get(page, page)}"
        return role in audience.of(app, endpoint).roles

    (row,) = [row for row in rows("staff.md", "Roles") if code(row[0]) == role]
    acts, looks = (set(re.findall(r"`(\w+)`", cell)) for cell in row[1:])
    mine = {page for page in PAGES if opens(page)}
    assert acts == mine & (ACTS.keys() | ALWAYS_AN_ACT)
    assert looks == mine - ACTS.keys() - ALWAYS_AN_ACT


def test_every_scope_is_described() -> None:
    assert column("staff.md", "Keys for programs") == [scope.value for scope in Scope]


def test_every_role_is_described() -> None:
    assert column("staff.md", "Roles") == [role.value for role in Role]
