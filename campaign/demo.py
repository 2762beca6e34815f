"""`campaign demo`: everything on one machine, in one process group, on servers of its own."""

import os
import secrets
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import click
import flask_migrate
from sqlalchemy import func, select

from campaign import accounts, config, embedded
from campaign.accounts import Role, User
from campaign.app import create_app
from campaign.core import logs
from campaign.core.db import session, transaction
from campaign.core.ids import reference
from campaign.embedded import EmbeddedError
from campaign.outbox import Lane
from campaign.processes.interrupts import interruptible
from campaign.seed import seed
from campaign.supervise import Child, run

HOST = "127.0.0.1"
STAFF = "staff@postbag.example"
READY_EVERY = 0.2


def run_demo(port: int, data: Path) -> int:
    """Start everything, say where it is, and stay until asked to stop. Answers the exit code."""
    parent = os.getppid()
    for number in (port, port + 1):
        if not _free(number):
            click.echo(f'Port {number} is in use. Choose another: make demo ARGS="--port {number + 1000}"', err=True)
            return 1
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    try:
        with interruptible(), _servers(data) as urls:
            environment = {**os.environ, **_settings(port, data), **urls}
            password = _prepare(environment)
            threading.Thread(target=_announce, args=(port, data, password), daemon=True).start()
            return run(_children(port, environment), ends_with=parent)
    except EmbeddedError as error:
        click.echo(str(error), err=True)
        return 1


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except OSError:
        return False


@contextmanager
def _servers(data: Path) -> Iterator[dict[str, str]]:
    """The addresses of the servers: given ones, else our own for as long as the block lasts."""
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    if len(given) == 2:
        yield given
        return
    with embedded.start(data) as servers:
        yield {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url, **given}


def _settings(port: int, data: Path) -> dict[str, str]:
    """Settings of a demonstration: nothing can leave this machine."""
    return {
        "DEMO": "1",
        "SECRET_KEY": _kept_secret(data / "secret"),
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "LIVE_URL": f"http://{HOST}:{port + 1}",
        "MAIL_URL": f"maildir://{quote(str(data / 'mail'))}",
        "MAIL_FROM": "letters@mail.postbag.example",
        "DOMAIN_PACE": "600/minute",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "error"),
    }


def _kept_secret(path: Path) -> str:
    """The secret of this data folder, made at the first start, so that its links stay valid."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _prepare(environment: dict[str, str]) -> str:
    """Migrate, seed once, and make the staff login of this run; answers its password."""
    settings = config.load(environment)
    logs.setup("demo", settings.log_level)
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            seed()
        password = "-".join(reference() for _ in range(3))
        with transaction():
            _staff(password)
    return password


def _staff(password: str) -> None:
    if session().scalar(select(User.id).where(func.lower(User.email) == STAFF)):
        accounts.set_password(STAFF, password, actor="demo")
        accounts.factor.switch_off(accounts.user_of(STAFF).id, actor="demo")
        return
    home = accounts.ensure_organisation("demo", "Demonstration")
    accounts.create_user(STAFF, password, Role.OWNER, home, actor="demo")


def _children(port: int, environment: dict[str, str]) -> list[Child]:
    command = [sys.executable, "-m", "campaign"]
    parts = {
        "web": ["web", "--port", str(port)],
        "live": ["live", "--port", str(port + 1)],
        **{f"worker {lane.value}": ["worker", "--lane", lane.value] for lane in Lane},
        "scheduler": ["scheduler"],
    }
    return [Child(name, [*command, *arguments], environment) for name, arguments in parts.items()]


def _announce(port: int, data: Path, password: str) -> None:
    """Say where everything is, once the pages answer."""
    url = f"http://{HOST}:{port}"
    while not (_answers(f"{url}/healthz") and _answers(f"http://{HOST}:{port + 1}/healthz")):
        time.sleep(READY_EVERY)
    click.echo(
        f"""
Postbag demonstration

  Campaign   {url}/en/campaigns/shelter-is-the-law
  Live page  {url}/en/campaigns/shelter-is-the-law/live
  Mailbox    {url}/demo/mail
  Staff      {url}/staff/sign-in
             {STAFF}
             {password}

  Data and mail are in {data}
  Stop with Ctrl-C.
""",
    )
    sys.stdout.flush()
