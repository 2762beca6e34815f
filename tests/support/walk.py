"""One visitor's way through every public page and state, in one language, with a stop at each to look."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from flask import current_app
from playwright.sync_api import Locator, Page
from sqlalchemy import select, text

from campaign import offices, outbox, signatures
from campaign.campaigns import previews
from campaign.core import tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from campaign.outbox import State
from campaign.signatures import SignatureState
from campaign.signatures.moderation import Look
from tests.support import people, replies
from tests.support.forms import SLUG
from tests.support.mail import link, wait_for_mails
from tests.support.pages import fill_in

Shot = Callable[[str], None]
EMAIL = "marie@example.org"
LONG_NAME = "Marie-Antoinette van den Broecke-Vandenbroucke d’Hooghvorst de la Croix-Blanche"
STATES = ("scheduled", "paused", "closed", "won", "lost", "handed_over")
# An outcome in words, a goal that one signature reaches, an office that has just changed hands, and no letter leaves.
OUTCOME = "UPDATE campaign_texts SET outcome_text = 'They **built** 500 places. Thank you.'"
CHANGED = """
    UPDATE campaigns SET goal = 1;
    UPDATE tenures SET since = current_date - 3 WHERE id = (SELECT max(id::text)::uuid FROM tenures);
    INSERT INTO tenures (id, post_id, person_id, since, until, office, salutation, source)
    SELECT gen_random_uuid(), post_id, person_id, current_date - 900, current_date - 3, office, salutation, source
    FROM tenures WHERE since = current_date - 3
"""
# One letter that waits and one that came back, whatever a worker made of them; an answer that everybody may read.
MIXED = """
    UPDATE outbox_messages SET state = CASE WHEN id = (SELECT min(id::text)::uuid FROM letters)
    THEN 'queued' ELSE 'bounced' END WHERE kind = 'letter';
    UPDATE replies SET published_text = 'We will build 500 places.', published_at = now()
"""


def press(page: Page, button: Locator) -> None:
    """Click on what leads to another page, and be there."""
    with page.expect_navigation():
        button.click()


def execute(statement: str) -> None:
    """Change what pages show."""
    with transaction():
        session().execute(text(statement))


def walk(page: Page, lang: str, folder: Path, shot: Shot) -> None:
    """All of it; mails come into the folder."""
    campaign = f"/{lang}/campaigns/{SLUG}"
    execute(OUTCOME)
    page.goto(f"/{lang}/")
    shot("home")
    before_signing(page, campaign, shot)
    asked = signing(page, campaign, folder, shot)
    after_signing(page, link(asked), shot)
    own_data(page, lang, shot)
    office_pages(page, shot)
    others(page, lang, campaign, shot)


def before_signing(page: Page, campaign: str, shot: Shot) -> None:
    """The campaign in each of its states, and the letter for one's own mail."""
    page.goto(campaign)
    shot("campaign")
    press(page, page.locator("a[href*='letter=']").first)
    shot("campaign-letter-in-another-language")
    preview = f"/preview/{tokens.sign(Purpose.PREVIEW, previews.subject(people.page().id))}"
    for state in STATES:
        page.goto(f"{preview}?language={campaign[1:3]}&state={state}")
        shot(f"campaign-{state}")
    page.goto(f"{campaign}/own-mail")
    shot("own-mail")
    page.goto(f"{campaign}/own-mail/thanks")
    shot("own-mail-thanks")


def signing(page: Page, campaign: str, folder: Path, shot: Shot) -> EmailMessage:
    """The form with errors and without, the check, the code; answers the mail that asks to confirm."""
    page.goto(campaign)
    press(page, page.locator("form.sign button[name=by]"))
    shot("campaign-errors")
    fill_in(page, EMAIL)
    page.fill("#name", LONG_NAME)
    page.fill("#comment", "My neighbour slept outside all winter, and I am ashamed of that.")
    press(page, page.get_by_role("button").and_(page.locator("[formaction$='/check']")))
    shot("check")
    press(page, page.locator("main button[name=by]"))
    shot("check-mail")
    (asked,) = wait_for_mails(folder, 1)
    page.fill("#code", "000000")
    press(page, page.locator("form[action$='/code'] button"))
    shot("check-mail-errors")
    return asked


