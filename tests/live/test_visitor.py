"""Whose request it is, and how many streams they may have."""

from contextlib import ExitStack

import pytest

from campaign.live.failures import Unavailable
from campaign.live.room import Room
from campaign.live.visitor import has, network_of


def scope(*forwarded: str, client: str | None = "192.0.2.1") -> dict[str, object]:
    headers = [(b"host", b"x"), *((b"x-forwarded-for", value.encode()) for value in forwarded)]
    return {"headers": headers, "client": (client, 1234) if client else None}


@pytest.mark.parametrize(
    ("forwarded", "proxies", "network"),
    [
        (("203.0.113.9",), 0, "192.0.2.1"),
        ((), 1, "192.0.2.1"),
        (("203.0.113.9",), 1, "203.0.113.9"),
        (("6.6.6.6, 203.0.113.9",), 1, "203.0.113.9"),
        (("6.6.6.6", "203.0.113.9"), 1, "203.0.113.9"),
        (("6.6.6.6, 203.0.113.9, 198.51.100.2",), 2, "203.0.113.9"),
        (("203.0.113.9",), 2, "192.0.2.1"),
        (("2001:db8:1:2:3::4",), 1, "2001:db8:1:2::/64"),
        (("nonsense",), 1, "unknown"),
    ],
)
def test_the_network_is_what_our_outermost_proxy_saw(forwarded: tuple[str, ...], proxies: int, network: str) -> None:
    assert network_of(scope(*forwarded), proxies) == network


def test_a_request_without_an_address() -> None:
    assert network_of(scope(client=None), 0) == "unknown"


def test_tags() -> None:
    held = {"headers": [(b"if-none-match", b'W/"a", "b"')]}
    assert has(held, b'"a"')
    assert has(held, b'"b"')
    assert not has(held, b'"c"')
    assert not has({"headers": []}, b'"a"')


def test_places_are_given_back() -> None:
    room = Room(100)
    with ExitStack() as stack:
        for number in range(100):
            stack.enter_context(room.place(f"network {number}"))
        with pytest.raises(Unavailable), room.place("another"):
            pass
    assert (room.total, len(room._taken)) == (0, 0)


def test_one_network_takes_a_fiftieth_and_our_own_machine_all() -> None:
    room = Room(5000)
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(room.place("192.0.2.1"))
        with pytest.raises(Unavailable), room.place("192.0.2.1"):
            pass
        for _ in range(200):
            stack.enter_context(room.place("127.0.0.1"))
