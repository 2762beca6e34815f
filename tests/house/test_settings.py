"""Settings: each is documented, what is missing or bad is named all at once, and secrets may stand in files."""

import os
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import pytest

from campaign.config import Settings, SettingsError, load
from tests.house.tables import code, rows
from tests.support import nursery

GOOD = {
    "DATABASE_URL": "postgresql:///campaign",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
    "PUBLIC_URL": "https://letters.example.org",
    "MAIL_URL": "maildir:///tmp/mail",
    "MAIL_FROM": "letters@mail.example.org",
}
ALL: dict[str, Field[Any]] = {item.metadata["env"]: item for item in fields(Settings)}
REQUIRED = {name for name, item in ALL.items() if item.metadata["default"] is None}
# Any text may be one of these: only their maker can tell.
FREE = {"SENDGRID_API_KEY"}
# No other setting can mean this.
NONSENSE = "?? no such thing ??"


def problems(environment: dict[str, str]) -> dict[str, str]:
    """What is wrong with an environment, by setting."""
    with pytest.raises(SettingsError) as caught:
        load(environment)
    return {problem.split()[0].removesuffix(":"): problem for problem in caught.value.problems}


def test_every_setting_stands_in_the_document_with_its_default() -> None:
    words = {"required": None, "empty": ""}
    documented = {}
    for name, default, *_rest in rows("settings.md", "Settings"):
        documented[code(name)] = words[default] if default in words else code(default)
    assert documented == {name: item.metadata["default"] for name, item in ALL.items()}


def test_a_complete_environment_is_taken() -> None:
    settings = load(GOOD)
    assert settings.public_url == "https://letters.example.org"
    assert settings.secure
    assert str(settings.sign_limit) == "30/minute"


def test_missing_settings_are_listed_all_at_once() -> None:
    assert problems({}).keys() == REQUIRED == GOOD.keys()
    assert all("is missing" in problem for problem in problems({}).values())


def test_an_empty_value_is_a_missing_one() -> None:
    assert problems(dict.fromkeys(GOOD, "")).keys() == REQUIRED


def test_bad_values_are_listed_all_at_once_and_none_is_repeated() -> None:
    found = problems(dict.fromkeys(ALL, NONSENSE))
    assert found.keys() == ALL.keys() - FREE
    assert [problem for problem in found.values() if NONSENSE in problem] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 64),
        ("SECRET_KEY_FALLBACKS", f"{GOOD['SECRET_KEY']},short"),
        ("ADDRESS_KEY", "short"),
        ("DATABASE_URL", "sqlite:///campaign.db"),
        ("REDIS_URL", "http://127.0.0.1"),
        ("PUBLIC_URL", "letters.example.org"),
        ("PUBLIC_URL", "https://letters.example.org/campaigns"),
        ("LIVE_URL", "ftp://letters.example.org"),
        ("MAIL_URL", "carrier-pigeon:"),
        ("MAIL_FROM", "Letters <letters@example.org>"),
        ("MAIL_FROM", "letters@example.org\r\nBcc: a@b.example"),
        ("SIGN_LIMIT", "30"),
        ("SIGN_LIMIT", "0/minute"),
        ("PROXIES", "-1"),
        ("LEASE_SECONDS", "0"),
        ("DEMO", "yes"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(name: str, value: str) -> None:
    assert problems({**GOOD, name: value}).keys() == {name}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_setting_may_stand_in_a_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / "value"
    path.write_text(f"{GOOD[name]}\n")
    environment = {**GOOD, f"{name}_FILE": str(path)}
    del environment[name]
    assert load(environment) == load(GOOD)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = problems({**GOOD, "SECRET_KEY_FILE": str(tmp_path / "none")})
    assert list(found) == ["SECRET_KEY_FILE"]


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(AttributeError):
        load(GOOD).public_url = "https://elsewhere.example"  # type: ignore[misc]  # that it is refused is the point


@pytest.mark.parametrize(
    "command",
    [
        "web --port 1",
        "live --port 1",
        "worker",
        "worker --lane people",
        "scheduler",
        "db upgrade",
        "seed",
        "staff create vera@example.org --role owner",
        "outbox drain",
        "routes",
    ],
)
def test_a_command_without_settings_lists_them_and_ends_with_2(command: str, tmp_path: Path) -> None:
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = nursery.run(command.split(), {**bare, "SECRET_KEY": "short"}, cwd=tmp_path)
    listed = {line.split()[0] for line in done.stderr.splitlines() if line.startswith("  ")}
    assert (done.returncode, listed) == (2, REQUIRED)
    assert "Traceback" not in done.stderr
