"""What comes back by mail goes where it belongs: to the ledger, to the writer, or nowhere."""

from email.message import EmailMessage
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st
from sqlalchemy import select, text

from campaign import outbox, replies
from campaign.core import mailread
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.mailread import Unreadable
from campaign.outbox import Lane, Sent, State
from campaign.outbox.addresses import return_path
from campaign.outbox.mime import build
from campaign.replies import Outcome, Reply
from tests.support import outbox as ledger, people
from tests.support.people import MARIE, supporter

INBOUND = "reply.postbag.example"


@pytest.fixture
def env(env: dict[str, str]) -> dict[str, str]:
    return {**env, "INBOUND_DOMAIN": INBOUND}


@pytest.fixture
def letter(seeded: Flask) -> UUID:
    """A letter of Marie's that has left."""
    supporter()
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0"))
        session().execute(text("UPDATE outbox_messages SET state = 'cancelled' WHERE lane = 'people'"))
    claim = ledger.claimed()
    ledger.record(claim, Sent("queue-1"))
    return claim.id


def mail(to: str, words: str = "Thank you for your letter.", **headers: str) -> bytes:
    made = EmailMessage()
    given_ = {"From": '"Cabinet" <cabinet@ministry.example>', "Subject": "Re: A place for everyone", "To": to}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {**given_, "Message-ID": "<one@ministry.example>", **named}.items():
        made[name] = value
    made.set_content(words)
    return made.as_bytes()


def take(raw: bytes, *recipients: str) -> Outcome:
    with transaction():
        return replies.take(raw, recipients)


def reply_address(id_: UUID) -> str:
    return outbox.reply_to(id_, MARIE)


def kept() -> list[Reply]:
    session().rollback()
    session().expire_all()
    return list(session().scalars(select(Reply).order_by(Reply.received_at, Reply.id)))


def relays() -> int:
    return people.mails(kind="reply")


def test_a_letter_asks_for_answers_at_a_relay_address_and_does_not_show_the_writers(letter: UUID) -> None:
    stored = str(session().scalar(text("SELECT mail FROM outbox_messages WHERE id = :id"), {"id": letter}))
    assert reply_address(letter) in stored
    assert MARIE not in stored


def test_an_answer_is_kept_and_passed_on_to_the_writer_as_text(letter: UUID) -> None:
    assert take(mail(reply_address(letter))) == Outcome.REPLY
    (reply,) = kept()
    assert (reply.letter_id, reply.body, reply.sender) == (
        letter,
        "Thank you for your letter.",
        "cabinet@ministry.example",
    )
    claim = ledger.claimed(Lane.PEOPLE)
    sent = claim.envelope.mail
    assert (sent.to, sent.html, sent.automatic, sent.reply_to) == (MARIE, None, True, None)
    assert "Thank you for your letter." in sent.text
    assert "+" not in claim.envelope.sender, "nothing that comes back to it finds a letter"
    assert take(mail(reply_address(letter))) == Outcome.DUPLICATE
    assert relays() == 1


def test_attachments_are_named_and_left_outside(letter: UUID) -> None:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "cabinet@ministry.example", reply_address(letter), "Answer"
    made.set_content("See the file.")
    made.add_alternative("<p>See the <b>file</b>.</p>", subtype="html")
    made.add_attachment(b"%PDF-secret", maintype="application", subtype="pdf", filename="réponse officielle.pdf")
    assert take(made.as_bytes()) == Outcome.REPLY
    (reply,) = kept()
    assert (reply.body, reply.attachments) == ("See the file.", "réponse officielle.pdf")
    assert "réponse officielle.pdf" in ledger.claimed(Lane.PEOPLE).envelope.mail.text


def test_html_alone_becomes_text_and_a_long_answer_is_cut(letter: UUID) -> None:
    made = EmailMessage()
    made["From"], made["To"] = "cabinet@ministry.example", reply_address(letter)
    made.set_content(
        "<style>p{}</style><p>Dear<br>Marie</p><script>alert(1)</script><p>" + "é" * 50_000 + "</p>", "html"
    )
    take(made.as_bytes())
    (reply,) = kept()
    assert reply.body.startswith("Dear\nMarie")
    assert "alert" not in reply.body
    assert (len(reply.body), reply.cut) == (mailread.TEXT_MAX, True)


# Python 3.11's parser of HTML raises on the first three.
@pytest.mark.parametrize("odd", ["<![ endif]>", "<![foo[ x ]>", "<![%>", "<![if !mso]>", "<!<![x>[y>"])
@pytest.mark.parametrize("plain", [False, True])
def test_an_odd_declaration_in_a_page_loses_no_answer(letter: UUID, odd: str, plain: bool) -> None:
    made = EmailMessage()
    made["From"], made["To"] = "cabinet@ministry.example", reply_address(letter)
    page = f"<p>We will build {odd}<b>500 places</b>.</p>"
    if plain:
        made.set_content("We will build 500 places.")
        made.add_alternative(page, subtype="html")
    else:
        made.set_content(page, "html")
    assert take(made.as_bytes()) == Outcome.REPLY
    (reply,) = kept()
    assert reply.body.startswith("We will build")
    assert ("500 places" in reply.body) or odd == "<!<![x>[y>"


