"""django-post-office with letters like ours: queue them, then time its own command. Runs in a venv of its own.

Reads an order as JSON from standard input and answers JSON: how long the command took, and how many it says it sent.
"""

import json
import sys
import time

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    """One turn."""
    order = json.load(sys.stdin)
    settings.configure(
        SECRET_KEY="only for a bench",
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **order["database"]}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=order["port"],
        POST_OFFICE=order["settings"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from post_office import mail  # noqa: PLC0415 - after the set-up, as Django wants it
    from post_office.models import STATUS, Email  # noqa: PLC0415 - the same

    Email.objects.all().delete()
    letter, numbers = order["letter"], range(order["letters"])
    mail.send_many([{**letter, "sender": f"Supporter {number} <{order['sender']}>"} for number in numbers])
    begun = time.perf_counter()
    call_command("send_queued_mail", lockfile=order["lock"], **order["options"])
    took = time.perf_counter() - begun
    json.dump({"seconds": took, "sent": Email.objects.filter(status=STATUS.sent).count()}, sys.stdout)


if __name__ == "__main__":
    main()
