"""Requests of other programs to the hooks, and what a stranger could make of them."""

from dataclasses import dataclass, replace

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.replies import answer, sent_letter
from tests.support.sendgrid_events import PATH, SIGNATURE, TIMESTAMP, event, public_key, raw, signed

SECRET = "a-secret-of-the-inbound-parse-0123456789"


@dataclass(frozen=True)
class HookShot:
    """One POST with its proof, in headers or in the address."""

    path: str
    body: bytes
    headers: dict[str, str]

    def send(self, client: FlaskClient) -> TestResponse:
        """Send it."""
        return client.post(self.path, data=self.body, headers=self.headers)

    def attacks(self) -> dict[str, "HookShot"]:
        """Without the proof, with a part of it, with somebody else's."""
        return {
            "no proof": replace(self, path=self.path.partition("?")[0], headers=_without(self.headers, SIGNATURE)),
            "no time": replace(self, path=self.path[:-1], headers=_without(self.headers, TIMESTAMP)),
            "another body": replace(self, path=self.path.replace("secret=", "secret=x"), body=self.body + b" "),
            "a proof in the wrong place": replace(self, path=self.path.replace("secret=", "key="), headers={}),
        }


def events(client: FlaskClient) -> HookShot:
    """SendGrid's events, signed."""
    object.__setattr__(client.application.extensions["settings"], "sendgrid_event_public_key", public_key())
    body = raw([event("delivered", None)])
    return HookShot(PATH, body, signed(body))


def inbound(client: FlaskClient) -> HookShot:
    """SendGrid's inbound parse, with the secret."""
    settings = client.application.extensions["settings"]
    object.__setattr__(settings, "inbound_secret", SECRET)
    object.__setattr__(settings, "inbound_domain", "reply.postbag.example")
    part = b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + answer(sent_letter()) + b"\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return HookShot(f"/webhooks/sendgrid/inbound?secret={SECRET}", part, headers)


def _without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}
