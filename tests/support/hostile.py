"""Strings that try to become headers, commands or other people's names; the same ones each time."""

import random

EXPLOIT = "=?utf-8?q?Ann=0D=0ABcc=3A_v=40x.y?="
BREAKS = ["\r\n", "\n", "\r", "\r\n\r\n", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\t", "\x1b[2J"]
UNSEEN = ["\ud800", "\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\u00ad", "\u061c", "\u2060"]
ENCODED = [EXPLOIT, "=?utf-8?b?QQ0KQmNjOiB2QHgueQ==?=", "=?iso-8859-1?q?=0A?=", "=?", "?=", "=0D=0A", "%0d%0a", "&#10;"]
HEADERS = [
    "Bcc: v@x.y",
    "Subject: other",
    "From: boss@gov.example",
    "Content-Type: text/html",
    "MIME-Version: 2",
    "X: ",
]
COMMANDS = ["\r\n.\r\n", "RCPT TO:<v@x.y>", "DATA", "QUIT", "<html>", "--=_0123456789abcdef--", "\\r\\n"]
MARKS = ["<v@x.y>", "boss@gov.example", "(c)", *',;:"\\()<>[]@=?_.', '\\"', "..", "=_", "-- "]
LENGTHS = [" ", "  ", " " * 90, "\u00a0", "\u3000", "a" * 90, "é" * 40, "x " * 50]
PIECES = [*BREAKS, *UNSEEN, *ENCODED, *HEADERS, *COMMANDS, *MARKS, *LENGTHS]
SCRIPTS = [
    "Ann",
    "Marie Peeters",
    "Ærøskøbing",
    "Ποσειδών",
    "漢字かな",
    "Дмитрий",
    "מרים",
    "مريم",
    "🙂",
    "e\u0301",
    "ﬁ",
]
PLAIN = [*SCRIPTS, "O'Brien", "d’Ursel", "Peeters, M.", 'the "Minister"', "A/B", "100%", "a & b", "#1", "c++", "né(e)"]


def strings(count: int, seed: int = 1) -> list[str]:
    """So many, different from one another: some hold no attack at all and must arrive, most hold several."""
    lots = random.Random(seed)
    found: dict[str, None] = dict.fromkeys([*PIECES, *PLAIN])
    while len(found) < count:
        pieces = PLAIN if lots.random() < 0.35 else PIECES + PLAIN
        joint = lots.choice(["", " "])
        found[joint.join(lots.choice(pieces) for _ in range(lots.randint(1, 6)))] = None
    return list(found)[:count]
