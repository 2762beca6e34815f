"""Written is delivered, and a disk that fails loses nothing."""

import shutil
from pathlib import Path

from flask import Flask

from campaign.outbox import Later, Sent, connect
from campaign.outbox.mime import build
from campaign.outbox.transports.maildir import MaildirTransport
from tests.support.mail import mails
from tests.support.outbox import an_envelope


def test_a_mail_that_is_written_is_delivered_whole(plain: Flask, tmp_path: Path) -> None:
    transport = MaildirTransport(str(tmp_path / "mail"))
    answer = transport.send(an_envelope())
    assert isinstance(answer, Sent)
    assert answer.delivered
    assert answer.provider_id
    (file,) = (tmp_path / "mail" / "new").iterdir()
    assert file.read_bytes().replace(b"\r\n", b"\n") == build(an_envelope()).replace(b"\r\n", b"\n")
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []
    assert mails(tmp_path / "mail")[0]["Message-ID"] == an_envelope().message_id


def test_a_folder_that_went_away_is_for_later_and_costs_no_attempt(plain: Flask, tmp_path: Path) -> None:
    transport = MaildirTransport(str(tmp_path / "mail"))
    shutil.rmtree(tmp_path / "mail")
    answer = transport.send(an_envelope())
    assert isinstance(answer, Later)
    assert not answer.counted
    assert not answer.lane


def test_a_folder_name_with_spaces_and_accents_works(plain: Flask, tmp_path: Path) -> None:
    settings = plain.extensions["settings"]
    folder = tmp_path / "my boîte"
    transport = connect(
        type(settings)(**{**vars(settings), "mail_url": f"maildir://{str(folder).replace(' ', '%20')}"})
    )
    assert isinstance(transport.send(an_envelope()), Sent)
    assert len(mails(folder)) == 1
