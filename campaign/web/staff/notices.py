"""What a page says once after an act: "12 letters are cancelled", with a button that takes it back."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Response, g, request

from campaign import accounts
from campaign.accounts import Notice
from campaign.core.clock import now
from campaign.core.db import transaction

# A notice is for the page that its act leads to, so that another tab does not take it. When that page has not come by
# then, the next one tells it.
OWN_PAGE_SECONDS = 10


def notice(text: str, undo: str | None = None, tone: str = "") -> None:
    """Say `text` on the next page of this reader; `undo` is the address of a POST that takes the act back.

    A view calls it and then redirects; what it says is lost when the view fails. `tone`: "", "warn" or "bad".
    """
    fresh = Notice(id=uuid4().hex, text=str(text), undo=undo, tone=tone, path="", at=now().timestamp())
    g.setdefault("new_notices", []).append(fresh)


def left() -> list[Notice]:
    """What this page has to tell; base.html asks once."""
    shown = [each for each in g.staff.notices if _is_for(each, request.path, now())]
    g.told_notices = [each["id"] for each in shown]
    # What an act said that led to no other page.
    return [*shown, *g.pop("new_notices", [])]


def settle(response: Response) -> Response:
    """After each request: keep what the next page shall tell, forget what this one told."""
    new: list[Notice] = g.pop("new_notices", [])
    told: list[str] = g.pop("told_notices", [])
    if (new or told) and response.status_code < 400 and g.get("staff"):
        path = urlsplit(response.location or "").path
        for each in new:
            each["path"] = path
        with transaction():
            accounts.change_notices(g.staff.session_id, told, new)
    return response


def _is_for(each: Notice, path: str, at: datetime) -> bool:
    return each["path"] == path or at.timestamp() - each["at"] > OWN_PAGE_SECONDS
