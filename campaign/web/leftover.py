"""What a request still sends when its answer stands already.

A server that closes on a sender loses the answer: the reset overtakes it (RFC 9112, 9.6), and nginx says 502 instead.
So an upload that is refused is read to its end first: whoever's session has ended meanwhile gets the page to sign in.
"""

from flask import Flask, Response, request

PART = 64 * 1024
# More than any route takes, and than nginx lets through to people's pages: who sends more may lose the answer.
MOST = 10 * 1024 * 1024


def init_app(app: Flask) -> None:
    """Read what is left before each answer."""
    app.after_request(_read)


def _read(response: Response) -> Response:
    if request.content_length or "chunked" in request.headers.get("Transfer-Encoding", ""):
        left, taken = request.environ["wsgi.input"], 0
        while taken < MOST and (part := left.read(PART)):
            taken += len(part)
    return response
