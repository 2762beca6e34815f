"""Passwords that cost little, for tests that are about something else."""

import pytest
from argon2 import PasswordHasher

from campaign.accounts import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOBODY = CHEAP.hash("nobody has this password")
REAL = PasswordHasher(), passwords._NOBODY


def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the work of a real installation."""
    monkeypatch.setattr(passwords, "_hasher", REAL[0])
    monkeypatch.setattr(passwords, "_NOBODY", REAL[1])
