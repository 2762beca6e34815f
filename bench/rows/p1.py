"""P1: one signature POST with everything on, against a bare Flask site that writes the same rows."""

from bench.pair import compare, p95, pair, problems, rate, said
from bench.plan import Plan
from bench.report import Line

ROWS = {"signatures": 1, "letter_texts": 1, "consents": 1, "outbox_messages": 1}


def run(plan: Plan) -> list[Line]:
    """Sixteen connections, each with one supporter after another."""
    with pair(plan) as sides:
        found = compare(plan, sides, "sign", mail=False)
        wrong = problems(sides, found, ROWS)
    ours, bare = rate(found["ours"]), rate(found["bare"])
    late = p95(found["ours"])
    return [
        Line(
            row="P1",
            what="sign POST, 16 connections",
            ours=said(found["ours"]),
            against="bare Flask and psycopg",
            theirs=said(found["bare"]),
            figure=f"{ours / bare:.2f}",
            target=">= 0.5, p95 <= 60 ms",
            met=ours / bare >= 0.5 and late <= 60,
            problems=wrong,
        )
    ]
