"""Addresses: what is one, what is the same mailbox, what belongs to one network."""

import pytest
from flask import Flask
from hypothesis import given, strategies as st

from campaign.core.addresses import BadAddress, network, parse
from tests.support.generated import QUICK


@pytest.mark.parametrize(
    ("written", "email", "canonical"),
    [
        ("Marie@Example.ORG", "Marie@example.org", "marie@example.org"),
        ("marie+news@example.org", "marie+news@example.org", "marie@example.org"),
        ("marie+a+b@example.org", "marie+a+b@example.org", "marie@example.org"),
        ("m.arie@example.org", "m.arie@example.org", "m.arie@example.org"),
        ("m.a.r.i.e+x@gmail.com", "m.a.r.i.e+x@gmail.com", "marie@gmail.com"),
        ("Ma.Rie@GoogleMail.com", "Ma.Rie@googlemail.com", "marie@gmail.com"),
        ("+tag@example.org", "+tag@example.org", "+tag@example.org"),
        ("marie@bücher.example", "marie@xn--bcher-kva.example", "marie@xn--bcher-kva.example"),
        ("marie@xn--bcher-kva.example", "marie@xn--bcher-kva.example", "marie@xn--bcher-kva.example"),
        ("marie@BÜCHER.example", "marie@xn--bcher-kva.example", "marie@xn--bcher-kva.example"),
        ("o'neill@example.org", "o'neill@example.org", "o'neill@example.org"),
    ],
)
def test_a_mailbox_has_one_canonical_form(plain: Flask, written: str, email: str, canonical: str) -> None:
    address = parse(written)
    assert (address.email, address.canonical) == (email, canonical)
    assert address.domain == email.partition("@")[2]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "marie", "@example.org", "marie@", "marie@@example.org", "a@b@example.org", "marie@localhost",
        "marie@[::1]",
        "marie@[127.0.0.1]", "marie@127.0.0.1", "Marie <marie@example.org>", '"a b"@example.org', ".marie@example.org",
        "marie.@example.org", "ma..rie@example.org", "marie@example", "marie@-a.example", "marie@a_b.example",
        "marie@example.org.", "marie@exam ple.org", "ma rie@example.org", "marie@example.org\nBcc: v@x.y",
        "marie\x00@example.org",
        "marie@example.org,ann@example.org", "marie@example.org;ann@example.org", "mailto:marie@example.org",
        "ａ@example.org",
        "=?utf-8?q?a?=@example.org\r\n", "marie\u202e@example.org", "marie@" + "a" * 64 + ".example",
        "marie@example.org\ud800", "\ud800@example.org", "()<>[]:,;@\\@example.org",
    ],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_address_is_refused_with_words(plain: Flask, text: str) -> None:
    with pytest.raises(BadAddress) as caught:
        parse(text)
    assert caught.value.words.endswith(".")


def test_254_characters_are_an_address_and_255_are_not(plain: Flask) -> None:
    domain = ".".join(["a" * 61] * 3) + ".org"
    local = "x" * (254 - 1 - len(domain))
    assert len(f"{local}@{domain}") == 254
    assert parse(f"{local}@{domain}").email == f"{local}@{domain}"
    with pytest.raises(BadAddress):
        parse(f"{local}x@{domain}")


def test_the_length_counts_as_it_goes_over_the_wire(plain: Flask) -> None:
    """An address of 100 letters may be one of 300 in ASCII."""
    with pytest.raises(BadAddress):
        parse("m" * 60 + "@" + ".".join(["ü" * 30] * 6) + ".example")


def test_one_mailbox_has_one_hash_and_it_is_keyed(plain: Flask) -> None:
    hashes = {parse(text).hash for text in ("ann@gmail.com", "A.n.n@gmail.com", "ann+1@googlemail.com")}
    assert len(hashes) == 1
    assert len(hashes.pop()) == 32
    assert parse("ann@gmail.com").hash != parse("bob@gmail.com").hash


def test_a_thousand_spellings_of_fifty_mailboxes_are_fifty(plain: Flask) -> None:
    written = []
    for person in range(50):
        for n in range(20):
            local = f"per.son{person}" if n % 2 else f"p.erson{person}"
            domain = "gmail.com" if n % 3 else "GoogleMail.com"
            written.append(f"{local if n % 5 else local.upper()}+{n}@{domain}")
    assert len({parse(text).hash for text in written}) == 50


@QUICK
@given(st.emails())
def test_whatever_is_accepted_is_ascii_and_parses_to_itself(plain: Flask, text: str) -> None:
    try:
        address = parse(text)
    except BadAddress:
        return
    assert address.email.isascii()
    assert len(address.email) <= 254
    assert parse(address.email).canonical == address.canonical
    assert address.canonical == address.canonical.lower()


@pytest.mark.parametrize(
    ("remote", "found"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "unknown"),
        ("1.2.3.4, 5.6.7.8", "unknown"),
    ],
)
def test_a_network_is_one_ipv4_address_or_one_ipv6_subnet(remote: str | None, found: str) -> None:
    assert network(remote) == found
