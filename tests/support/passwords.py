"""Passwords that cost little, for tests that are about something else."""

import pytest
from argon2 import PasswordHasher

from campaign.accounts import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the least work that argon2 knows."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP)
    monkeypatch.setattr(passwords, "_NOBODY", CHEAP.hash("nobody has this password"))
