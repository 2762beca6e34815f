"""P3: the whole journey, page to thanks, against a bare Flask site that writes the same rows."""

from bench.pair import compare, pair, problems, rate, said
from bench.plan import Plan
from bench.report import Line

ROWS = {
    "signatures WHERE state = 'confirmed'": 1,
    "signatures": 1,
    "consents": 2,
    "letters": 2,
    "outbox_messages": 3,
}


def run(plan: Plan) -> list[Line]:
    """Page GET, sign POST, confirm GET and POST, two letters; both sides' links are taken from the ledger."""
    with pair(plan) as sides:
        found = compare(plan, sides, "journey", mail=True)
        wrong = problems(sides, found, ROWS)
    ours, bare = rate(found["ours"]), rate(found["bare"])
    return [
        Line(
            row="P3",
            what="whole journey, 16 connections",
            ours=said(found["ours"]),
            against="bare Flask and psycopg",
            theirs=said(found["bare"]),
            figure=f"{ours / bare:.2f}",
            target=">= 0.5",
            met=ours / bare >= 0.5,
            problems=wrong,
        )
    ]
