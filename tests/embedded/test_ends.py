"""However the owner ends, its servers end too; what a killed one leaves does not stop the next."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from embedded_help import NOBODY, alive, ask, at_work_in, owner, refusal, soon

from campaign import embedded

# What root may do in a usual container: no look at other users' processes.
_CONTAINER = (
    "setpriv", "--bounding-set",
    "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service",
)  # fmt: skip


def test_a_killed_owner_takes_its_servers_along(tmp_path: Path) -> None:
    with owner(tmp_path) as first:
        ask(str(first.facts["database"]), "create table kept as select 1 as number")
        first.kill()
        assert soon(lambda: not at_work_in(tmp_path), 5)
        assert first.sockets.exists()
        with embedded.start(tmp_path, durable=False) as servers:
            assert ask(servers.database_url, "select number from kept") == [(1,)]
            assert not first.sockets.exists()


def test_what_a_killed_owner_left_running_is_ended(tmp_path: Path) -> None:
    prefix = _CONTAINER if os.geteuid() == 0 and shutil.which("setpriv") else ()
    with owner(tmp_path, prefix=prefix) as first:
        ask(str(first.facts["database"]), "create table kept as select 1 as number")
        frozen = at_work_in(tmp_path)
        for pid in frozen:  # so they cannot obey the signal that the owner's death sends
            os.kill(pid, signal.SIGSTOP)
        first.kill()
        assert any(alive(pid) for pid in frozen)
        with owner(tmp_path, prefix=prefix) as second:
            assert not any(alive(pid) for pid in frozen)
            assert ask(str(second.facts["database"]), "select number from kept") == [(1,)]


def test_another_program_that_names_the_sockets_is_left_alone(tmp_path: Path) -> None:
    with owner(tmp_path) as first:
        stranger = subprocess.Popen(["tail", "-f", "/dev/null", "--", str(first.sockets)], cwd=tmp_path)
        first.kill()
        with embedded.start(tmp_path, durable=False):
            assert stranger.poll() is None
        stranger.kill()
        stranger.wait()


def test_a_number_in_the_pid_file_that_is_another_program_now(tmp_path: Path) -> None:
    with owner(tmp_path) as first:
        first.kill()
        assert soon(lambda: not at_work_in(tmp_path))
    who = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "30"], **who) as stranger:  # type: ignore[call-overload]
        pid_file = tmp_path / "postgres" / "cluster" / "postmaster.pid"
        lines = (str(stranger.pid), str(pid_file.parent), "1700000000", "5432", "/tmp", "", "1 1", "ready")
        pid_file.write_text("\n".join(lines))
        with embedded.start(tmp_path, durable=False) as servers:
            assert ask(servers.database_url, "select 1") == [(1,)]
        assert stranger.poll() is None
        stranger.kill()


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    with owner(tmp_path) as first:
        said = refusal(tmp_path)
        assert "in use" in said
        assert "Traceback" not in said
        assert ask(str(first.facts["database"]), "select 1") == [(1,)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_whole_group_ends_all_quietly(tmp_path: Path, number: signal.Signals) -> None:
    with owner(tmp_path) as first:
        assert first.facts["group"] == first.process.pid
        os.killpg(first.process.pid, number)
        _, said = first.process.communicate(timeout=10)
        assert first.process.returncode == 0
        assert said == ""
        assert at_work_in(tmp_path) == set()
        assert not first.sockets.exists()


def test_repeated_signals_do_not_disturb_the_end(tmp_path: Path) -> None:
    with owner(tmp_path) as first:
        for _ in range(20):
            first.process.send_signal(signal.SIGTERM)
        _, said = first.process.communicate(timeout=10)
        assert (first.process.returncode, said) == (0, "")
        assert at_work_in(tmp_path) == set()
