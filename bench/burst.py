"""One supporter whose browser sends the same thing sixteen times at once."""

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bench.house import Place
from bench.http import Answer, parse
from bench.letterbox import open_box
from bench.report import Line
from bench.visitors import Ask, Site, Visit, sign

TIMES = 16
EMAIL = "v1.burst@example.org"


def sixteen(place: Place, port: int) -> Line:
    """The form, then the confirmation, each sixteen times at once: one signature, one mail, one set of letters."""
    site = Site(f"127.0.0.1:{port}", "burst")
    form = _form(sign(site, 1), port)
    before = place.number("SELECT count(*) FROM letters")
    mails = place.number("SELECT count(*) FROM outbox_messages WHERE lane = 'people'")
    answers = _at_once(port, form)
    found = {
        "signatures": place.number("SELECT count(*) FROM signatures WHERE state = 'pending'"),
        "mails": place.number("SELECT count(*) FROM outbox_messages WHERE lane = 'people'") - mails,
    }
    link = open_box("ledger", place.env).look()[EMAIL]
    answers += _at_once(port, site.browser.post(link, {}))
    found["letters"] = place.number("SELECT count(*) FROM letters") - before
    offices = place.number("SELECT count(*) FROM campaign_targets")
    right = found == {"signatures": 1, "mails": 1, "letters": offices} and {one.status for one in answers} == {303}
    return Line(
        row="P3b",
        what=f"{TIMES} identical POSTs at once, then {TIMES} confirmations",
        ours=", ".join(f"{count} {name}" for name, count in found.items()),
        against="none",
        theirs="-",
        figure=f"{sum(one.status == 303 for one in answers)} of {len(answers)} answered as one",
        target=f"1 signature, 1 mail, {offices} letters",
        met=right,
        problems=[] if right else [f"{found}, {sorted({one.status for one in answers})}"],
    )


def ask(port: int, data: bytes) -> Answer:
    """One request over a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        return _exchange(connection, data)


def _form(visit: Visit, port: int) -> bytes:
    """The POST that a visit arrives at: the first request is answered, the second is not sent."""
    first = next(visit)
    assert isinstance(first, Ask)
    second = visit.send(ask(port, first.data))
    assert isinstance(second, Ask)
    return second.data


def _at_once(port: int, data: bytes) -> list[Answer]:
    start = Barrier(TIMES)

    def one(_number: int) -> Answer:
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            start.wait(20)
            return _exchange(connection, data)

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(one, range(TIMES)))


def _exchange(connection: socket.socket, data: bytes) -> Answer:
    connection.sendall(data)
    received = b""
    while (answer := parse(received)) is None:
        part = connection.recv(262_144)
        if not part:
            raise ConnectionError("hung up")
        received += part
    return answer
