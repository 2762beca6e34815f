"""The mails of signing: to whom, from whom, in whose words, and for which holder."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from campaign import targets
from campaign.core import clock, tokens
from campaign.core.db import session, transaction
from campaign.core.ids import new_id
from campaign.core.tokens import Purpose
from campaign.outbox import Claimed, Lane, State, Unsendable
from campaign.outbox.mime import build
from campaign.signatures import Signature, SignatureState, composers
from campaign.targets import Person, Post, Tenure
from tests.support import outbox as ledger, people
from tests.support.people import MARIE, all_signatures, letter_messages, sign, supporter

HOLDER = "Bart De Wever"


def no_pace() -> None:
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0"))


def letter_to(key: str) -> UUID:
    """The message to that post."""
    post = session().scalar(select(Post.id).where(Post.key == key))
    return next(message.id for message in letter_messages() if message.stream == f"target:{post}")


def claim(id_: UUID) -> Claimed:
    """Claim until it is that message's turn."""
    for _ in range(4):
        found = ledger.claimed()
        if found.id == id_:
            return found
    raise AssertionError("it is not due")


def succeed(key: str = "be-prime-minister") -> None:
    """Somebody else holds the post from today on."""
    with transaction():
        post = session().scalars(select(Post).where(Post.key == key)).one()
        now = session().scalars(select(Tenure).where(Tenure.post_id == post.id, Tenure.until.is_(None))).one()
        targets.end_tenure(now.id, clock.today(), actor="cli")
        session().add(Person(id=(who := new_id()), key="next", name="Nele Next"))
        session().flush()
        tenure = Tenure(
            post_id=post.id,
            person_id=who,
            since=clock.today(),
            office={},
            salutation={"en": "Dear Ms Next"},
            source="a test",
        )
        targets.add_tenure(tenure, actor="cli")


def test_a_letter_comes_from_our_address_in_the_writers_name_and_answers_go_to_the_writer(seeded: Flask) -> None:
    supporter(name="Élise O’Neill-Șerban")
    envelope = ledger.claimed().envelope
    assert envelope.sender.startswith("letters+")
    assert envelope.sender.endswith("@mail.postbag.example")
    assert envelope.mail.from_name == "Élise O’Neill-Șerban"
    assert (envelope.mail.reply_to, envelope.mail.reply_to_name) == (MARIE, "Élise O’Neill-Șerban")
    assert (envelope.mail.html, envelope.mail.automatic) == (None, False)
    assert b"Auto-Submitted" not in build(envelope)


def test_a_queued_letter_follows_the_successor(seeded: Flask) -> None:
    supporter()
    no_pace()
    succeed()
    mail = claim(letter_to("be-prime-minister")).envelope.mail
    assert mail.to_name == "Nele Next"
    assert "Dear Ms Next," in mail.text
    assert HOLDER not in mail.text


def test_a_letter_keeps_the_words_its_supporter_confirmed(seeded: Flask) -> None:
    body = "Words with {name}, <b>marks</b> & a\n\nsecond paragraph."
    supporter(subject="Look: {campaign}", body=body)
    mail = ledger.claimed().envelope.mail
    assert mail.subject == "Look: {campaign}"
    assert body in mail.text


def test_a_letter_whose_signature_fell_is_not_sent_and_the_others_are(seeded: Flask) -> None:
    supporter()
    supporter("jan@example.org", name="Jan Janssens")
    no_pace()
    with transaction():
        session().execute(
            update(Signature).where(Signature.name == "Marie Peeters").values(state=SignatureState.INVALID)
        )
    names = {claim.envelope.mail.from_name for claim in (ledger.claimed(), ledger.claimed())}
    assert names == {"Jan Janssens"}
    assert not isinstance(ledger.claim(), Claimed)  # the order is by lot, so the two that fell may come last
    assert sorted(message.state for message in letter_messages()) == sorted([State.FAILED] * 2 + [State.SENDING] * 2)


def test_a_target_without_an_address_fails_alone_with_a_reason(seeded: Flask) -> None:
    supporter()
    no_pace()
    with transaction():
        session().execute(
            text(
                "UPDATE contacts SET until = since"
                " WHERE post_id = (SELECT id FROM posts WHERE key = 'be-prime-minister')"
            )
        )
    assert ledger.claimed().envelope.mail.to.startswith("asylum-migration@")
    assert not isinstance(ledger.claim(), Claimed)  # either may come first
    message = ledger.row(letter_to("be-prime-minister"))
    assert (message.state, message.note) == (State.FAILED, "the target has no address")


@pytest.mark.parametrize("erased", ["the writer", "the words"])
def test_nothing_is_sent_of_what_has_been_erased(seeded: Flask, erased: str) -> None:
    """A letter that waited longer than its text or its writer is kept must not arrive empty or from nobody."""
    supporter()
    with transaction():
        if erased == "the writer":
            session().execute(update(Signature).values(email="", name="", postcode=""))
        else:
            session().execute(text("UPDATE letter_texts SET subject = '', body = ''"))
    with pytest.raises(Unsendable):
        composers.letter(letter_messages()[0].id)


@pytest.mark.parametrize("lang", ["en", "fr", "nl", "de"])
def test_the_confirmation_asks_in_the_supporters_language_with_a_link_that_works(seeded: Flask, lang: str) -> None:
    sign(lang=lang)
    (signature,) = all_signatures()
    mail = composers.confirmation(signature.id)
    token = mail.text.split("/confirm/")[1].split()[0]
    assert tokens.read(Purpose.CONFIRM, token) == signature.id.hex
    assert (mail.to, mail.language, mail.automatic) == (MARIE, lang, True)
    assert mail.html is not None
    assert f"/confirm/{token}" in mail.html
    assert mail.from_name == people.page(lang=lang).organisation
    assert mail.reply_to is None


def test_the_languages_differ(seeded: Flask) -> None:
    subjects = set()
    for lang in ("en", "fr", "nl", "de"):
        sign(f"marie.{lang}@example.org", lang=lang)
        subjects.add(composers.confirmation(all_signatures()[-1].id).subject)
    assert len(subjects) == 4


def test_there_is_nothing_to_confirm_twice(seeded: Flask) -> None:
    id_ = supporter()
    with pytest.raises(Unsendable):
        composers.confirmation(id_)


def test_hostile_names_stay_text_in_the_html_of_a_mail(seeded: Flask) -> None:
    sign(name="<img src=x onerror=alert(1)> & Co")
    mail = composers.confirmation(all_signatures()[0].id)
    assert "<img src=x" not in (mail.html or "")
    assert "&lt;img src=x" in (mail.html or "")
    assert "<img src=x onerror=alert(1)> & Co" in mail.text


def test_a_mail_that_waited_for_an_hour_carries_a_link_that_works_for_the_whole_time(seeded: Flask) -> None:
    sign()
    with transaction():
        session().execute(update(Signature).values(created_at=clock.now() - timedelta(hours=1)))
    claim = ledger.claimed(Lane.PEOPLE)
    token = claim.envelope.mail.text.split("/confirm/")[1].split()[0]
    assert tokens.read(Purpose.CONFIRM, token)
