"""What the tree may not hold: the place it was made in, hosts of registries, long files, unexplained exceptions."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT

LONGEST = 350
# Put together here, so that this file does not hold them.
PLACES = ["/" + "work/", "/" + "tmp/plan", "shared/" + "DESIGN", "/root" + "/", "/home" + "/"]
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "deb.debian" + ".org"]
# Each of these records where packages were downloaded from, or makes a tool fetch an interpreter.
UNWANTED = {"uv.lock", "package-lock.json", ".python-version", "Pipfile.lock", "poetry.lock"}
EXCEPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|nosec|fmt:\s*off|pragma:)")
REASON = re.compile(r"#\s*(?:noqa:\s*[A-Z0-9, ]+|type:\s*ignore\[[a-z-, ]+\])\s*[#(–-]\s*\w.{7,}")


@cache
def tree() -> list[Path]:
    """Every file that belongs to the project, committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in sorted(set(listed.stdout.split("\0"))) if name and (path := ROOT / name).is_file()]


@cache
def texts() -> dict[str, str]:
    """The text of every file that is text, by name."""
    found = {}
    for path in tree():
        raw = path.read_bytes()
        if b"\0" not in raw[:8000]:
            found[path.relative_to(ROOT).as_posix()] = raw.decode("utf-8")
    return found


def holding(words: list[str]) -> list[str]:
    """The lines that hold one of the words, as whole words."""
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(word)}" for word in words))
    return [
        f"{name}:{number}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_there_is_a_tree_to_look_at() -> None:
    assert {"campaign/app.py", "README.md", "Makefile", "templates/base.html"} <= texts().keys()


def test_nothing_names_the_place_it_was_made_in() -> None:
    assert holding(PLACES) == []


def test_nothing_names_a_registry() -> None:
    assert holding(REGISTRIES) == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_name_packages_and_hashes_only(name: str) -> None:
    lines = [line for line in texts()[name].splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert "://" not in texts()[name]
    assert [line for line in lines if line.startswith("-")] == []
    packages = [line for line in lines if not line.startswith(" ")]
    assert [line for line in packages if "==" not in line] == []
    assert sum("--hash=sha256:" in line for line in lines) >= len(packages)


def test_there_is_no_file_that_records_downloads() -> None:
    assert {path.name for path in tree()} & UNWANTED == set()


def test_no_file_of_the_package_is_long() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}
    short = [lines for lines in lengths.values() if lines <= 200]
    assert len(short) >= 0.9 * len(lengths), "nine files in ten are short"


def test_every_exception_to_a_rule_gives_its_reason() -> None:
    """A noqa or a type: ignore is followed by why, in words."""
    bare = [
        f"{name}:{number}"
        for name, text in texts().items()
        if name.endswith(".py") and name.startswith(("campaign/", "migrations/env", "wsgi"))
        for number, line in enumerate(text.splitlines(), 1)
        if EXCEPTION.search(line) and not REASON.search(line)
    ]
    assert bare == []


def test_no_stylesheet_script_or_template_asks_another_site() -> None:
    """Nothing from a CDN: an address in these files is a comment, a namespace or one of ours."""
    asking = re.compile(r"(?:src|href)=[\"']https?:|url\([\"']?https?:|@import|import\s+.*https?:|fetch\([\"']https?:")
    served = {name: text for name, text in texts().items() if name.startswith(("static/", "templates/"))}
    assert {name: found[0] for name, text in served.items() if (found := asking.search(text))} == {}
