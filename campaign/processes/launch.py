"""Turns into another program that ends when its parent does, as another user if asked.

Run by its path under `python -I -S`, before anything of ours can be imported: standard library only.
The death signal is set here, in the child, after the change of user, because that change clears it.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

# Linux: sys/prctl.h, linux/capability.h
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_SET_SECUREBITS = 28
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Account:
    """The user and group that a program runs as."""

    uid: int
    gid: int


def command(argv: Sequence[str], death_signal: signal.Signals, account: Account | None = None) -> list[str]:
    """Return the command that runs `argv` as a child of this process which gets `death_signal` when we die.

    Linux watches the thread that starts the child, not the process: start it from a thread that stays.
    Elsewhere than on Linux the child is started plainly, as ourselves.
    """
    if sys.platform != "linux":
        return list(argv)
    who = f"{account.uid}:{account.gid}" if account else "-"
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(death_signal)), who, *argv]


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySet(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


def _prctl(option: int, value: int, extra: int = 0) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = [ctypes.c_ulong(number) for number in (value, extra, 0, 0)]
    if libc.prctl(ctypes.c_int(option), *arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}, {value}): {os.strerror(number)}")


def _keep_only(capability: int) -> None:
    """Keep one capability over the coming exec and drop all others."""
    libc = ctypes.CDLL(None, use_errno=True)
    bit = 1 << capability
    sets = (_CapabilitySet * 2)(_CapabilitySet(bit, bit, bit), _CapabilitySet(0, 0, 0))
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    if libc.capset(ctypes.byref(header), sets) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"capset: {os.strerror(number)}")
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)


def _become(account: Account) -> None:
    with suppress(PermissionError):
        # Without it access(2), by which PostgreSQL looks for its own program, overlooks capabilities.
        _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)
    _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(account.gid, account.gid, account.gid)
    os.setresuid(account.uid, account.uid, account.uid)
    # Program and data may lie below folders that only root may enter; their modes are not ours to change.
    _keep_only(_CAP_DAC_OVERRIDE)


def main(arguments: Sequence[str]) -> None:
    """Replace this process by the program named in `arguments` (as laid out by `command`)."""
    parent, death_signal, who, *argv = arguments
    # Python's own ways with these would be inherited.
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    if who != "-":
        uid, gid = who.split(":")
        _become(Account(int(uid), int(gid)))
    _prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != int(parent):
        sys.exit("the process that started this one has ended")
    os.execvp(argv[0], argv)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.exit(f"{sys.argv[4]}: {error}")
