"""The documents cannot lag: what they list is what the code has, both ways."""

import re
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from campaign import campaigns, outbox, privacy
from campaign.accounts import Role
from campaign.campaigns import Status
from campaign.cli import cli
from campaign.config import load
from campaign.core import logs
from campaign.core.tokens import AGES
from campaign.jobs import schedule
from campaign.outbox import Lane, State
from campaign.outbox.states import FIGURES, MOVES
from campaign.signatures import SignatureState
from campaign.signatures.states import MOVES as SIGNATURE_MOVES
from campaign.web import audience
from tests.house.source import ROOT
from tests.house.tables import DOCS, code, column, rows, text
from tests.house.test_settings import GOOD

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PARTS_OF_A_DECISION = ["Context", "Decision", "Consequences", "What would change our mind"]
DECISIONS = sorted(path for path in (DOCS / "decisions").glob("*.md") if path.name != "README.md")


def words(cell: str) -> list[str]:
    """Every `word` in a cell, in order of the alphabet."""
    return sorted(re.findall(r"`([^`]+)`", cell))


def span(cell: str) -> timedelta:
    """`7 days` as time."""
    number, unit = cell.split()
    return timedelta(**{f"{unit.rstrip('s')}s": float(number)})


def commands(group: click.Group, path: str = "campaign") -> Iterable[str]:
    """Every command that does something, as it is typed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def shown(app: Flask, rule: Rule) -> tuple[str, str, str, str]:
    """A route as the table shows it: address, methods, audience, limit."""
    view = app.view_functions[rule.endpoint]
    methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    who = audience.of(app, rule.endpoint)
    assert who is not None
    roles = "" if who.roles in (frozenset(), frozenset(Role)) else f" ({', '.join(sorted(who.roles))})"
    roles = f" ({who.scope})" if who.scope else roles
    address = re.sub(r"<any\([^)]*\):lang>", "<lang>", str(rule))
    return address, methods, who.kind + roles, getattr(view, "limit", "")


def test_the_table_of_routes_is_the_map_of_routes(app: Flask) -> None:
    documented = [
        (code(path), methods, who, limit.strip("`"))
        for path, methods, who, limit, *_ in rows("architecture.md", "Routes")
    ]
    assert sorted(documented) == sorted(shown(app, rule) for rule in app.url_map.iter_rules())


def test_every_command_is_in_the_contract() -> None:
    documented = [re.sub(r" [A-Z\[-].*", "", command) for command in column("contract.md", "Commands")]
    assert sorted(documented) == sorted(commands(cli))


def test_every_option_of_a_command_is_in_the_contract() -> None:
    described = {code(row[0]).partition(" [")[0]: " ".join(row) for row in rows("contract.md", "Commands")}
    for path, line in described.items():
        command: click.Command = cli
        for name in re.sub(r" [A-Z-].*", "", path).split()[1:]:
            command = command.commands[name] if isinstance(command, click.Group) else command
        options = [option for one in command.params if isinstance(one, click.Option) for option in one.opts]
        assert [option for option in options if f"`{option}" not in line and f" {option}" not in line] == [], path


def test_every_make_goal_is_in_the_contract() -> None:
    goals = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert goals
    assert sorted(column("contract.md", "Make goals")) == sorted(f"make {goal}" for goal in goals[1].split())


@pytest.mark.parametrize(
    ("heading", "kind", "moves"),
    [
        ("Message states", State, MOVES),
        ("Signature states", SignatureState, SIGNATURE_MOVES),
        ("Campaign statuses", Status, campaigns.MOVES),
    ],
)
def test_the_states_and_their_moves(
    heading: str, kind: type[StrEnum], moves: dict[StrEnum, frozenset[StrEnum]]
) -> None:
    documented = {code(row[0]): words(row[1]) for row in rows("glossary.md", heading)}
    assert documented == {state.value: sorted(moves[state]) for state in kind}


def test_what_each_state_counts_as() -> None:
    documented = {code(row[0]): words(row[2]) for row in rows("glossary.md", "Message states")}
    assert documented == {state.value: sorted(FIGURES[state]) for state in State}


def test_the_purposes_of_tokens_and_their_ages() -> None:
    documented = {code(row[0]): span(row[1]) for row in rows("glossary.md", "Purposes of tokens")}
    assert documented == {purpose.value: age for purpose, age in AGES.items()}


def test_the_lanes_and_the_roles() -> None:
    assert column("glossary.md", "Lanes") == [lane.value for lane in Lane]
    assert column("glossary.md", "Roles") == [role.value for role in Role]


def test_the_answers_of_a_transport() -> None:
    answers = [outbox.Sent, outbox.Refused, outbox.Later, outbox.Unknown, outbox.Stopped]
    assert column("glossary.md", "Answers of a transport") == [answer.__name__.lower() for answer in answers]


def test_every_way_for_mail_to_leave_is_there_and_described() -> None:
    documented = {scheme for row in rows("operations.md", "Mail") for scheme in re.findall(r"`(\w+):", row[0])}
    assert documented == {"maildir", "sendgrid", "smtp", "smtps"}
    for url in ("sendgrid:", "smtp://127.0.0.1:1", "smtps://127.0.0.1:1"):
        settings = load({**GOOD, "MAIL_URL": url, "SENDGRID_API_KEY": "SG.key"})
        outbox.connect(settings).close()


def test_the_metrics(client: FlaskClient) -> None:
    scraped = re.findall(r"^# TYPE (campaign_\w+) (\w+)$", client.get("/metrics").text, re.MULTILINE)
    names = {name for name, kind in scraped if not (kind == "gauge" and name.endswith("_created"))}
    assert set(column("operations.md", "Metrics")) == names


def test_the_fields_of_the_log() -> None:
    assert words(" ".join(row[0] for row in rows("operations.md", "Log fields"))) == sorted(logs.ALLOWED)


def test_the_schedule(app: Flask) -> None:
    documented = {code(row[0]): row[1] for row in rows("operations.md", "Schedule")}
    planned = {task.name: task for task in schedule.tasks()}
    assert documented.keys() == planned.keys()
    for name, task in planned.items():
        if name == "sweep":
            assert documented[name] == "`SWEEP_SECONDS`"
        else:
            assert span(documented[name]).total_seconds() == task.every, name


def test_what_is_kept_for_how_long() -> None:
    days = {code(row[0]): span(row[1]).days for row in rows("operations.md", "Retention")}
    assert days == {
        "purge-unconfirmed": privacy.UNCONFIRMED_DAYS,
        "purge-texts": privacy.TEXT_DAYS,
        "purge-addresses": privacy.ADDRESS_DAYS,
        "purge-receipts": privacy.RECEIPT_DAYS,
        "purge-replies": privacy.REPLY_DAYS,
    }


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts_and_fits_on_a_page(path: Path) -> None:
    body = text(f"decisions/{path.name}")
    assert re.findall(r"^## (.*)$", body, re.MULTILINE) == PARTS_OF_A_DECISION
    assert len(body.splitlines()) <= 60
    assert f"({path.name})" in text("decisions/README.md")


def test_every_link_in_the_documents_leads_somewhere() -> None:
    dead = []
    for path in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in LINK.findall(path.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith(("#", "mailto:")):
                file = path.parent / target.partition("#")[0]
                dead += [] if file.exists() else [f"{path.relative_to(ROOT)}: {target}"]
    assert dead == []


def test_the_readme_shows_the_two_commands_and_the_picture() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme
    assert "make test" in readme
    assert "(docs/pictures/campaign.png)" in readme
