"""The mailbox is read without losing or repeating anything, and a pipe ends as mail servers expect."""

import io
import mailbox
import ssl
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from campaign import config, replies
from campaign.jobs import post
from campaign.replies import BoxAway, Outcome, boxes
from tests.support.certificates import certificate
from tests.support.imap import ImapStandIn
from tests.support.replies import answer, sent_letter
from tests.support.sendgrid import server_tls


@pytest.fixture
def env(env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**env, "INBOUND_DOMAIN": "reply.postbag.example", "BOUNCE_URL": f"maildir://{tmp_path}/in"}


@pytest.fixture
def letter(seeded: Flask) -> UUID:
    return sent_letter()


@pytest.fixture
def box(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(str(tmp_path / "in"), create=True)


def test_a_maildir_is_read_once_and_what_is_not_understood_stays(letter: UUID, box: mailbox.Maildir) -> None:
    box.add(answer(letter))
    box.add(answer(letter).replace(b"reply+", b"other+"))
    box.add(b"\0\0\0 no mail at all")
    assert post.read_mailbox() == {Outcome.REPLY: 1, Outcome.UNKNOWN: 1, Outcome.IGNORED: 1}
    assert len(box) == 2
    assert post.read_mailbox() == {}


def test_any_number_of_mails_that_were_left_for_people_hides_no_new_one(letter: UUID, tmp_path: Path) -> None:
    mailbox.Maildir(str(tmp_path / "in"), create=True)
    for number in range(boxes.MOST):
        (tmp_path / f"in/cur/{1_700_000_000 + number}.M1P1Q1.host:2,S").write_bytes(b"Subject: spam\n\nx")
    (tmp_path / "in/new/1800000000.M1P1Q1.host").write_bytes(answer(letter))
    assert post.read_mailbox() == {Outcome.REPLY: 1}


def test_what_the_database_could_not_take_is_read_again(
    letter: UUID, box: mailbox.Maildir, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.add(answer(letter))

    def away(_raw: bytes, _recipients: object) -> Outcome:
        raise OperationalError("", {}, Exception("away"))

    with monkeypatch.context() as broken:
        broken.setattr(replies, "take", away)
        with pytest.raises(OperationalError):
            post.read_mailbox()
        assert post.pipe(answer(letter), "") == post.TEMPFAIL
    assert post.read_mailbox() == {Outcome.REPLY: 1}


def test_a_mail_that_breaks_us_does_not_stand_before_the_others(
    letter: UUID, box: mailbox.Maildir, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = replies.take

    def breaks(raw: bytes, recipients: list[str]) -> Outcome:
        if b"poison" in raw:
            raise KeyError("poison")
        return real(raw, recipients)

    monkeypatch.setattr(replies, "take", breaks)
    box.add(answer(letter, "poison", id="<0@x.example>"))
    box.add(answer(letter))
    assert post.read_mailbox() == {Outcome.REPLY: 1, Outcome.IGNORED: 1}
    assert post.read_mailbox() == {}


def test_without_a_mailbox_nothing_is_read(letter: UUID) -> None:
    assert post.read_mailbox() == {}
    with pytest.raises(BoxAway):
        replies.connect(config.current().bounce_url)


def test_what_a_pipe_ends_with(letter: UUID) -> None:
    assert post.pipe(answer(letter), "") == post.OK
    assert post.pipe(answer(letter).replace(b"reply+", b"other+"), "") == post.NOUSER
    assert post.pipe(b"", "") == post.DATAERR
    assert post.pipe(io.BytesIO(b"x" * (replies.BYTES_MAX + 1)).read(), "") == post.DATAERR


@pytest.fixture
def imap(tmp_path: Path) -> Iterator[tuple[ImapStandIn, ssl.SSLContext]]:
    files = certificate(tmp_path)
    there = ImapStandIn(server_tls(files.shown, files.key))
    yield there, ssl.create_default_context(cafile=str(files.authority))
    there.close()


def test_an_imap_folder_is_read_marked_and_expunged(imap: tuple[ImapStandIn, ssl.SSLContext]) -> None:
    there, tls = imap
    there.folder.add(b"From: a@b.example\r\n\r\none")
    there.folder.add(b"From: a@b.example\r\n\r\ntwo")
    for expected in ([b"one", b"two"], []):
        box = replies.connect(f"imaps://bounce:secret@localhost:{there.port}/INBOX", tls=tls)
        read = list(box)
        assert [raw[-3:] for _key, raw in read] == expected
        for key, raw in read:
            box.done(key, keep=raw.endswith(b"two"))
        box.close()
    assert there.folder.flags == {2: {"\\Seen"}}


def test_an_imap_server_that_is_not_who_it_says_or_lets_nobody_in(imap: tuple[ImapStandIn, ssl.SSLContext]) -> None:
    there, tls = imap
    url = f"localhost:{there.port}/INBOX"
    with pytest.raises(BoxAway):
        replies.connect(f"imaps://bounce:secret@{url}")
    with pytest.raises(BoxAway) as refused:
        replies.connect(f"imaps://bounce:wrong@{url}", tls=tls)
    assert "wrong" not in str(refused.value)
    there.close()
    with pytest.raises(BoxAway):
        replies.connect(f"imaps://bounce:secret@{url}", tls=tls)
