"""Servers that these tests may kill: one pair for each xdist worker, a database of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaign import embedded
from soak import catalogue
from soak.ground import plant
from soak.private import Missing
from soak.verdict import Verdict

Short = Callable[[str], Verdict]


@pytest.fixture(scope="session")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Servers]:
    """Planted servers."""
    folder = tmp_path_factory.mktemp("breakable")
    with embedded.start(folder, durable=False) as servers:
        plant(servers, folder)
        yield servers


@pytest.fixture
def short(breakable: embedded.Servers, tmp_path: Path) -> Short:
    """Runs a fault in its short form and fails unless it held; skips what this machine cannot do."""

    def run(name: str) -> Verdict:
        try:
            verdict = catalogue.run(name, breakable, tmp_path, **catalogue.FAULTS[name].short)
        except Missing as missing:
            pytest.skip(str(missing))
        assert verdict.problems == []
        assert verdict.lost == 0
        return verdict

    return run
