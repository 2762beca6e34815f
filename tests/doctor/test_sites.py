"""The addresses that browsers use: answering, silent, elsewhere, and behind a proxy that forgets live."""

import pytest

from campaign.doctor import sites
from campaign.doctor.finding import Status
from tests.doctor.conftest import Having, Site
from tests.support.installation import free_ports

OK, SKIPPED, WARNING, PROBLEM = Status
AWAY = f"http://127.0.0.1:{free_ports()[0]}"
NO_CAMPAIGN = b'{"error": {"code": "not_found", "message": "", "fields": {}}}'


@pytest.mark.parametrize(
    ("status", "expected", "words"),
    [(200, OK, "answers."), (301, WARNING, "points elsewhere"), (502, WARNING, "answers 502"), (404, WARNING, "404")],
)
def test_the_pages(having: Having, site: Site, status: int, expected: Status, words: str) -> None:
    having(PUBLIC_URL=site(status, Location="https://elsewhere.example/"))
    (line,) = sites.pages()
    assert (line.status, words in line.text) == (expected, True), line


def test_pages_that_do_not_answer_are_only_a_warning(having: Having) -> None:
    having(PUBLIC_URL=AWAY)
    (line,) = sites.pages()
    assert line.status is WARNING
    assert "nothing listens there" in line.text


@pytest.mark.parametrize(("status", "expected"), [(200, OK), (404, PROBLEM), (503, PROBLEM)])
def test_live_at_its_own_address(having: Having, site: Site, status: int, expected: Status) -> None:
    having(LIVE_URL=site(status))
    (line,) = sites.live()
    assert line.status is expected


def test_live_that_does_not_answer_is_a_problem(having: Having) -> None:
    having(LIVE_URL=AWAY)
    (line,) = sites.live()
    assert line.status is PROBLEM
    assert line.advice == "Start it: campaign live"


@pytest.mark.parametrize(
    ("status", "body", "expected", "words"),
    [
        (404, NO_CAMPAIGN, OK, "hands the counter to the live process"),
        (404, b"<h1>nginx</h1>", PROBLEM, "answers 404"),
        (307, b"", PROBLEM, "LIVE_URL is empty"),
        (502, b"", PROBLEM, "answers 502"),
    ],
)
def test_live_behind_the_proxy_of_the_pages(
    having: Having, site: Site, status: int, body: bytes, expected: Status, words: str
) -> None:
    having(LIVE_URL="", PUBLIC_URL=site(status, body, Location=AWAY))
    (line,) = sites.live()
    assert (line.status, words in line.text) == (expected, True), line
