"""The way mail leaves: log in as the transport does, and send nothing."""

from urllib.parse import urlsplit

from campaign import config, outbox
from campaign.core.logs import clean
from campaign.doctor.finding import Findings, ok, problem
from campaign.outbox import Sent

CHECK = "mail transport"
WELL = {
    "maildir": "The mail folder can be written. Mail stays there, unless another program takes it on.",
    "sendgrid": "SendGrid takes the key, and the key may send mail.",
    "smtp": "The mail server lets us in.",
    "smtps": "The mail server lets us in.",
}
ADVICE = {
    "maildir": "Make the folder of MAIL_URL and give it to the user that the workers run as.",
    "sendgrid": "Look at SENDGRID_API_KEY, its scopes and SENDGRID_HOST.",
    "smtp": "Look at MAIL_URL: host, port, user, password, and tls as in docs/settings.md.",
    "smtps": "Look at MAIL_URL: host, port, user and password.",
}


def check() -> Findings:
    """Whether we would be let in now."""
    settings = config.current()
    scheme = urlsplit(settings.mail_url).scheme
    try:
        answer = outbox.log_in(settings)
    except ValueError as error:
        yield problem(CHECK, f"{clean(str(error))}.", "Correct it; until then nothing leaves.")
        return
    if answer is None or isinstance(answer, Sent):
        yield ok(CHECK, WELL[scheme])
    else:
        yield problem(CHECK, f"We are not let in: {clean(answer.reason)}.", ADVICE[scheme])
