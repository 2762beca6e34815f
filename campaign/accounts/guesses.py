"""How often a password or a code may be tried. Counted in the database, so that it holds without Redis."""

from datetime import timedelta

from sqlalchemy import CursorResult, delete, func, select

from campaign.accounts.models import Guess
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.tokens import keyed_hash

# Per account and network, and per account over all networks: nobody else's guesses lock an account for ever.
NEAR, NEAR_SPAN = 10, timedelta(minutes=15)
ALL, ALL_SPAN = 50, timedelta(hours=1)


def allow(account: str, network: str, *, near: int = NEAR, most: int = ALL) -> bool:
    """Whether one more guess may be evaluated; counts it if so.

    `account` is what was typed or `factor:<id>`, known or not. Commit before evaluating: guesses of one account wait
    for one another here, and evaluating takes long.
    """
    name, place = _hashes(account, network)
    session().execute(select(func.pg_advisory_xact_lock(int.from_bytes(name[:8], signed=True))))
    at = now()
    mine = (Guess.account == name, Guess.at > at - ALL_SPAN)
    here = func.count().filter(Guess.network == place, Guess.at > at - NEAR_SPAN)
    lately, ever = session().execute(select(here, func.count()).where(*mine)).one()
    if lately >= near or ever >= most:
        return False
    session().add(Guess(account=name, network=place, at=at))
    session().flush()
    return True


def right(account: str, network: str) -> None:
    """The last guess was right: what this network guessed before no longer counts."""
    name, place = _hashes(account, network)
    session().execute(delete(Guess).where(Guess.account == name, Guess.network == place))


def forget_guesses() -> int:
    """Delete what no longer counts; answers how many."""
    done = session().execute(delete(Guess).where(Guess.at <= now() - ALL_SPAN))
    return done.rowcount if isinstance(done, CursorResult) else 0


def _hashes(account: str, network: str) -> tuple[bytes, bytes]:
    return keyed_hash("guess account", account.strip().lower()), keyed_hash("guess network", network)
