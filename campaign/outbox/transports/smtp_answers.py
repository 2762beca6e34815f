"""What each thing that a mail server can do means for the letter and its lane: one table. docs/mail.md shows it."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from campaign.core.logs import clean
from campaign.outbox.answers import Answer, Later, Refused, Stopped, Unknown
from campaign.outbox.retry import FULL_SECONDS
from campaign.outbox.transports.smtp_trouble import Barred, Lost, Said, Stage, Trouble
from campaign.outbox.transports.smtp_words import MAILBOX_FULL, in_words

# The least to wait. What fails again waits longer each time, see `retry`.
REST_SECONDS = 5.0  # the server as a whole
WAIT_SECONDS = 60.0  # one letter
SAID_MAX = 200
SHORTEST = 3  # a private text of two letters stands in every other word


@dataclass(frozen=True)
class Way:
    """One of the five answers with its circumstances, and the words that the documentation has for it."""

    words: str
    answer: Callable[[str], Answer]


REST = Way("later, the lane rests, not counted", lambda why: Later(why, REST_SECONDS, lane=True, counted=False))
HALT = Way("later, the lane rests", lambda why: Later(why, REST_SECONDS, lane=True))
WAIT = Way("later", lambda why: Later(why, WAIT_SECONDS))
# Up to half a minute of a worker's time is gone: the next letter to this domain must not cost another one as much.
SILENT = Way("later, the domain rests", lambda why: Later(why, WAIT_SECONDS, silent=True))
FULL = Way("later, the mailbox rests for an hour, not counted", lambda why: Later(why, FULL_SECONDS, full=True))
REFUSE = Way("refused", Refused)
DEAD = Way("refused, the target is paused", lambda why: Refused(why, dead=True))
STOP = Way("stopped", Stopped)
UNSURE = Way("unknown, the domain rests", lambda why: Unknown(why, lane=False))


class Outcomes(NamedTuple):
    """For one stage: a 4xx, a 5xx, and no answer."""

    soft: Way
    hard: Way
    lost: Way


# Up to MAIL nothing was said about this letter: what fails would fail for all, and must not use up their attempts.
TABLE = {
    Stage.CONNECT: Outcomes(REST, STOP, REST),
    Stage.HELLO: Outcomes(REST, STOP, REST),
    Stage.TLS: Outcomes(REST, STOP, REST),
    Stage.LOGIN: Outcomes(REST, STOP, REST),
    Stage.MAIL: Outcomes(REST, STOP, REST),
    Stage.RCPT: Outcomes(WAIT, REFUSE, WAIT),
    Stage.DATA: Outcomes(WAIT, REFUSE, WAIT),
    Stage.DOT: Outcomes(WAIT, REFUSE, UNSURE),
}
ABOUT_THE_LETTER = (Stage.RCPT, Stage.DATA, Stage.DOT)
NO_RELAY = re.compile(
    r"relay(ing)?( access)? denied|relay(ing)? not (permitted|allowed)|unable to relay", re.IGNORECASE
)


@dataclass(frozen=True)
class Special:
    """A reply that means something else than its first digit, wherever the table would put it."""

    words: str
    holds: Callable[[Said], bool]
    way: Way


SPECIALS = (
    Special("421 up to MAIL", lambda said: said.code == 421 and said.stage not in ABOUT_THE_LETTER, REST),
    Special("421 from RCPT on", lambda said: said.code == 421, HALT),
    Special("530, 534, 535 or 538: log in or encrypt first", lambda said: said.code in (530, 534, 535, 538), STOP),
    Special(
        "552 or 5.3.4 to MAIL: this message is too large",
        lambda said: said.stage is Stage.MAIL and (said.code == 552 or said.status == "5.3.4"),
        REFUSE,
    ),
    Special(
        "5xx to RCPT that denies relaying: it does not know us",
        lambda said: said.code >= 500 and said.stage is Stage.RCPT and bool(NO_RELAY.search(said.words)),
        STOP,
    ),
    Special(
        "4.2.2, 5.2.2 or 452 to RCPT: the mailbox is full",
        lambda said: said.status in ("4.2.2", "5.2.2") or (said.code == 452 and said.stage is Stage.RCPT),
        FULL,
    ),
    # The other status codes say what they say: a quota of 4.7.1 is ours, not the mailbox's.
    Special(
        "from RCPT on, words such as: mailbox full, over quota, and no status that says something else",
        lambda said: (
            said.stage in ABOUT_THE_LETTER
            and said.status[2:] in ("", "0.0", "2.0")
            and bool(MAILBOX_FULL.search(said.words))
        ),
        FULL,
    ),
    Special(
        "5.1.1, 5.1.2, 5.1.6, 5.1.10 or 5.2.1 to RCPT: nobody is at this address",
        lambda said: said.stage is Stage.RCPT and said.status in ("5.1.1", "5.1.2", "5.1.6", "5.1.10", "5.2.1"),
        DEAD,
    ),
)


def answer(trouble: Trouble, private: Collection[str]) -> Answer:
    """Which of the five answers it is. The reason holds none of the `private` texts, and no address."""
    outcomes = TABLE[trouble.stage]
    if isinstance(trouble, Said):
        soft_or_hard = outcomes.soft if trouble.code < 500 else outcomes.hard
        way = next((special.way for special in SPECIALS if special.holds(trouble)), soft_or_hard)
        meaning = in_words(trouble.code, trouble.status)
        place = f"{trouble.stage} {trouble.code} {trouble.status}".strip()
        said = scrub(trouble.words, private)
        return way.answer(f"{meaning} ({place})" + (f": {said}" if said else ""))
    way = STOP if isinstance(trouble, Barred) else outcomes.lost
    if isinstance(trouble, Lost) and trouble.silent and way is WAIT:
        way = SILENT
    return way.answer(f"mail server: {scrub(trouble.words, private)} ({trouble.stage})")


def scrub(text: str, private: Collection[str]) -> str:
    """What a server said, without addresses, tokens, control characters and the `private` texts."""
    text = clean("".join(char if char.isprintable() else " " for char in text))
    words = sorted((word for word in private if len(word) >= SHORTEST), key=len, reverse=True)
    if words:
        text = re.sub("|".join(map(re.escape, words)), "[private]", text, flags=re.IGNORECASE)
    return text.strip()[:SAID_MAX]
