"""What we hand to a mail server can be signed there: it arrives unaltered, verifies, and every domain is one.

The mail server signs (docs/mail.md). Here dkimpy does, relaxed/relaxed, between two real servers.
"""

import re
import smtplib
from base64 import b64encode
from collections.abc import Callable
from email import message_from_bytes
from email.policy import SMTP

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from sqlalchemy import text

from campaign import config, outbox
from campaign.core.db import session, transaction
from campaign.outbox import Claimed, Envelope, Lane, Plan, digests, pauses
from campaign.outbox.mime import build
from campaign.targets import stream_of
from tests.support import outbox as ledger, people
from tests.support.register import post
from tests.support.smtp import Sink, listening, transport

SELECTOR, DOMAIN = b"s1", b"mail.postbag.example"
NAME = "Élise O’Neill-Șerban-Vandenbroucke d’Hooghvorst de la Croix-Blanche"
SUBJECT = "A place for everyone: één plaats, une place, ein Platz, and a line that has to be folded twice at least"
BODY = (
    "From the first of December on nobody should sleep outside. \t\n.\n..two dots, and blanks at the end   \n\n\n"
    "Two empty lines above; ça suffit. " + "A very long line without an end. " * 40
)
RELAXED = (b"relaxed", b"relaxed")


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """The mail server's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(raw: bytes, key: rsa.RSAPrivateKey) -> bytes:
    """The mail as the server passes it on: signed, stamped, its headers folded anew."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    head, _gap, body = raw.partition(b"\r\n\r\n")
    signature = dkim.sign(raw, SELECTOR, DOMAIN, pem, canonicalize=RELAXED)
    unfolded = re.sub(rb"\r\n[ \t]+", b"\r\n\t", head)
    stamp = b"Received: from postbag by relay.example; Sun, 22 Nov 2026 12:00:00 +0000\r\n"
    return bytes(stamp + signature + unfolded + b"\r\n\r\n" + body)


def dns(key: rsa.RSAPrivateKey) -> Callable[..., bytes]:
    """The zone of the sending domain, as far as a receiver asks for it."""
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b64encode(der)
    return lambda name, timeout=5: record if name == SELECTOR + b"._domainkey." + DOMAIN + b"." else b""


def confirmation() -> Envelope:
    """Of somebody who has signed."""
    people.sign(name=NAME, subject=SUBJECT, body=BODY)
    return ledger.claimed(Lane.PEOPLE).envelope


def letter() -> Envelope:
    """In their own words."""
    people.supporter(name=NAME, subject=SUBJECT, body=BODY)
    without_limits()
    return ledger.claimed().envelope


def digest() -> Envelope:
    """Of two letters; the first one of the day has left by itself."""
    for number in range(3):
        people.supporter(f"s{number}@example.org", name=NAME, subject=SUBJECT, body=BODY)
    stream = stream_of(post())
    with transaction():
        outbox.plans.save_plan(stream, Plan(digest_above=1, digest_at=0))
        pauses.pause(stream_of(post("be-prime-minister")), reason="a test", actor="test")
    without_limits()
    ledger.record(ledger.claimed(), outbox.Sent())
    with transaction():
        assert digests.gather(stream) == 2
    without_limits()
    found = ledger.claim()
    assert isinstance(found, Claimed)
    return found.envelope


def without_limits() -> None:
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0, tat = created.at, opens_at = created.at FROM"
                               " (SELECT clock_timestamp() - interval '1 day' AS at) created"))  # fmt: skip


@pytest.mark.parametrize("compose", [confirmation, letter, digest])
def test_a_mail_of_ours_survives_signing_and_relaying_and_aligns(
    seeded: Flask, key: rsa.RSAPrivateKey, compose: Callable[[], Envelope]
) -> None:
    envelope = compose()
    relay, receiver = Sink(), Sink()
    with listening(relay), transport(config.current(), f"smtp://127.0.0.1:{relay.port}") as smtp:
        assert isinstance(smtp.send(envelope), outbox.Sent)
    (raw,) = relay.contents
    assert raw == build(envelope), "nothing is lost on the way to the server that signs"
    assert raw.isascii(), "so that no server on the way has to encode it anew"
    assert max(map(len, raw.split(b"\r\n"))) <= 78

    with listening(receiver), smtplib.SMTP("127.0.0.1", receiver.port) as onward:
        onward.sendmail(relay.mails[0].mail_from or "", [envelope.mail.to], signed(raw, key))
    (arrived,) = receiver.contents
    assert dkim.verify(arrived, dnsfunc=dns(key))
    assert not dkim.verify(arrived.replace(b"Subject: ", b"Subject: Re "), dnsfunc=dns(key))

    mail = message_from_bytes(arrived, policy=SMTP)
    parts = "".join(str(mail["DKIM-Signature"]).split()).split(";")
    tags = dict(part.split("=", 1) for part in parts if part)
    assert tags["c"] == "relaxed/relaxed"
    assert {"from", "to", "subject", "date", "message-id"} <= set(tags["h"].lower().split(":"))
    sender = mail["From"].addresses[0].domain
    assert {sender, tags["d"], receiver.mails[0].mail_from.rpartition("@")[2]} == {DOMAIN.decode()}  # type: ignore[union-attr]
