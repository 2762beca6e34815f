"""F13: a deploy in the middle of sending."""

import shutil
import time
from pathlib import Path

import flask_migrate

from campaign.config import ROOT
from campaign.core.db import db
from campaign.core.rates import Rate
from soak.crew import Crew
from soak.faults.workers import mean
from soak.ground import Ground
from soak.verdict import Verdict, judge

MIGRATION = '''"""A column that the present version knows nothing of."""

from alembic import op

revision, down_revision = "{name}", "{before}"


def upgrade() -> None:
    op.execute("ALTER TABLE outbox_messages ADD COLUMN {name} text")
    op.execute("ALTER TABLE signatures ADD COLUMN {name} text")
'''


def f13(ground: Ground, *, deploys: int = 8, rate: int = 20, workers: int = 2, seconds: int = 3) -> Verdict:
    """Each: a migration while the old workers send, new workers beside them, then SIGTERM to the old ones' groups."""
    verdict = Verdict("F13 deploys while letters leave")
    letters = ground.fill(rate * deploys * (seconds + 3), Rate(rate, "second"))
    ground.start("scheduler-0")
    crew = Crew(ground, workers)
    folder = ground.folder / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    codes: list[int] = []
    slowest = 0.0
    for number in range(1, deploys + 1):
        old = list(crew.ready().names)
        _migrate(ground, folder, f"fault_{number}")
        for _worker in range(workers):
            crew.hire()
        ground.start(f"scheduler-{number}")
        time.sleep(seconds)
        begun = time.monotonic()
        codes += [crew.dismiss(name) for name in old]
        slowest = max(slowest, time.monotonic() - begun)
        ground.installation.processes[f"scheduler-{number - 1}"].terminate()
    verdict.need(codes == [0] * len(codes), f"workers ended with {codes}")
    verdict.need(ground.settled(letters / rate + 90), f"letters are left over {ground.installation.logs()}")
    verdict.figures |= {
        "deploys": deploys, "workers ended": len(codes), "slowest to end": f"{slowest:.1f} s",
        "mean": f"{mean(ground):.1f}/s of {rate}/s ({mean(ground) / rate:.0%})",
    }  # fmt: skip
    return judge(verdict, ground, in_flight=2 * workers)


def _migrate(ground: Ground, folder: Path, name: str) -> None:
    """Upgrade from a copy of the migrations with one more in it."""
    before = ground.ask("SELECT version_num FROM alembic_version")
    (folder / "versions" / f"{name}.py").write_text(MIGRATION.format(name=name, before=before))
    flask_migrate.upgrade(directory=str(folder))
    db.session.remove()
