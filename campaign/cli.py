"""The `campaign` command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import flask_migrate
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from campaign import __version__, accounts, config
from campaign.accounts import Role
from campaign.app import create_app
from campaign.config import SettingsError
from campaign.core import audit, logs
from campaign.core.addresses import parse
from campaign.core.db import after_commit, session, transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import CODES
from campaign.core.ids import reference
from campaign.core.queue import ring
from campaign.crowd import crowd
from campaign.demo import run_demo
from campaign.doctor import Status, as_json, as_text, examine, unread, worst
from campaign.jobs import post, schedule, worker
from campaign.jobs.drain import drain
from campaign.live import serve as serve_live
from campaign.outbox import Lane, pauses, receipts as _receipts, reopen
from campaign.replies import BYTES_MAX
from campaign.seed import SLUG as DEMO, seed as plant
from campaign.supervise import Child, run as supervise
from campaign.web import audience
from campaign.web.serve import serve as serve_web


def main() -> None:
    """Run the command; settings that are wrong are listed, not raised."""
    try:
        cli()
    except SettingsError as error:
        click.echo("These settings need attention:", err=True)
        for problem in error.problems:
            click.echo(f"  {problem}", err=True)
        sys.exit(2)


@click.group()
@click.version_option(__version__)
def cli() -> None:
    """Postbag: advocacy campaigns with letters that arrive."""


def _app(process: str) -> Flask:
    settings = config.load()
    logs.setup(process, settings.log_level)
    return create_app(settings)


@cli.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65534))
@click.option("--data", default="data/demo", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def demo(port: int, data: Path) -> None:
    """Run everything on this machine, with a demonstration campaign."""
    sys.exit(run_demo(port, data))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=1, show_default=True)
@click.option("--threads", default=16, show_default=True)
def web(host: str, port: int, processes: int, threads: int) -> None:
    """Serve the pages."""
    config.load()  # here, so that a wrong setting is said once and not by every process
    serve_web(host, port, processes, threads)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
def live(host: str, port: int) -> None:
    """Serve the live counter."""
    try:
        serve_live(_app("live"), host, port)
    except OSError as error:
        raise click.ClickException(f"Port {port} cannot be used: {error.strerror}") from error


@cli.command("worker")
@click.option("--lane", type=click.Choice([lane.value for lane in Lane]), help="only this lane; all where left out")
def work(lane: str | None) -> None:
    """Send what is in the outbox."""
    if lane:
        worker.run(_app("worker"), Lane(lane))
        return
    config.load()
    command = [sys.executable, "-m", "campaign", "worker", "--lane"]
    sys.exit(supervise([Child(f"worker {one.value}", [*command, one.value]) for one in Lane]))


@cli.command()
def scheduler() -> None:
    """Ring for what is due, open and close campaigns, purge, recount."""
    schedule.run(_app("scheduler"))


@cli.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database to this version."""
    with _app("cli").app_context():
        flask_migrate.upgrade()