def test_a_mail_without_a_message_id_is_known_by_what_it_holds(letter: UUID) -> None:
    raw = mail(reply_address(letter)).replace(b"Message-ID: <one@ministry.example>\n", b"")
    odd = raw.replace(b"Subject:", b"X-Odd: \xff\xfe\nSubject:").replace(b"Thank you", b"\xff\xfe Thank you")
    assert [take(one) for one in (raw, raw, odd, odd)] == [
        Outcome.REPLY,
        Outcome.DUPLICATE,
        Outcome.REPLY,
        Outcome.DUPLICATE,
    ]
    report = b"Content-Type: multipart/report\nTo: " + reply_address(letter).encode() + b"\n\xff\xfe"
    assert take(report) == Outcome.IGNORED


def test_an_answer_is_not_passed_on_to_an_address_that_wants_nothing(letter: UUID) -> None:
    with transaction():
        outbox.suppressions.suppress(parse(MARIE).hash, None, reason="complained", actor="receipts")
    assert take(mail(reply_address(letter))) == Outcome.REPLY
    assert ([one.relayed for one in kept()], relays()) == ([False], 0)


AUTOMATIC = {
    "RFC 3834": {"Auto_Submitted": "auto-replied"},
    "generated": {"Auto_Submitted": "auto-generated; type=x"},
    "X-Autoreply": {"X_Autoreply": "yes"},
    "Precedence": {"Precedence": "bulk"},
    "null sender": {"Return_Path": "<>"},
    "English": {"Subject": "Automatic reply: A place for everyone"},
    "French": {"Subject": "Réponse automatique : absent"},
    "Dutch": {"Subject": "Afwezig tot 1 december"},
    "German": {"Subject": "Re: Abwesenheitsnotiz"},
}


@pytest.mark.parametrize("name", AUTOMATIC)
def test_an_automatic_answer_is_shown_and_neither_passed_on_nor_a_bounce(letter: UUID, name: str) -> None:
    assert take(mail(return_path(letter), **AUTOMATIC[name])) == Outcome.AUTOMATIC
    assert [reply.automatic for reply in kept()] == [True]
    assert relays() == 0
    assert ledger.row(letter).state == State.SENT


def test_a_person_who_says_no_robot_wrote_this_is_believed(letter: UUID) -> None:
    assert take(mail(reply_address(letter), Auto_Submitted="no", Subject="Out of office hours")) == Outcome.REPLY


FORGED = [
    "reply+{bounce}@reply.postbag.example",
    "letters+{reply}@mail.postbag.example",
    "reply+{other}@reply.postbag.example",
]


def test_an_address_that_was_made_up_or_made_for_something_else_finds_nothing(letter: UUID) -> None:
    def tag(address: str) -> str:
        return address.partition("+")[2].partition("@")[0]

    bounce, reply = tag(return_path(letter)), tag(reply_address(letter))
    other = reply[:-8] + "aaaaaaaa"
    for form in FORGED:
        assert take(mail(form.format(bounce=bounce, reply=reply, other=other))) == Outcome.UNKNOWN
    assert take(mail(f"reply+{reply}@elsewhere.example")) == Outcome.UNKNOWN
    assert take(mail(MARIE)) == Outcome.UNKNOWN
    assert take(mail(f"REPLY+{reply.upper()}@{INBOUND.upper()}")) == Outcome.REPLY, "some servers change the case"


def test_an_office_can_fill_neither_our_store_nor_the_writers_mailbox(letter: UUID) -> None:
    outcomes = [take(mail(reply_address(letter), Message_ID=f"<{n}@ministry.example>")) for n in range(25)]
    assert outcomes.count(Outcome.REPLY) == len(kept()) == 20
    assert relays() == 5


def test_our_own_mail_that_comes_round_starts_nothing(letter: UUID) -> None:
    assert take(mail(reply_address(letter), From="letters@mail.postbag.example")) == Outcome.IGNORED
    assert kept() == []


def test_a_writer_who_has_withdrawn_gets_nothing(letter: UUID) -> None:
    with transaction():
        session().execute(text("UPDATE signatures SET state = 'withdrawn'"))
    assert take(mail(reply_address(letter))) == Outcome.IGNORED


def test_a_header_in_an_answer_cannot_become_one_of_ours(letter: UUID) -> None:
    raw = mail(reply_address(letter)).replace(
        b"Subject: Re: A place for everyone", b"Subject: =?utf-8?q?x=0D=0ABcc=3A_victim=40x.example?="
    )
    take(raw)
    claim = ledger.claimed(Lane.PEOPLE)
    assert b"\nBcc:" not in build(claim.envelope)
    assert "\n" not in kept()[0].subject


# Reports


