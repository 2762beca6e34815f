"""A bad day: letters bounce, staff pause, ten thousand signatures go out and come back; never a wrong number."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from campaign import accounts
from campaign.accounts import Role
from campaign.core.db import session, transaction
from campaign.jobs.recount import recount
from campaign.outbox import State, pauses
from campaign.outbox.moves import move
from tests.support import people
from tests.support.crowd import crowd
from tests.support.forms import SLUG
from tests.support.installation import Installation
from tests.support.pages import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

Window = Callable[..., Page]
EMAIL, PASSWORD = "ann@staff.example", "correct horse battery staple"
HOME = f"/staff/campaigns/{SLUG}"
MANY = 10_000
# Tally and rows in one look: of one moment, so they are the same or something is wrong.
BOTH = text(
    """
    SELECT (SELECT coalesce(sum(n), 0) FROM tallies
        WHERE key = 'campaign:' || c.id AND part = '' AND name = 'signatures'),
      (SELECT count(*) FROM signatures s WHERE s.campaign_id = c.id AND s.state = 'confirmed')
    FROM campaigns c WHERE c.slug = :slug
    """
)


def exact() -> int:
    """How many signatures count; fails where tally and rows differ."""
    session().rollback()
    tally, rows = session().execute(BOTH, {"slug": SLUG}).one()
    session().rollback()
    assert tally == rows
    return int(rows)


def shown(page: Page) -> dict[str, object]:
    """The public counter."""
    counter: dict[str, object] = page.request.get(f"/api/v1/campaigns/{SLUG}/counter").json()
    return counter


def wait_shown(page: Page, signatures: int) -> None:
    """The public counter comes to that number, at most a second late."""
    for _try in range(30):
        if shown(page)["signatures"] == signatures:
            return
        page.wait_for_timeout(100)
    raise AssertionError(shown(page))


@pytest.fixture
def flooded(seeded: object) -> Iterator[None]:
    """Ten thousand from one source, and one of somebody real."""
    crowd(MANY)
    with transaction():
        home = accounts.ensure_organisation("demo", "Demonstration")
        accounts.create_user(EMAIL, PASSWORD, Role.OWNER, home, actor="test")
    yield
    session().rollback()


def sign_in(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/**")


def bounce() -> int:
    """Some of what was delivered comes back."""
    with transaction():
        ids = (
            session()
            .scalars(text("SELECT id FROM outbox_messages WHERE kind = 'letter' AND state = 'delivered'"))
            .all()
        )
        return len(move(ids, State.BOUNCED, cause="mailbox full", actor="receipts"))


def pause() -> None:
    """Nothing more leaves."""
    with transaction():
        pauses.pause(pauses.of_owner(people.page().id), reason="too many come back", actor="test")


def test_the_counter_is_exact_at_each_step_of_a_bad_day(
    flooded: None, open_window: Window, everything: Installation, pictures: Path
) -> None:
    page = open_window(viewport={"width": 1280, "height": 800})
    sign_in(page)
    wait_shown(page, MANY + 1)
    came_back = 0
    for _try in range(100):
        came_back += bounce()
        if came_back:
            break
        page.wait_for_timeout(100)
    pause()
    page.goto(f"{HOME}/invalidations")
    page.select_option("#source", "flood")
    page.get_by_role("button", name="Count them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("10,000 signatures")
    assert exact() == MANY + 1, "counting changes nothing"
    for one in ("light", "dark"):
        page.emulate_media(color_scheme=one)  # type: ignore[arg-type]
        assert_accessible(page)
    assert_fits(page)
    page.screenshot(path=pictures / "invalidation-counted.png", full_page=True)
    page.fill("#reason", "a flood from one source")
    page.get_by_role("button", name="Take 10,000 signatures out").click()
    seen = {exact()}
    while page.get_by_text("Under way").count():
        seen.add(exact())
        page.wait_for_timeout(50)
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    assert len(seen) > 2, "it was watched while it went on"
    assert {(n - 1) % 500 for n in seen} == {0}, "each chunk is whole"
    assert exact() == 1
    wait_shown(page, 1)
    assert came_back > 0
    page.screenshot(path=pictures / "invalidation-done.png", full_page=True)
    page.get_by_role("button", name=re.compile("Undo all of it")).click()
    while page.get_by_text("Being undone").count():
        exact()
        page.wait_for_timeout(50)
    expect(page.get_by_text("Undone", exact=True)).to_be_visible()
    assert exact() == MANY + 1
    wait_shown(page, MANY + 1)
    letters = shown(page)["letters"]
    assert isinstance(letters, dict)
    assert letters["queued"] + letters["sent"] == 2 * (MANY + 1), "every letter is where it was"
    assert letters["bounced"] == came_back
    assert recount() == {}
    everything.kill("scheduler")