@db.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration for what changed in the models (for developers)."""
    with _app("cli").app_context():
        flask_migrate.migrate(message=message)


@cli.command()
@click.option(
    "--signatures", default=0, type=click.IntRange(0, 10_000_000), help="add so many made-up ones, with letters"
)
def seed(signatures: int) -> None:
    """Add the demonstration campaign, once."""
    with _app("cli").app_context(), transaction():
        added = plant()
        if signatures:
            session().execute(text("SET LOCAL statement_timeout = '10min'"))
            crowd(DEMO, signatures)
    click.echo("Added the demonstration campaign." if added else "The demonstration campaign is there already.")
    if signatures:
        click.echo(f"Added {signatures:,} made-up signatures with their letters.")


@cli.group()
def staff() -> None:
    """People who work with campaigns."""


a_role = click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
an_organisation = click.option("--organisation", default="default", show_default=True, help="key of the organisation")
from_stdin = click.option("--password-stdin", is_flag=True, help="read the password instead of making one")


@contextmanager
def _at_work() -> Iterator[Flask]:
    """The app in one transaction; a refusal is said, not raised."""
    app = _app("cli")
    try:
        with app.app_context(), transaction():
            yield app
    except DomainError as error:
        raise click.ClickException(error.words) from error


def _password(given: bool) -> str:
    """From standard input, or a made one that can be typed: three references, about 113 bits."""
    return sys.stdin.readline().rstrip("\n") if given else "-".join(reference() for _ in range(3))


@staff.command("create")
@click.argument("email")
@a_role
@an_organisation
@from_stdin
def create_staff(email: str, role: str, organisation: str, password_stdin: bool) -> None:
    """Make an account and print its password once."""
    password = _password(password_stdin)
    with _at_work():
        home = accounts.ensure_organisation(organisation, organisation)
        accounts.create_user(parse(email).email, password, Role(role), home, actor="cli")
    click.echo(f"{email} can sign in at {config.load().public_url}/staff/sign-in")
    if not password_stdin:
        click.echo(f"Password (shown once): {password}")


@staff.command("invite")
@click.argument("email")
@a_role
@an_organisation
@click.option("--lang", type=click.Choice(CODES), default="en", show_default=True, help="language of the mail")
def invite_staff(email: str, role: str, organisation: str, lang: str) -> None:
    """Mail somebody a link to join."""
    with _at_work():
        home = accounts.ensure_organisation(organisation, organisation)
        accounts.invitations.invite(home.id, parse(email).email, Role(role), lang, actor="cli")
    click.echo(f"{email} is invited.")


@staff.command("password")
@click.argument("email")
@from_stdin
@click.option("--without-second-factor", is_flag=True, help="switch the second factor off too")
def staff_password(email: str, password_stdin: bool, without_second_factor: bool) -> None:
    """Give an account another password and print it once; all its sessions end."""
    password = _password(password_stdin)
    with _at_work():
        accounts.set_password(email, password, actor="cli")
        if without_second_factor:
            accounts.factor.switch_off(accounts.user_of(email).id, actor="cli")
    click.echo("The password is changed." if password_stdin else f"Password (shown once): {password}")


@staff.command("list")
def list_staff() -> None:
    """List every account with its organisations and roles."""
    with _at_work():
        for one in accounts.team.everybody():
            marks = [] if one.active else ["off"]
            marks += ["second factor"] if one.has_factor else []
            click.echo("  ".join((one.email, one.organisation, one.role.value, *marks)))


@staff.command("off")
@click.argument("email")
def staff_off(email: str) -> None:
    """Switch an account off; all its sessions end."""
    with _at_work():
        accounts.switch(email, False, actor="cli")
    click.echo(f"{email} cannot sign in any more.")


@staff.command("on")
@click.argument("email")
def staff_on(email: str) -> None:
    """Switch an account on again."""
    with _at_work():
        accounts.switch(email, True, actor="cli")
    click.echo(f"{email} can sign in.")


@cli.group()
def outbox() -> None:
    """The mail that leaves."""


@outbox.command("drain")
@click.option("--lane", type=click.Choice([lane.value for lane in Lane]))
def drain_now(lane: str | None) -> None:
    """Send what is due now, from the database alone."""
    with _app("cli").app_context():
        tried = sum(drain(one.value) for one in Lane if lane in (None, one.value))
    click.echo(f"{tried} tried.")


@outbox.command("open")
@click.option("--lane", type=click.Choice([lane.value for lane in Lane]), required=True)
def open_lane(lane: str) -> None:
    """Open a lane that the mail provider stopped; one message goes first and shows whether it is put right."""
    with _app("cli").app_context(), transaction():
        reopen(Lane(lane).limit)
        audit.record("cli", "outbox.open", f"lane:{lane}")
        after_commit(lambda: ring(lane))
    click.echo(f"The lane {lane} is open.")


@outbox.command("pause")
@click.option("--lane", type=click.Choice([lane.value for lane in Lane]), help="only this lane; all where left out")
@click.option("--reason", default="paused by hand", show_default=True, help="shown to staff")
def pause_mail(lane: str | None, reason: str) -> None:
    """Let all mail wait, or that of one lane; what a worker holds at this moment still leaves."""
    key = Lane(lane).limit if lane else pauses.ALL
    with _app("cli").app_context(), transaction():
        if done := pauses.pause(key, reason=reason, actor="cli"):
            audit.record("cli", "outbox.pause", f"outbox:{key}", reason=reason)
    click.echo(f"Paused: {key}." if done else f"Paused already: {key}.")


@outbox.command("resume")
@click.option("--lane", type=click.Choice([lane.value for lane in Lane]), help="only this lane; all where left out")
def resume_mail(lane: str | None) -> None:
    """Let what was paused so go on, at its pace. What else is paused stays so, and is listed."""
    key = Lane(lane).limit if lane else pauses.ALL
    with _app("cli").app_context(), transaction():
        if done := pauses.resume(key):
            audit.record("cli", "outbox.resume", f"outbox:{key}")
        left = [f"{one.key} by {one.actor}: {one.reason}" for one in pauses.standing().values()]
    click.echo(
        "\n".join([f"Goes on: {key}." if done else f"Not paused: {key}.", *(f"Still paused: {one}" for one in left)])
    )


@cli.group()
def receipts() -> None:
    """What comes back: bounces and answers."""


@receipts.command("take")
@click.option("--recipient", default="", help="the envelope's recipient, such as Postfix's ${original_recipient}")
def take_mail(recipient: str) -> None:
    """Take one mail from standard input, as a mail server pipes it. Ends with a code of sysexits.h."""
    raw = sys.stdin.buffer.read(BYTES_MAX + 1)
    try:
        with _app("cli").app_context():
            code = post.pipe(raw, recipient)
    except (SettingsError, SQLAlchemyError) as error:  # ours to put right: the mail server keeps it meanwhile
        click.echo(type(error).__name__, err=True)
        code = post.TEMPFAIL
    sys.exit(code)


@receipts.command("read")
def read_mail() -> None:
    """Read the mailbox of BOUNCE_URL now."""
    with _app("cli").app_context():
        found = post.read_mailbox()
    click.echo(", ".join(f"{n} {outcome}" for outcome, n in sorted(found.items())) or "Nothing new.")


@receipts.command("apply")
def apply_receipts() -> None:
    """Apply what was stored and not applied yet."""
    with _app("cli").app_context(), transaction():
        moved = _receipts.catch_up()
    click.echo(f"{moved} moved.")


@cli.command()
@click.option("--json", "for_machines", is_flag=True, help="one JSON object instead of lines")
def doctor(for_machines: bool) -> None:
    """Look whether everything is there and works. Changes nothing and sends nothing; ends with 1 on a problem."""
    try:
        found = examine(_app("doctor"))
    except SettingsError as error:
        found = unread(error.problems)
    click.echo(as_json(found) if for_machines else as_text(found))
    sys.exit(1 if worst(found) is Status.PROBLEM else 0)


@cli.command()
def routes() -> None:
    """List every address with its methods and audience."""
    app = _app("cli")
    for rule in sorted(app.url_map.iter_rules(), key=str):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        who = audience.of(app, rule.endpoint)
        roles = f" ({', '.join(sorted(who.roles))})" if who and who.roles else ""
        click.echo(f"{methods:10} {rule!s:50} {who.kind if who else '?'}{roles}")
