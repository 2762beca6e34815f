"""django-post-office on a database of its own, in the venv that `make bench` makes for it."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from bench.house import Place
from bench.sink import Sink
from campaign.config import ROOT
from campaign.outbox import Mail

PYTHON = Path(os.environ.get("BENCH_PEERS", ROOT / ".venv" / "peers")) / "bin" / "python"
SCRIPT = ROOT / "bench" / "peers" / "django_mail.py"
SENDER = "letters@mail.postbag.example"


@dataclass(frozen=True)
class Form:
    """A way to run it: its settings and the options of its command."""

    name: str
    settings: dict[str, Any]
    options: dict[str, Any]


DEFAULT = Form("django-post-office as it comes", {}, {})
# Two processes, eight threads, no log; and batches of a thousand, as its manual advises for many mails.
TUNED = Form(
    "django-post-office tuned: 2 processes, 8 threads, batches of 1000, no log",
    {"THREADS_PER_PROCESS": 8, "BATCH_SIZE": 1000, "LOG_LEVEL": 0},
    {"processes": 2, "log_level": 0},
)


def installed() -> bool:
    """Whether its venv is there."""
    return PYTHON.exists()


def letter(mail: Mail) -> dict[str, Any]:
    """Our letter as others take it."""
    reply_to = {"Reply-To": mail.reply_to} if mail.reply_to else {}
    headers = {**reply_to, "Content-Language": mail.language}
    return {"recipients": [mail.to], "subject": mail.subject, "message": mail.text, "headers": headers}


def deliver(place: Place, form: Form, mail: Mail, letters: int, sink: Sink) -> float:
    """Letters a second; raises RuntimeError when it says that it sent another number."""
    order = {
        "database": _database(place),
        "port": sink.port,
        "settings": form.settings,
        "options": form.options,
        "letter": letter(mail),
        "sender": SENDER,
        "letters": letters,
        "lock": str(place.folder / "lock"),
    }
    return rate([str(PYTHON), str(SCRIPT)], order, letters)


def rate(argv: list[str], order: dict[str, Any], letters: int) -> float:
    """Run one turn of another side in its own process; letters a second, by its own clock."""
    done = subprocess.run(argv, input=json.dumps(order), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    answer = json.loads(done.stdout.splitlines()[-1])
    if answer["sent"] != letters:
        raise RuntimeError(f"{answer['sent']} of {letters} were sent")
    return letters / float(answer["seconds"])


def _database(place: Place) -> dict[str, str]:
    found = conninfo_to_dict(place.dsn)
    return {
        "NAME": str(found["dbname"]),
        "HOST": str(found["host"]),
        "PORT": str(found["port"]),
        "USER": str(found["user"]),
    }
