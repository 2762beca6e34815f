"""Both ends of a letter: an office asks for one mail a day; its writer reads, corrects and takes back."""

import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text as text_

from campaign import letters, outbox
from campaign.campaigns import Status, making
from campaign.core import tokens
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from campaign.signatures import own
from tests.support import people
from tests.support.forms import CAMPAIGN
from tests.support.installation import Installation
from tests.support.mail import link, text, wait_for_mails
from tests.support.offices import asked_about
from tests.support.pages import assert_accessible, assert_fits, fill_in
from tests.support.people import letter_messages

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

WRITER = "wilma@example.org"


def heading(page: Page, words: str) -> None:
    """Be on the page with that heading; it fits, and axe finds nothing."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    assert_fits(page)
    assert_accessible(page)


def path_in(mail: EmailMessage, start: str) -> str:
    """The path of the link in a mail that begins so."""
    found = re.search(rf"https?://[^/\s]+({start}\S+)", text(mail))
    assert found, text(mail)
    return found[1]


def signed(page: Page, folder: Path) -> list[EmailMessage]:
    """Somebody signs and confirms; answers the two letters."""
    page.goto(CAMPAIGN)
    fill_in(page, WRITER)
    page.get_by_role("button", name="Sign and send 2 letters").click()
    page.goto(link(wait_for_mails(folder, 1)[0]))
    page.get_by_role("main").get_by_role("button").first.click()
    heading(page, "Thank you")
    return wait_for_mails(folder, 3)[1:]


def says(page: Page, pictures: Path) -> None:
    """She tells by the link in the one mail whether they answered, and comes back to her letters."""
    letters, path = page.url, f"/answered/{tokens.sign(Purpose.FOLLOW_UP, asked_about(letter_messages()[0].id).hex)}"
    for width, theme in ((360, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.goto(path)
        heading(page, "Did the offices answer you?")
        page.screenshot(path=pictures / f"answered-{width}-{theme}.png", full_page=True)
    page.get_by_role("radio", name="Not yet").first.check()
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Your word counts")
    expect(page.get_by_role("radio", name="Not yet").first).to_be_checked()
    page.goto(letters)


def waiting(title: str) -> None:
    """She has signed another campaign; its letters wait, as all do now."""
    first = people.staff_campaign()
    with transaction():
        outbox.pauses.pause(outbox.pauses.ALL, reason="a test", actor="test")
        made = making.duplicate(first.organisation_id, first.id, actor="test")
        newest = letters.newest(first.id, "en")
        assert newest
        letters.save_checked(made.id, "en", letters.as_checked(newest), actor="test")
        named = text_("UPDATE campaign_texts SET title = :title WHERE campaign_id = :id AND lang = 'en'")
        session().execute(named, {"title": title, "id": made.id})
        slug, made.status = made.slug, Status.OPEN
    people.supporter(WRITER, slug=slug, name="Wilma Verbeke", subject=title)


def minds(page: Page, folder: Path) -> None:
    """While they wait she corrects one letter and takes another back: both show on her page and in the post."""
    before = len(wait_for_mails(folder, 4))
    waiting("Corrected")
    waiting("Taken back")
    page.goto(f"/en/mine/{tokens.sign(Purpose.MINE, own.holder(parse(WRITER).hash, WRITER))}")
    one, other = (page.get_by_role("article", name=name) for name in ("Corrected", "Taken back"))
    one.get_by_role("link", name="Look at it and correct it").click()
    page.get_by_label("Your name").fill("Wilma Verbeke-Peeters")
    page.get_by_label("Your letter").fill("We have room, and they sleep outside.")
    page.get_by_role("button", name="Keep the correction").click()
    heading(page, "My signatures and letters")
    other.get_by_role("button", name="Take my signature back").click()
    expect(page.get_by_role("status")).to_contain_text("taken back")
    expect(other).to_contain_text("taken back")
    expect(one.get_by_text("waiting for its turn")).to_have_count(2)
    with transaction():
        outbox.pauses.resume(outbox.pauses.ALL)
        for stream, plan in outbox.plans.kept().items():  # one office gets a digest now; here each comes by itself
            outbox.plans.save_plan(stream, replace(plan, digest_above=None))
    new = wait_for_mails(folder, before + 2)[before:]
    assert len(new) == 2
    for mail in new:
        assert mail["Subject"] == "Corrected"
        assert "We have room, and they sleep outside." in text(mail)
        assert "Wilma Verbeke-Peeters" in text(mail)
    page.reload()
    expect(one.get_by_text("delivered")).to_have_count(2)
    assert len(wait_for_mails(folder, before + 2)) == before + 2, "nothing of the one that was taken back"


def test_an_office_asks_for_one_mail_a_day_and_a_writer_reads_corrects_and_takes_back(
    open_window: Callable[..., Page], everything: Installation, tmp_path: Path, pictures: Path
) -> None:
    with transaction():
        session().execute(text_("UPDATE posts SET languages = '{en}'"))
    folder, page, office = tmp_path / "mail", open_window(), open_window()
    letter = signed(page, folder)[0]
    office.goto(path_in(letter, "/office/"))
    expect(office.get_by_role("main")).to_contain_text("confirmed it by email")
    assert_fits(office)
    assert_accessible(office)
    office.get_by_role("button", name="Send one mail a day").dblclick()
    expect(office.get_by_role("status")).to_contain_text("We have written to your office")
    asked = wait_for_mails(folder, 4)[-1]
    assert asked["To"].addresses[0].addr_spec == letter["To"].addresses[0].addr_spec
    office.goto(path_in(asked, "/office/confirm/"))
    heading(office, "Does your office want this?")
    office.get_by_role("button", name="Yes, our office wants this").click()
    heading(office, "It is confirmed")
    assert sorted(outbox.plans.plan_of(one.stream).digest_above == 0 for one in letter_messages()) == [False, True]

    page.get_by_role("link", name="Read this letter").first.click()
    heading(page, "Your letter")
    page.get_by_role("link", name="Back to all your letters").click()
    says(page, pictures)
    minds(page, folder)
    assert everything.pids()
