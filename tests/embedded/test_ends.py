"""However the owner ends, its servers end too; what a killed one leaves does not stop the next."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from campaign import embedded
from tests.embedded.help import NOBODY, alive, ask, at_work_in, owner, refusal, soon

# What root may do in a usual container: no look at other users' processes.
_CONTAINER = (
    "setpriv", "--bounding-set",
    "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service",
)  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all: each test must leave it fit for the next."""
    return tmp_path_factory.mktemp("data")


def test_a_killed_owner_takes_its_servers_along(data: Path) -> None:
    with owner(data) as first:
        ask(str(first.facts["database"]), "create table if not exists kept as select 1 as number")
        first.kill()
        assert soon(lambda: not at_work_in(data), 20)
        assert first.sockets.exists()
        with embedded.start(data, durable=False) as servers:
            assert ask(servers.database_url, "select number from kept") == [(1,)]
            assert not first.sockets.exists()


def test_what_a_killed_owner_left_running_is_ended(data: Path) -> None:
    prefix = _CONTAINER if os.geteuid() == 0 and shutil.which("setpriv") else ()
    with owner(data, prefix=prefix) as first:
        ask(str(first.facts["database"]), "create table if not exists kept as select 1 as number")
        frozen = at_work_in(data)
        for pid in frozen:  # so they cannot obey the signal that the owner's death sends
            with contextlib.suppress(ProcessLookupError):  # PostgreSQL's own come and go
                os.kill(pid, signal.SIGSTOP)
        first.kill()
        assert any(alive(pid) for pid in frozen)
        with owner(data, prefix=prefix) as second:
            assert not any(alive(pid) for pid in frozen)
            assert ask(str(second.facts["database"]), "select number from kept") == [(1,)]


def test_another_program_that_names_the_sockets_is_left_alone(data: Path) -> None:
    with owner(data) as first:
        stranger = subprocess.Popen(["tail", "-f", "/dev/null", "--", str(first.sockets)], cwd=data)
        first.kill()
        with embedded.start(data, durable=False):
            assert stranger.poll() is None
        stranger.kill()
        stranger.wait()


def test_a_number_in_the_pid_file_that_is_another_program_now(data: Path) -> None:
    with owner(data) as first:
        first.kill()
        assert soon(lambda: not at_work_in(data))
    who = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "30"], **who) as stranger:  # type: ignore[call-overload]
        pid_file = data / "postgres" / "cluster" / "postmaster.pid"
        lines = (str(stranger.pid), str(pid_file.parent), "1700000000", "5432", "/tmp", "", "1 1", "ready")
        pid_file.write_text("\n".join(lines))
        with embedded.start(data, durable=False) as servers:
            assert ask(servers.database_url, "select 1") == [(1,)]
        assert stranger.poll() is None
        stranger.kill()


def test_a_second_process_is_refused(data: Path) -> None:
    with owner(data) as first:
        said = refusal(data)
        assert "in use" in said
        assert "Traceback" not in said
        assert ask(str(first.facts["database"]), "select 1") == [(1,)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_whole_group_ends_all_quietly(data: Path, number: signal.Signals) -> None:
    with owner(data) as first:
        assert first.facts["group"] == first.process.pid
        os.killpg(first.process.pid, number)
        _, said = first.process.communicate(timeout=10)
        assert first.process.returncode == 0
        assert said == ""
        assert at_work_in(data) == set()
        assert not first.sockets.exists()


def test_a_signal_while_stopping_does_not_disturb_the_end(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with embedded.start(data, durable=False) as servers:
        stop = servers.postgres.stop

        def stop_and_be_asked_again() -> None:
            os.kill(os.getpid(), signal.SIGINT)
            stop()

        monkeypatch.setattr(servers.postgres, "stop", stop_and_be_asked_again)
    assert at_work_in(data) == set()


def test_repeated_signals_do_not_disturb_the_end(data: Path) -> None:
    with owner(data) as first:
        for _ in range(20):
            first.process.send_signal(signal.SIGTERM)
        _, said = first.process.communicate(timeout=10)
        assert (first.process.returncode, said) == (0, "")
        assert at_work_in(data) == set()
