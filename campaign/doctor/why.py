"""Why something on the network cannot be reached, in words that hold no address, user or password."""

import socket
import ssl
from http.client import HTTPException

# From the narrower to the wider kind.
WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not trusted, has expired or is for another name"),
    (ssl.SSLError, "TLS failed"),
    (socket.gaierror, "its name is not known"),
    (TimeoutError, "no answer in time"),
    (ConnectionRefusedError, "nothing listens there"),
    (ConnectionError, "the connection was cut"),
    (PermissionError, "not allowed"),
    (FileNotFoundError, "there is no such socket"),
    (HTTPException, "what answers does not speak HTTP"),
)


def why(error: BaseException) -> str:
    """A few words."""
    other = f"it failed ({type(error).__name__})"
    return next((words for kind, words in WORDS if isinstance(error, kind)), other)
