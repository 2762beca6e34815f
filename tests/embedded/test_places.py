"""Where the data may lie and who may start the servers: long and odd paths, closed folders, other users."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_help import NOBODY, ask, at_work_in, owner, refusal, socket_folder

from campaign import embedded

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become others")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="pb-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_long_odd_path_below_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data = closed / "with space, 'quote' & é" / ("long" * 50) / ("x" * 200) / ("y" * 200) / "data"
    with embedded.start(data, durable=False) as servers:
        assert ask(servers.database_url, "select 1") == [(1,)]
        assert closed.stat().st_mode & 0o777 == 0o700
        assert data.stat().st_mode & 0o077 == 0


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with embedded.start(Path("data"), durable=False):
        assert at_work_in(tmp_path / "data")


@as_root
def test_root_runs_the_servers_as_another_user_that_reaches_nothing_else(tmp_path: Path) -> None:
    with embedded.start(tmp_path, durable=False) as servers:
        for pid in (servers.postgres.pid, servers.valkey.pid):
            status = dict(
                line.split(":\t", 1)
                for line in Path(f"/proc/{pid}/status").read_text().splitlines()
                if ":\t" in line
            )
            assert set(status["Uid"].split()) == {str(NOBODY.pw_uid)}
            assert int(status["CapPrm"], 16) == 1 << 1  # CAP_DAC_OVERRIDE
            assert status["Groups"].split() == []


@as_root
def test_other_processes_of_that_user_can_neither_connect_nor_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with embedded.start(tmp_path, durable=False) as servers:
        folder = socket_folder(servers.database_url)
        for path in (
            folder / "valkey",
            folder / ".s.PGSQL.5432",
            tmp_path / "postgres" / "cluster" / "PG_VERSION",
        ):
            assert path.exists()
            done = subprocess.run(
                ["ls", path], capture_output=True, text=True, check=False,
                env={"LC_ALL": "C", "PATH": os.defpath},
                user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[],
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
    with embedded.start(data, durable=False):
        pass
    os.chown(data, daemon, daemon)
    assert "belongs to another user" in refusal(data, user=daemon)
    assert "Traceback" not in refusal(data, user=daemon)
