"""The real resolver, against a name server of our own on loopback."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from campaign.doctor import resolver as resolving
from campaign.doctor.resolver import NoSuchName, SystemResolver, Unanswered, texts

RECORDS = {
    ("rivers.be.", "TXT"): ['"v=spf1 " "-all"', '"other"'],
    ("rivers.be.", "MX"): ["10 mx.rivers.be."],
    ("null.be.", "MX"): ["0 ."],
    ("here.be.", "A"): ["192.0.2.1"],
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answers from the table; `silent.be` gets no answer and `broken.be` a failure."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=serve, args=(sock,))
        thread.start()
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port = ["127.0.0.1"], sock.getsockname()[1]
        monkeypatch.setattr(dns.resolver, "Resolver", lambda: made)
        monkeypatch.setattr(resolving, "SECONDS", 60.0)  # a busy machine may keep both sides from their turn for long
        yield
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", sock.getsockname())
        thread.join()


def serve(sock: socket.socket) -> None:
    while (packet := sock.recvfrom(4096))[0] != b"end":
        query = dns.message.from_wire(packet[0])
        question = query.question[0]
        name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if name == "silent.be.":
            continue
        if name == "broken.be.":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif (name, kind) in RECORDS:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *RECORDS[name, kind]))
        elif name not in {known for known, _kind in RECORDS}:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        sock.sendto(answer.to_wire(), packet[1])


def test_texts_are_put_together_from_their_pieces(server: None) -> None:
    assert sorted(SystemResolver().txt("rivers.be")) == ["other", "v=spf1 -all"]


def test_hosts_for_mail_and_the_null_host(server: None) -> None:
    assert SystemResolver().mx("rivers.be") == ["mx.rivers.be"]
    assert SystemResolver().mx("null.be") == [""]


def test_a_name_without_such_a_record(server: None) -> None:
    assert SystemResolver().txt("here.be") == []


def test_a_name_that_is_not_there(server: None) -> None:
    with pytest.raises(NoSuchName):
        SystemResolver().txt("nobody.be")
    assert texts(SystemResolver(), "nobody.be") == []


def test_a_name_server_that_stays_silent(server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "SECONDS", 0.2)
    with pytest.raises(Unanswered, match="no answer in time"):
        SystemResolver().mx("silent.be")


@pytest.mark.parametrize(("name", "why"), [("broken.be", "the name servers fail"), ("a..be", "EmptyLabel")])
def test_no_verdict(server: None, name: str, why: str) -> None:
    with pytest.raises(Unanswered, match=why):
        SystemResolver().mx(name)
