"""The embedded servers as their users see them: addresses, settings, persistence, hooks for fault tests."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from campaign import embedded
from tests.embedded.help import ask, at_work_in, socket_folder, valkey


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def servers(data: Path) -> Iterator[embedded.Servers]:
    with embedded.start(data, durable=True) as running:
        yield running


def test_sqlalchemy_reaches_the_database(servers: embedded.Servers) -> None:
    engine = sa.create_engine(servers.database_url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("select current_database()")) == "campaign"
    engine.dispose()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TimeZone", "UTC"), ("server_encoding", "UTF8"), ("lc_collate", "C"), ("synchronous_commit", "on"),
        ("fsync", "on"),
        ("full_page_writes", "on"), ("max_connections", "200"), ("listen_addresses", ""),
    ],
)  # fmt: skip
def test_postgres_settings(servers: embedded.Servers, setting: str, value: str) -> None:
    assert ask(servers.database_url, f"select current_setting('{setting}', true)") in ([(value,)], [(None,)])


def test_text_is_unicode_and_sorts_the_same_everywhere(servers: embedded.Servers) -> None:
    query = "select datlocprovider, datlocale, upper('é') from pg_database where datname = 'campaign'"
    assert ask(servers.database_url, query) == [("b", "C.UTF-8", "É")]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("appendonly", "yes"), ("appendfsync", "everysec"), ("maxmemory-policy", "noeviction"), ("port", "0")],
)
def test_valkey_settings(servers: embedded.Servers, setting: str, value: str) -> None:
    with valkey(servers.redis_url) as client:
        assert client.config_get(setting) == {setting: value}


def test_servers_are_our_children_in_our_group(servers: embedded.Servers) -> None:
    for server in (servers.postgres, servers.valkey):
        assert os.getpgid(server.pid) == os.getpgid(0)
        parent = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()[1]
        assert int(parent) == os.getpid()


def test_the_sockets_are_in_a_short_folder_of_ours_alone(servers: embedded.Servers) -> None:
    folder = socket_folder(servers.database_url)
    assert folder.stat().st_uid == os.geteuid()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(str(folder)) < 30


def test_data_outlive_a_stop_and_nothing_else_does(tmp_path: Path) -> None:
    unfinished = tmp_path / "postgres" / "postbag-unfinished"
    unfinished.mkdir(parents=True)
    with embedded.start(tmp_path, durable=False) as servers:
        assert not unfinished.exists()
        ask(servers.database_url, "create table kept as select 7 as number")
        with valkey(servers.redis_url) as client:
            client.set("kept", "7")
        assert len(at_work_in(tmp_path)) > 2
    assert at_work_in(tmp_path) == set()
    assert not socket_folder(servers.database_url).exists()
    with embedded.start(tmp_path, durable=False) as servers:
        assert ask(servers.database_url, "select number from kept") == [(7,)]
        with valkey(servers.redis_url) as client:
            assert client.get("kept") == "7"


def test_postgres_killed_and_started_again(servers: embedded.Servers) -> None:
    url = servers.database_url
    ask(url, "create table if not exists survives as select 1 as number")
    servers.postgres.kill()
    assert not servers.postgres.running
    with pytest.raises(psycopg.OperationalError):
        ask(url, "select 1")
    servers.postgres.start()
    assert ask(url, "select number from survives") == [(1,)]
    assert servers.database_url == url


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgres_restarted(servers: embedded.Servers, mode: str) -> None:
    before = servers.postgres.pid
    ask(servers.database_url, "create table if not exists restarted as select 1 as number")
    servers.postgres.restart(mode)  # type: ignore[arg-type]
    assert servers.postgres.pid not in {0, before}
    assert ask(servers.database_url, "select number from restarted") == [(1,)]


def test_valkey_killed_started_and_flushed(servers: embedded.Servers) -> None:
    with valkey(servers.redis_url) as client:
        client.set("a", "1")
    servers.valkey.kill()
    assert not servers.valkey.running
    servers.valkey.start()
    with valkey(servers.redis_url) as client:
        assert client.get("a") == "1"
        servers.valkey.flush()
        assert client.get("a") is None


def test_a_server_started_by_a_passing_thread_stays(servers: embedded.Servers) -> None:
    thread = threading.Thread(target=servers.postgres.restart)
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert servers.postgres.running
    assert ask(servers.database_url, "select 1") == [(1,)]


def test_a_second_start_in_this_process_is_refused(data: Path, servers: embedded.Servers) -> None:
    with pytest.raises(embedded.InUseError, match="in use"):
        embedded.start(data)
    assert ask(servers.database_url, "select 1") == [(1,)]


def test_a_failed_start_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "cluster").mkdir(parents=True)
    with pytest.raises(embedded.EmbeddedError, match="could not access the server configuration file"):
        embedded.start(tmp_path)
    assert at_work_in(tmp_path) == set()
    sockets = Path((tmp_path / "servers.lock").read_text().strip())
    assert sockets.name.startswith("postbag-")
    assert not sockets.exists()
