"""Confirming: one signature and its letters, once, whoever clicks and however often."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from campaign import campaigns, counters, outbox, signatures
from campaign.campaigns import Status
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, Gone
from campaign.core.i18n import speaking
from campaign.letters import Letter
from campaign.outbox import State
from campaign.signatures import Consent, ConsentKind, ConsentWording, Signature, SignatureState
from campaign.targets import Post
from tests.support import people
from tests.support.people import all_signatures, confirm, letter_messages, sign, supporter
from tests.support.standing import figures, second_campaign, states
from tests.support.threads import at_once

S = SignatureState


def test_confirming_counts_once_and_writes_a_letter_for_each_target(seeded: Flask) -> None:
    id_ = supporter()
    messages = letter_messages()
    assert states() == [S.CONFIRMED]
    assert [message.state for message in messages] == [State.QUEUED] * 2
    assert {message.stream for message in messages} == {f"target:{post}" for post in people.page().post_ids}
    assert figures() == {"signatures": 1}
    key = signatures.campaign_key(people.page().id)
    assert sum(names.get("queued", 0) for part, names in counters.figures(key).items() if part) == 2
    assert all(letter.signature_id == id_ for letter in session().scalars(select(Letter)))


def test_confirming_again_changes_nothing(seeded: Flask) -> None:
    id_ = supporter()
    assert confirm(id_) == id_
    assert (figures(), len(letter_messages())) == ({"signatures": 1}, 2)


def test_fifty_confirmations_of_one_link_at_once_are_one_signature_and_its_letters_once(seeded: Flask) -> None:
    sign()
    id_ = all_signatures()[0].id  # read here: a session is one thread's
    session().rollback()
    answers = at_once(seeded, 25, lambda _number: [confirm(id_), confirm(id_)])
    assert {one for pair in answers for one in pair} == {id_}
    assert (states(), figures(), len(letter_messages())) == ([S.CONFIRMED], {"signatures": 1}, 2)
    assert session().scalar(select(func.count()).select_from(Consent).where(Consent.kind == ConsentKind.SEND)) == 1


def test_confirming_one_text_replaces_the_others_of_the_same_address(seeded: Flask) -> None:
    for number in range(3):
        sign(subject=f"Text {number}")
    first, second, third = all_signatures()
    assert confirm(second.id) == second.id
    assert states() == [S.REPLACED, S.CONFIRMED, S.REPLACED]
    assert confirm(first.id) == confirm(third.id) == second.id
    assert (figures(), len(letter_messages())) == ({"signatures": 1}, 2)


def test_two_texts_of_one_address_confirmed_at_once_are_one_signature(seeded: Flask) -> None:
    for number in range(3):
        sign(subject=f"Text {number}")
    ids = [signature.id for signature in all_signatures()]
    session().rollback()
    answers = at_once(seeded, 9, lambda number: confirm(ids[number % 3]))
    assert len(set(answers)) == 1
    assert sorted(states()) == sorted([S.CONFIRMED, S.REPLACED, S.REPLACED])
    assert (figures(), len(letter_messages())) == ({"signatures": 1}, 2)


def test_the_same_person_may_sign_two_campaigns(seeded: Flask) -> None:
    second_campaign()
    supporter()
    sign(slug="another")
    newest = all_signatures()[-1]
    confirm(newest.id)
    assert states() == [S.CONFIRMED, S.CONFIRMED]
    assert len(letter_messages()) == 4


def test_a_campaign_that_closed_meanwhile_is_not_confirmed(seeded: Flask) -> None:
    sign()
    (signature,) = all_signatures()
    with transaction():
        campaigns.change_status(people.page().id, Status.CLOSED, actor="cli")
    people.forget()
    with pytest.raises(Conflict):
        confirm(signature.id)
    assert (states(), figures(), letter_messages()) == ([S.PENDING], {}, [])


@pytest.mark.parametrize("state", [S.WITHDRAWN, S.INVALID])
def test_what_was_withdrawn_or_taken_out_is_not_confirmed(seeded: Flask, state: SignatureState) -> None:
    sign()
    (signature,) = all_signatures()
    with transaction():
        session().execute(update(Signature).values(state=state))
    with pytest.raises(Gone):
        confirm(signature.id)
    assert letter_messages() == []


def test_what_was_purged_is_gone(seeded: Flask) -> None:
    with pytest.raises(Gone), transaction():
        signatures.confirm(UUID(int=7), people.page())


def test_the_database_itself_refuses_a_second_signature_of_one_mailbox(seeded: Flask) -> None:
    supporter()
    sign("jan@example.org")
    first, second = all_signatures()
    with pytest.raises(Exception, match="uq_signatures_confirmed"), transaction():
        session().execute(
            update(Signature).where(Signature.id == second.id).values(email_hash=first.email_hash, state=S.CONFIRMED)
        )


def test_many_people_confirming_at_once_are_all_counted(seeded: Flask) -> None:
    for number in range(16):
        sign(f"person{number}@example.org")
    ids = [signature.id for signature in all_signatures()]
    session().rollback()
    at_once(seeded, 8, lambda number: [confirm(ids[number]), confirm(ids[number + 8])])
    assert (figures(), len(letter_messages())) == ({"signatures": 16}, 32)


# Consent


def test_each_answer_is_kept_with_its_exact_words_language_and_time(seeded: Flask) -> None:
    with speaking("fr"):
        sign(updates=True, lang="fr")
        (signature,) = all_signatures()
        page = people.page(lang="fr")
        asked = {kind: signatures.consent.wording(kind, page) for kind in ConsentKind}
        confirm(signature.id)
    rows = session().execute(
        select(Consent.kind, Consent.given, Consent.at, ConsentWording.lang, ConsentWording.words).join(ConsentWording)
    )
    found = {kind: (given, lang, words, at is not None) for kind, given, at, lang, words in rows}
    assert found == {kind: (True, "fr", asked[kind], True) for kind in ConsentKind}
    assert page.organisation in asked[ConsentKind.SEND]


def test_a_no_is_kept_as_a_no_and_sending_is_agreed_to_only_by_confirming(seeded: Flask) -> None:
    sign(updates=False)
    assert session().execute(select(Consent.kind, Consent.given)).all() == [(ConsentKind.UPDATES, False)]
    session().rollback()
    confirm(all_signatures()[0].id)
    kinds = dict(session().execute(select(Consent.kind, Consent.given)).all())
    assert kinds == {ConsentKind.UPDATES: False, ConsentKind.SEND: True}


def test_words_asked_of_many_are_stored_once(seeded: Flask) -> None:
    at_once(seeded, 6, lambda number: supporter(f"person{number}@example.org"))
    assert session().scalar(select(func.count()).select_from(ConsentWording)) == 2
    assert session().scalar(select(func.count()).select_from(Consent)) == 12


# What goes wrong in the middle


def test_a_confirmation_that_fails_halfway_leaves_nothing_half_done(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign()
    (signature,) = all_signatures()

    def fail(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(counters.commands, "_write", fail)
    with pytest.raises(RuntimeError):
        confirm(signature.id)
    monkeypatch.undo()
    assert (states(), figures(), letter_messages()) == ([S.PENDING], {}, [])
    confirm(signature.id)
    assert (states(), figures(), len(letter_messages())) == ([S.CONFIRMED], {"signatures": 1}, 2)


def test_a_campaign_whose_post_has_no_address_yet_still_takes_signatures(seeded: Flask) -> None:
    with transaction():
        session().execute(
            text("UPDATE contacts SET until = since WHERE post_id = (SELECT id FROM posts ORDER BY key LIMIT 1)")
        )
    supporter()
    assert len(letter_messages()) == 2
    assert session().scalar(select(func.count()).select_from(Post)) == 2
    assert outbox.lanes_due()
