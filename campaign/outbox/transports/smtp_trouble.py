"""What can go wrong with a mail server, and how far the conversation had come by then."""

import re
import smtplib
import socket
import ssl
from enum import StrEnum

STATUS = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?!\S)")


class Stage(StrEnum):
    """The steps of a conversation, in order. From RCPT on it is about one letter; before, about us or the server."""

    CONNECT = "connect"
    HELLO = "EHLO"
    TLS = "STARTTLS"
    LOGIN = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    DOT = "message"  # the body has left, its last line included: from here on the server may have it


class Trouble(Exception):
    """The message was not, or not surely, taken."""

    def __init__(self, stage: Stage, words: str) -> None:
        self.stage, self.words = stage, words
        super().__init__(f"{stage}: {words}")


class Lost(Trouble):
    """No answer: refused, timed out, hung up or out of step; `silent` where it was waited for in vain."""

    def __init__(self, stage: Stage, words: str, *, silent: bool = False) -> None:
        self.silent = silent
        super().__init__(stage, words)


class Barred(Trouble):
    """We will not go on: the server does not offer what is required, or is not the one it says."""


class Said(Trouble):
    """The server answered with a 4xx or 5xx."""

    def __init__(self, stage: Stage, code: int, status: str, words: str) -> None:
        self.code, self.status = code, status
        super().__init__(stage, words)

    @classmethod
    def reply(cls, stage: Stage, code: int, text: bytes | str) -> "Said":
        """From a reply as read: its enhanced status (RFC 3463) taken off each line, the lines joined."""
        lines = (text.decode("ascii", "replace") if isinstance(text, bytes) else text).split("\n")
        found = STATUS.match(lines[0])
        status = found[1] if found and found[1][0] == str(code)[0] else ""
        return cls(stage, code, status, " ".join(STATUS.sub("", line).strip() for line in lines))


def was_silence(error: Exception) -> bool:
    """Whether an error of the network is that no answer came in time."""
    return any(isinstance(cause, TimeoutError) for cause in (error, error.__context__))


def happened(error: Exception) -> str:
    """An error of the network in words, without what it quotes."""
    if was_silence(error):
        return "no answer in time"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed, {error.reason or 'without a reason'}"
    if isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
        return "the connection was closed"
    return getattr(error, "strerror", None) or type(error).__name__
