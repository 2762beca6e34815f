"""What staff are writing is kept apart from the versions; two who write at once lose nothing."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from campaign import letters
from campaign.core import merge
from campaign.core.audit import AuditEntry
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, DomainError
from campaign.core.merge import Clash
from campaign.letters import drafts
from campaign.letters.drafts import Working
from tests.support import people
from tests.support.threads import at_once


def campaign_id() -> UUID:
    return people.page().id


def now() -> Working:
    session().rollback()
    session().expire_all()
    return drafts.working(campaign_id(), "en")


def write(act: object, seen: Working, **changes: str) -> Working:
    with transaction():
        return act(campaign_id(), "en", changes, merge.seal(seen.parts), seen.version, actor="ann")  # type: ignore[operator]


def test_a_draft_is_kept_unchecked_and_supporters_do_not_get_it(seeded: Flask) -> None:
    before = now()
    kept = write(drafts.keep, before, body="Half a {sen", subject="")
    assert (kept.is_draft, kept.parts["body"], kept.version) == (True, "Half a {sen", before.version + 1)
    page = people.page()
    assert letters.model(page.id, "en", page.title).body.startswith(before.parts["body"][:10])
    assert now() == kept


def test_saving_makes_a_version_and_ends_the_draft(seeded: Flask) -> None:
    kept = write(drafts.keep, now(), body="Whole words.")
    saved = write(drafts.save, kept)
    assert (saved.is_draft, saved.number, saved.parts["body"]) == (False, kept.number + 1, "Whole words.")
    assert letters.model(people.page().id, "en", "x").body == "Whole words."


def test_saving_what_stands_makes_no_version(seeded: Flask) -> None:
    before = now()
    assert write(drafts.save, before, body=before.parts["body"]).number == before.number


def test_what_is_wrong_makes_no_version_and_leaves_the_draft(seeded: Flask) -> None:
    kept = write(drafts.keep, now(), body="Half a {sen")
    with pytest.raises(DomainError) as caught:
        write(drafts.save, kept, subject="Fine")
    assert list(caught.value.fields) == ["body"]
    assert now() == kept


def test_two_who_change_different_fields_both_keep_theirs(seeded: Flask) -> None:
    seen = now()
    write(drafts.keep, seen, **{**seen.parts, "body": "Ann's words."})
    both = write(drafts.save, seen, **{**seen.parts, "subject": "Bob's subject"})
    assert (both.parts["body"], both.parts["subject"]) == ("Ann's words.", "Bob's subject")


def test_two_who_change_the_same_field_see_both_texts(seeded: Flask) -> None:
    seen = now()
    write(drafts.keep, seen, body="Ann's words.")
    for act in (drafts.keep, drafts.save):
        with pytest.raises(Clash) as caught:
            write(act, seen, body="Bob's words.")
        assert {name: (pair.mine, pair.theirs) for name, pair in caught.value.pairs.items()} == {
            "body": ("Bob's words.", "Ann's words.")
        }
    assert now().parts["body"] == "Ann's words."


def test_of_many_who_write_the_same_field_at_once_one_is_kept_and_the_others_are_told(seeded: Flask) -> None:
    seen = now()

    def work(number: int) -> bool:
        try:
            write(drafts.keep, seen, body=f"Words of {number}.")
        except Clash:
            return False
        return True

    assert sum(at_once(seeded, 4, work)) == 1
    assert now().version == seen.version + 1


def test_a_draft_can_be_given_up_and_taken_back(seeded: Flask) -> None:
    kept = write(drafts.keep, now(), body="Kept.")
    with transaction():
        drafts.discard(campaign_id(), "en", actor="ann")
    assert not now().is_draft
    with transaction():
        drafts.discard(campaign_id(), "en", actor="ann", back=True)
    assert now().parts == kept.parts
    with transaction():
        drafts.discard(campaign_id(), "en", actor="ann")
    write(drafts.keep, now(), body="Another.")
    with pytest.raises(Conflict), transaction():
        drafts.discard(campaign_id(), "en", actor="ann", back=True)
    assert now().parts["body"] == "Another."


def test_what_no_database_holds_does_no_harm(seeded: Flask) -> None:
    kept = write(drafts.keep, now(), subject="a\x00b\ud800", body="c\x00d\ud800", tips="é" * 30)
    assert (kept.parts["subject"], kept.parts["body"]) == ("ab", "cd")


def test_each_version_is_in_the_log_with_what_changed(seeded: Flask) -> None:
    before = now()
    write(drafts.save, before, body="New words.")
    query = select(AuditEntry).where(AuditEntry.action == "letters.save_model", AuditEntry.actor == "ann")
    entry = session().scalars(query).one()
    assert entry.organisation_id == people.staff_campaign().organisation_id
    assert (entry.before, entry.after) == ({"body": before.parts["body"]}, {"body": "New words."})