def dsn(
    id_: UUID, action: str = "failed", status: str = "5.1.1", diagnostic: str = "smtp; 550 5.1.1 no such user"
) -> bytes:
    return f"""From: MAILER-DAEMON@mx.ministry.example
To: {return_path(id_)}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{action}-{status}@mx.ministry.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.ministry.example

Final-Recipient: rfc822; office@ministry.example
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--b
Content-Type: text/rfc822-headers

Subject: A place for everyone

--b--
""".encode()


@pytest.mark.parametrize(
    ("action", "status", "state", "note"),
    [
        ("failed", "5.1.1", State.BOUNCED, "there is no such mailbox (5.1.1)"),
        ("failed", "5.2.2", State.BOUNCED, "the mailbox is full (5.2.2)"),
        ("failed", "5.7.1", State.BOUNCED, "the receiver blocked it (5.7.1)"),
        ("delayed", "4.4.1", State.SENT, "the receiving server does not answer (4.4.1)"),
        ("delivered", "2.0.0", State.DELIVERED, None),
        ("relayed", "2.0.0", State.SENT, None),
    ],
)
def test_a_delivery_report_moves_its_letter(
    letter: UUID, action: str, status: str, state: State, note: str | None
) -> None:
    raw = dsn(letter, action, status, f"smtp; {status}")
    assert [take(raw), take(raw)] == [Outcome.RECEIPT] * 2
    assert (ledger.row(letter).state, ledger.row(letter).note) == (state, note)
    assert session().scalar(text("SELECT count(*) FROM receipts")) == 1
    assert "office@" not in str(session().scalar(text("SELECT string_agg(cast(r AS text), ' ') FROM receipts r")))


def test_a_report_to_another_address_bounces_nothing(letter: UUID) -> None:
    forged = dsn(letter).replace(return_path(letter).encode(), b"letters@mail.postbag.example")
    assert take(forged) == Outcome.UNKNOWN
    changed = return_path(letter)
    tag = changed.partition("+")[2][:36]
    forged = dsn(letter).replace(tag.encode(), (tag[:-4] + "aaaa").encode())
    assert take(forged) == Outcome.UNKNOWN
    assert ledger.row(letter).state == State.SENT


def test_the_envelopes_recipient_counts_where_the_head_says_nothing(letter: UUID) -> None:
    raw = dsn(letter).replace(f"To: {return_path(letter)}\n".encode(), b"")
    assert take(raw) == Outcome.UNKNOWN
    assert take(raw, return_path(letter)) == Outcome.RECEIPT


def test_a_bounce_in_words_alone_needs_a_mail_system_and_a_final_code(letter: UUID) -> None:
    words = "Your message could not be delivered: 550 5.1.1 unknown user"
    raw = mail(return_path(letter), words, From="postmaster@mx.ministry.example")
    assert take(raw) == Outcome.RECEIPT
    assert ledger.row(letter).state == State.BOUNCED
    raw = mail(return_path(letter), "It waits: 450 4.2.1", From="postmaster@mx.example", Message_ID="<2@x.example>")
    assert take(raw) == Outcome.IGNORED


def test_a_report_that_somebody_attaches_to_an_answer_is_no_report(letter: UUID) -> None:
    made = EmailMessage()
    made["From"], made["To"] = "cabinet@ministry.example", reply_address(letter)
    made.set_content("We got this.")
    made.add_attachment(dsn(letter).decode(), subtype="plain", filename="report.eml")
    assert take(made.as_bytes()) == Outcome.REPLY
    assert ledger.row(letter).state == State.SENT


HEADS = st.sampled_from(
    [
        "From",
        "To",
        "Subject",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Date",
        "Auto-Submitted",
        "Content-Disposition",
    ]
)
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            'multipart/mixed; boundary="b"',
            'multipart/report; boundary="b"',
            "message/delivery-status",
            "text/plain; charset=no-such",
            "base64",
            "uuencode",
            "=?utf-8?b?!!!?=",
            "=?x?q?=ff?=",
            "attachment; filename*=utf-9''%ff",
            "Mon, 99 Nov 99999 99:99:99 +9999",
        ]
    ),
)


@hypothesis_settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(heads=st.lists(st.tuples(HEADS, VALUES), min_size=1, max_size=6), body=st.binary(max_size=300))
def test_whatever_comes_in_is_read_or_refused_in_words(plain: Flask, heads: list[tuple[str, str]], body: bytes) -> None:
    lines = [f"{name}: {value}".encode("utf-8", "surrogatepass") for name, value in heads]
    raw = b"\n".join([*lines, b"", b"--b", b"Content-Type: message/delivery-status", b"", body, b"--b--", body])
    try:
        read = mailread.parse(raw)
    except Unreadable:
        return
    said, _cut = mailread.text(read)
    for value in (said, mailread.header(read, "Subject"), *mailread.attachments(read), *mailread.sender(read)):
        assert "\0" not in value
        value.encode()
    mailread.automatic(read)
    assert mailread.moment(read).tzinfo
    outbox.receipts.dsn.read(read, UUID(int=7))


def test_a_mail_of_a_thousand_boxes_in_boxes_is_refused() -> None:
    raw = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(1000))
    with pytest.raises(Unreadable):
        mailread.parse(b"From: a@b.example\n" + raw)
