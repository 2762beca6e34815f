"""Signing: once for each mailbox, whatever arrives and however often."""

import pytest
from flask import Flask
from sqlalchemy import select

from campaign import campaigns, letters
from campaign.campaigns import Status
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict
from campaign.outbox import Message
from campaign.signatures import Public, SignatureState
from tests.support import people
from tests.support.people import MARIE, all_signatures, letter_messages, mails, sign, supporter
from tests.support.standing import figures, second_campaign, states, time_passes
from tests.support.threads import at_once

S = SignatureState


def test_a_signature_waits_for_its_confirmation_and_counts_nothing_yet(seeded: Flask) -> None:
    sign()
    (signature,) = all_signatures()
    assert (signature.state, signature.name, signature.email) == (S.PENDING, "Marie Peeters", MARIE)
    assert signature.confirmed_at is None
    assert (mails(kind="confirmation"), mails(kind="letter")) == (1, 0)
    assert figures() == {}


@pytest.mark.parametrize(
    "spelling", ["marie.p@gmail.com", "MarieP@GMAIL.com", "m.arie.p+x@googlemail.com", "mariep+y@gmail.com"]
)
def test_every_spelling_of_a_mailbox_is_the_same_person(seeded: Flask, spelling: str) -> None:
    supporter("mariep@gmail.com")
    sign(spelling, subject="Something new")
    assert states() == [S.CONFIRMED, S.REPLACED]


def test_the_same_form_twice_is_one_signature_and_one_mail(seeded: Flask) -> None:
    sign()
    sign()
    assert (states(), mails(MARIE)) == ([S.PENDING], 1)


def test_sixteen_identical_forms_at_once_are_one_signature_and_one_mail(seeded: Flask) -> None:
    at_once(seeded, 16, lambda _number: sign())
    assert (states(), mails(MARIE)) == ([S.PENDING], 1)


def test_the_same_form_after_a_while_sends_the_link_again(seeded: Flask) -> None:
    sign()
    time_passes(minutes=3)
    sign()
    assert (states(), mails(MARIE, "confirmation")) == ([S.PENDING], 2)


def test_another_text_of_the_same_address_is_a_row_with_a_link_of_its_own(seeded: Flask) -> None:
    """Nobody can put words into a letter that somebody else is about to confirm."""
    sign(body="The words that Marie wrote herself.")
    sign(body="The words that somebody put in her mouth.")
    first, second = all_signatures()
    assert (first.state, second.state, first.text_id != second.text_id) == (S.PENDING, S.PENDING, True)
    refs = set(session().scalars(select(Message.ref)))
    assert refs == {first.id, second.id}
    assert letters.text(first.text_id).body == "The words that Marie wrote herself."


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Ann"},
        {"postcode": "1000"},
        {"updates": True},
        {"public": Public.HIDDEN},
        {"lang": "fr"},
        {"subject": "X"},
    ],
)
def test_any_other_answer_is_another_form(seeded: Flask, changed: dict[str, object]) -> None:
    sign()
    sign(**changed)
    assert len(all_signatures()) == 2


def test_an_address_gets_three_mails_in_a_day_over_all_campaigns(seeded: Flask) -> None:
    second_campaign()
    for number in range(3):
        sign(subject=f"First {number}")
        sign(subject=f"Second {number}", slug="another")
    assert mails(MARIE) == 3
    time_passes(hours=25)
    sign(subject="Next day")
    assert mails(MARIE) == 4


def test_an_address_gets_ten_mails_in_a_month(seeded: Flask) -> None:
    for day in range(8):
        for number in range(3):
            sign(subject=f"{day} {number}")
        time_passes(hours=25)
    assert mails(MARIE) == 10
    time_passes(days=30)
    sign(subject="Next month")
    assert mails(MARIE) == 11


def test_the_cap_holds_over_every_spelling_and_at_once(seeded: Flask) -> None:
    spellings = ["mariep@gmail.com", "m.ariep@gmail.com", "mariep+1@gmail.com", "MarieP@googlemail.com"]
    at_once(seeded, 8, lambda number: sign(spellings[number % 4], subject=f"Text {number}"))
    assert mails("mariep@gmail.com") == 3


def test_who_has_signed_is_told_so_by_mail_and_nothing_else_changes(seeded: Flask) -> None:
    supporter()
    time_passes(minutes=3)
    sign(subject="Once more")
    kept = [S.CONFIRMED, S.REPLACED]
    assert (states(), mails(MARIE, "already_signed"), len(letter_messages())) == (kept, 1, 2)
    assert figures() == {"signatures": 1}


def test_a_closed_campaign_takes_no_signature(seeded: Flask) -> None:
    page = people.page()
    with transaction():
        campaigns.change_status(page.id, Status.CLOSED, actor="cli")
    with pytest.raises(Conflict):
        sign()
    assert (all_signatures(), mails()) == ([], 0)


def test_the_place_follows_from_the_postcode(seeded: Flask) -> None:
    sign(postcode="9000")
    sign("jan@example.org", postcode="4000", lang="fr")
    sign("x@example.org", postcode="9999")
    sign("y@example.org", postcode="75001", country="FR")
    assert [signature.place for signature in all_signatures()] == ["Gent", "Liège", "", ""]


@pytest.mark.parametrize(
    ("name", "public", "shown"),
    [
        ("Marie Peeters", Public.NAME, "Marie"),
        ("Marie Peeters", Public.INITIALS, "M. P."),
        ("Marie Peeters", Public.HIDDEN, None),
        ("Marie van den Broeck", Public.INITIALS, "M. B."),
        ("Cher", Public.NAME, "Cher"),
        ("Cher", Public.INITIALS, "C."),
        ("李小龍", Public.INITIALS, "李."),
        ("élise ñandú", Public.INITIALS, "É. Ñ."),
    ],
)
def test_only_what_somebody_agreed_to_show_is_kept_for_showing(
    seeded: Flask, name: str, public: Public, shown: str | None
) -> None:
    sign(name=name, public=public)
    assert all_signatures()[0].public_name == shown
