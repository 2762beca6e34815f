"""P10: every page of the staff console on a campaign with 100,000 signatures and a register of 10,000 offices."""

import http.client
import time

from flask import Flask
from sqlalchemy import text

from bench.house import Place
from bench.plan import Plan
from bench.report import Line
from campaign import accounts
from campaign.accounts import Device, Role
from campaign.core.db import session, transaction
from campaign.crowd import crowd
from campaign.seed import SLUG
from campaign.web import audience
from tests.support import register

SIGNATURES = 100_000
OFFICES = 10_000
# What people look for there, and a late page of many.
SEARCHES = (
    f"/staff/campaigns/{SLUG}/signatures?q=peeters",
    f"/staff/campaigns/{SLUG}/signatures?source=newsletter",
    "/staff/search?q=marie",
    "/staff/register?q=muller+99",
    "/staff/register?q=seat&page=150",
    "/staff/register?state=vacant",
    "/staff/register/persons?q=zoe",
)
# So often each page is asked for; the first time is left out, as its templates are compiled then.
ASKED = 40
ASKED_SHORT = 5
LIMIT_MS = 150.0
# What they answer is no page.
FILES = (".csv", ".xlsx", ".json")


def run(plan: Plan) -> list[Line]:
    """One member of staff opens every page that needs no more than a campaign, again and again, in turn."""
    place = plan.house.place("staff", LOG_LEVEL="error")
    with place.app() as app:
        part = 1 if plan.rounds > 1 else 100
        _fill(SIGNATURES // part, OFFICES // part)
        cookie, paths = _sign_in(), [*_pages(app), *SEARCHES]
    place.run("ANALYZE")
    installation = place.installation()
    try:
        installation.web()
        found, broken = _ask(installation.port, cookie, paths, ASKED if plan.rounds > 1 else ASKED_SHORT)
    finally:
        installation.stop()
    return [_line(found, broken, place)]


def _fill(number: int, offices: int) -> None:
    with transaction():
        session().execute(text("SET LOCAL statement_timeout = '10min'"))
        crowd(SLUG, number)
    with transaction():
        home = accounts.ensure_organisation("demo", "Demonstration")
    register.many(home.id, offices)


def _sign_in() -> str:
    """The cookie of an owner."""
    with transaction():
        home = accounts.ensure_organisation("demo", "Demonstration")
        who, password = "bench@postbag.example", "a password for the bench"
        user = accounts.create_user(who, password, Role.OWNER, home, actor="bench")
        return f"staff={accounts.begin(user.id, home.id, Device())}"


def _pages(app: Flask) -> list[str]:
    """Every address of the console that is opened with nothing but a campaign."""
    found = []
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        who = audience.of(app, rule.endpoint)
        staff = who is not None and who.kind == "staff" and "GET" in (rule.methods or ())
        if staff and rule.arguments <= {"slug"} and not str(rule).endswith(FILES):
            found.append(adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, SLUG)))
    return sorted(found)


def _ask(port: int, cookie: str, paths: list[str], times: int) -> tuple[dict[str, list[float]], list[str]]:
    """Milliseconds of each page that answers with HTML, and what went wrong."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    found: dict[str, list[float]] = {}
    broken: dict[str, str] = {}
    for turn in range(times + 1):
        for path in paths:
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            took = 1000 * (time.perf_counter() - begun)
            if answer.status == 200 and answer.headers.get_content_type() == "text/html":
                found.setdefault(path, [])
                if turn:
                    found[path].append(took)
            elif answer.status >= 500:
                broken[path] = f"{path} answered {answer.status}"
    connection.close()
    return found, sorted(broken.values())


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


def _line(found: dict[str, list[float]], broken: list[str], place: Place) -> Line:
    late = {path: _p95(times) for path, times in found.items()}
    slowest = max(late, key=lambda path: late[path])
    there = place.number("SELECT count(*) FROM signatures WHERE state = 'confirmed'")
    offices = place.number("SELECT count(*) FROM posts")
    every = [took for times in found.values() for took in times]
    return Line(
        row="P10",
        what=f"{len(found)} staff pages, {there:,} signatures, {offices:,} offices",
        ours=f"p95 of all {_p95(every):.0f} ms; of the slowest, {slowest}, {late[slowest]:.0f} ms",
        against="none",
        theirs="-",
        figure=f"{late[slowest]:.0f} ms",
        target=f"p95 of each <= {LIMIT_MS:.0f} ms",
        met=late[slowest] <= LIMIT_MS,
        problems=broken,
        figures={path: round(value, 1) for path, value in late.items()},
    )
