"""Fill in the sign form as a browser without scripts would."""

import re

SLUG = "shelter-is-the-law"
CAMPAIGN = f"/en/campaigns/{SLUG}"
BODY = "I live in Gent and my neighbour slept outside all winter. It must end now."


def token(page: str) -> str:
    """The form's token."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def filled(page: str, **values: str) -> dict[str, str]:
    """A complete form, with what is given in place of the ordinary."""
    return {
        "csrf_token": token(page),
        "name": "Marie Peeters",
        "email": "marie@example.org",
        "postcode": "9000",
        "subject": "A place for everyone",
        "body": BODY,
        "updates": "no",
        "public": "name",
        **values,
    }
