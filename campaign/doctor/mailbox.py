"""The mailbox that bounces and answers come to: whether it lets us in. Nothing in it is read or changed."""

from urllib.parse import urlsplit

from campaign import config, replies
from campaign.core.logs import clean
from campaign.doctor.finding import Findings, ok, problem, skipped
from campaign.replies import BoxAway

CHECK = "mailbox"
ADVICE = {
    "maildir": "Make the folder of BOUNCE_URL a Maildir that the scheduler's user may read and write.",
    "imaps": "Look at BOUNCE_URL: host, port, user, password, folder; its certificate must hold.",
}


def check() -> Findings:
    """Log in to it and open its folder, as the scheduler does each minute."""
    url = config.current().bounce_url
    if not url:
        yield skipped(CHECK, "BOUNCE_URL is not set: what comes back is taken from a pipe or a webhook, or not at all.")
        return
    try:
        replies.connect(url, only_look=True).close()
    except BoxAway as error:
        yield problem(CHECK, f"It cannot be opened: {clean(str(error))}.", ADVICE[urlsplit(url).scheme])
        return
    yield ok(CHECK, "It can be opened.")
