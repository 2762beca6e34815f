"""What is over by itself goes: ended sessions, sign-ins that were never finished, guesses that no longer count."""

from campaign.accounts.guesses import forget_guesses
from campaign.accounts.sessions import forget_sessions
from campaign.accounts.sign_in import forget_halves


def purge() -> None:
    """Delete all that; safe to run twice and in any number of copies."""
    forget_sessions()
    forget_halves()
    forget_guesses()
