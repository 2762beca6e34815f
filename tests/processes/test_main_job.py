"""The main job over real processes, without a browser: every part is a process of its own."""

import json
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import redis

from tests.support.forms import CAMPAIGN, SLUG, filled
from tests.support.installation import Installation
from tests.support.mail import link, text, wait_for_mails

pytestmark = pytest.mark.processes


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def post(url: str, values: dict[str, str] | None = None) -> str:
    data = urllib.parse.urlencode(values or {}).encode()
    with urllib.request.urlopen(url, data=data, timeout=10) as answer:
        return str(answer.url)


def counter(installation: Installation) -> dict[str, object]:
    value = json.loads(get(f"{installation.env['LIVE_URL']}/api/v1/campaigns/{SLUG}/counter"))
    assert isinstance(value, dict)
    return value


def test_a_letter_goes_all_the_way_through_separate_processes(installation: Installation, tmp_path: Path) -> None:
    installation.env["LOG_LEVEL"] = "debug"
    installation.everything()
    assert len(installation.pids()) == 5
    page = get(installation.url + CAMPAIGN)
    installation.kill("scheduler")  # the bell alone brings what a person waits for
    assert post(f"{installation.url}{CAMPAIGN}/sign", filled(page)).endswith("check-your-mail")
    (asked,) = wait_for_mails(tmp_path / "mail", 1, seconds=30)
    installation.start("scheduler", "scheduler")
    assert "/thanks/" in post(installation.url + link(asked))
    letters = wait_for_mails(tmp_path / "mail", 3, seconds=30)[1:]
    assert all("my neighbour slept outside" in text(letter) for letter in letters)
    ends = time.monotonic() + 30
    while counter(installation)["letters"] != {"queued": 0, "sent": 2, "delivered": 2, "bounced": 0}:
        assert time.monotonic() < ends, counter(installation)
        time.sleep(0.2)
    assert counter(installation)["signatures"] == 1
    installation.stop()
    with redis.Redis.from_url(installation.env["REDIS_URL"]) as client:
        left = b" ".join(client.dump(key) or b"" for key in client.scan_iter()).decode("latin-1")
    for personal in ("marie@example.org", "Peeters", link(asked).rpartition("/")[2]):
        assert personal not in installation.logs()
        assert personal not in left


def test_sending_goes_on_without_redis_and_without_the_scheduler(installation: Installation, tmp_path: Path) -> None:
    installation.env["REDIS_URL"] = f"unix://{tmp_path}/nobody"
    installation.web()
    page = get(installation.url + CAMPAIGN)
    post(f"{installation.url}{CAMPAIGN}/sign", filled(page))
    installation.worker("people", 0)
    installation.worker("letters", 0)
    (asked,) = wait_for_mails(tmp_path / "mail", 1, seconds=30)
    post(installation.url + link(asked))
    wait_for_mails(tmp_path / "mail", 3, seconds=30)
