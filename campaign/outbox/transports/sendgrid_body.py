"""A frozen mail as the body of SendGrid's `POST /v3/mail/send`.

Plain data on purpose: the SDK's mail helpers read an address without a name once more, after every check.
"""

import re
from typing import Any

from campaign.outbox.gate import fit
from campaign.outbox.mail import Envelope
from campaign.outbox.transports.sendgrid_rules import check

Body = dict[str, Any]

# SendGrid has read a recipient's name with a comma as a list of addresses, and lost the mail (sendgrid-python #291).
# It forbids commas and semicolons there; the other characters that structure an address (RFC 5322, 3.2.3) go too.
SPECIALS = re.compile(r'[()<>\[\]:;@\\,"\s]+')
# Letters carry no links of the provider's and no pictures, and nobody is counted.
TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}


def compose(envelope: Envelope) -> Body:
    """The body to send; raises BadText when a value must not go out."""
    envelope = fit(envelope)
    mail = envelope.mail
    person: Body = {"to": [_person(mail.to, _phrase(mail.to_name))]}
    if envelope.id:  # comes back with every event; ids only, for SendGrid keeps events in the United States
        person["custom_args"] = {"message_id": envelope.id}
    body: Body = {
        "personalizations": [person],
        "from": _person(envelope.sender, mail.from_name),
        "subject": mail.subject,
        "content": [{"type": "text/plain", "value": mail.text}],
        "headers": _headers(envelope),
        "tracking_settings": TRACKING,
    }
    if mail.reply_to:
        body["reply_to"] = _person(mail.reply_to, _phrase(mail.reply_to_name))
    if mail.html:
        body["content"].append({"type": "text/html", "value": mail.html})
    check(body)
    return body


def _person(email: str, name: str) -> dict[str, str]:
    return {"email": email, "name": name} if name else {"email": email}


def _phrase(name: str) -> str:
    """A name that cannot be taken for an address, however it is put before one."""
    return SPECIALS.sub(" ", name).strip()


def _headers(envelope: Envelope) -> dict[str, str]:
    headers = {"Message-ID": envelope.message_id, "Content-Language": envelope.mail.language}
    if envelope.mail.automatic:
        headers["Auto-Submitted"] = "auto-generated"  # RFC 3834
    return headers | envelope.mail.headers
