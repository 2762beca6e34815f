"""Ask one of our own addresses over HTTP, once, with a time-out. A redirect is an answer, and not followed."""

from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from campaign.doctor.why import why

SECONDS = 5.0
LONGEST = 64 * 1024


class Unreached(Exception):
    """Nothing answered; says why, in words."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: bytes


class _Stay(HTTPRedirectHandler):
    """Takes a redirect for the answer."""

    def redirect_request(
        self, _request: Request, _file: IO[bytes], _code: int, _words: str, _headers: HTTPMessage, _url: str
    ) -> None:
        return None


_opener = build_opener(_Stay)


def ask(url: str) -> Reply:
    """GET an http or https address, as the settings give them. Raises Unreached."""
    request = Request(url, headers={"User-Agent": "campaign doctor"})  # noqa: S310 - http(s) by config
    try:
        with _opener.open(request, timeout=SECONDS) as response:
            return Reply(response.status, response.read(LONGEST))
    except HTTPError as error:
        with error:
            return Reply(error.code, error.read(LONGEST))
    except URLError as error:
        reason = error.reason
        raise Unreached(why(reason if isinstance(reason, BaseException) else error)) from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unreached(why(error)) from None