def after_signing(page: Page, asked: str, shot: Shot) -> None:
    """The link, the thanks, each letter's own page, and the same when one came back and an office has answered."""
    page.goto(asked)
    shot("confirm")
    press(page, page.locator("main button[type=submit]").first)
    id_ = next(one.id for one in people.all_signatures() if one.state == SignatureState.CONFIRMED)
    delivered(page)
    shot("thanks")
    press(page, page.locator("a[href*='/letters/']").first)
    shot("own-letter")
    with transaction():
        outbox.pauses.pause(outbox.pauses.of_owner(people.page().id), reason="a look", actor="test")
        who = {"actor": "test", "organisation_id": people.staff_campaign().organisation_id}
        signatures.moderation.look(people.page().id, [id_], Look.SHOW, **who)  # type: ignore[arg-type]
    answered()
    execute(MIXED)
    page.goto(f"/thanks/{tokens.sign(Purpose.STATUS, id_.hex)}")
    shot("thanks-bounced")
    for name, purpose in {"not-me": Purpose.NOT_ME, "unsubscribe": Purpose.UNSUBSCRIBE}.items():
        page.goto(f"/{name}/{tokens.sign(purpose, id_.hex)}")
        shot(name)


def delivered(page: Page) -> None:
    """Until both letters have left."""
    for _try in range(100):
        session().rollback()
        if all(letter.state == State.DELIVERED for letter in people.letter_messages()):
            break
        page.wait_for_timeout(100)
    page.reload()


def answered() -> None:
    """An office writes back."""
    settings = current_app.extensions["settings"]
    current_app.extensions["settings"] = replace(settings, inbound_domain="reply.postbag.example")
    try:
        replies.arrive(replies.answer(people.letter_messages()[0].id))
    finally:
        current_app.extensions["settings"] = settings


def own_data(page: Page, lang: str, shot: Shot) -> None:
    """All a person has here."""
    holder = tokens.sign(Purpose.MINE, people.holder(EMAIL))
    for name, path in {"mine": "mine", "mine-asked": "mine?asked=yes", "mine-page": f"mine/{holder}"}.items():
        page.goto(f"/{lang}/{path}")
        shot(name)
    press(page, page.locator("main .row a").first)
    page.fill("#name", "")
    press(page, page.locator("main button[type=submit]").first)
    shot("mine-correct-errors")
    page.goto(f"/{lang}/mine/{holder}/erase")
    shot("mine-erase")
    nobody = tokens.sign(Purpose.MINE, people.holder("nobody@example.org"))
    page.goto(f"/{lang}/mine/{nobody}")
    shot("mine-nothing")


def office_pages(page: Page, shot: Shot) -> None:
    """What an office sees, in its own language."""
    letter = people.letter_messages()[0].id
    page.goto(f"/office/{tokens.sign(Purpose.OFFICE, letter.hex)}")
    shot("office")
    press(page, page.locator("button[value=answer]"))
    shot("office-errors")
    press(page, page.locator("button[value=digest], button[value=single]").first)
    shot("office-asked")
    session().rollback()
    wish = session().scalars(select(offices.Wish.id)).one()
    page.goto(f"/office/confirm/{tokens.sign(Purpose.OFFICE_CONFIRM, wish.hex)}")
    shot("office-confirm")
    page.goto(f"/office/{tokens.sign(Purpose.OFFICE, UUID(int=1).hex)}")
    shot("office-gone")


def others(page: Page, lang: str, campaign: str, shot: Shot) -> None:
    """Pages that belong to nobody."""
    pages = {"live": f"{campaign}/live", "privacy": f"/{lang}/privacy", "demo-mail": "/demo/mail"}
    pages |= {"bad-link": "/confirm/nothing", "not-there": f"/{lang}/campaigns/nothing"}
    for name, path in pages.items():
        page.goto(path)
        shot(name)
    page.goto("/demo/mail")
    press(page, page.locator(".mails a").first)
    shot("demo-mail-open")


def changed(page: Page, lang: str, shot: Shot) -> None:
    """After a restart, which forgets who held the offices: the goal reached, a pause, a new holder, an answer."""
    page.goto(f"/{lang}/campaigns/{SLUG}")
    shot("campaign-everything")
