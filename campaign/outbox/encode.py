"""Header lines and bodies in seven bits: RFC 5322 folding, RFC 2047 words, MIME quoted-printable."""

import binascii
import re
from base64 import b64encode

LINE_MAX = 78  # RFC 5322, 2.1.1: what a line should not exceed
WORD_LINE_MAX = 76  # RFC 2047, 2: a line that holds an encoded word
WORD_MAX = 75
# Stands for itself in an encoded word wherever that may stand, a display name included (RFC 2047, 5.3).
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
# Lines that any relay leaves alone: printable, short, no blank at the end.
SEVEN_BITS = re.compile(rb"(?:(?:[\t -~]{0,77}[!-~])?\r\n)*")


def header(name: str, value: str) -> str:
    """A line, or several, for a text of which `gate.fit` says that it may stand in a header."""
    if _odd(value):
        return f"{name}: " + "\r\n ".join(words(value, WORD_LINE_MAX - len(name) - 2)) + "\r\n"
    return fold(f"{name}: {value}")


def mailbox(name: str, display: str, email: str) -> str:
    """The line of a header that holds one address, with the name that programs show for it."""
    if not display:
        return fold(f"{name}: {email}")
    if not _odd(display):
        quoted = display.replace("\\", "\\\\").replace('"', '\\"')
        return fold(f'{name}: "{quoted}" <{email}>')
    lines = words(display, WORD_LINE_MAX - len(name) - 2)
    used = len(lines[-1]) + (len(name) + 2 if len(lines) == 1 else 1)
    gap = " " if used + len(email) + 3 <= WORD_LINE_MAX else "\r\n "
    return f"{name}: " + "\r\n ".join(lines) + f"{gap}<{email}>\r\n"


def _odd(value: str) -> bool:
    """Whether a value would not survive as it is: letters beyond ASCII, blanks that readers trim or fold."""
    return not value.isascii() or "  " in value or value[:1] == " " or value[-1:] == " "


def fold(line: str) -> str:
    """Break a long line before single spaces; whoever joins the parts again has the same text (RFC 5322, 2.2.3)."""
    lines = []
    while len(line) > LINE_MAX:
        # Not at the space after the colon: a first line without a value is legal, and misread by some.
        at = max(line.rfind(" ", line.find(" ") + 1, LINE_MAX + 1), 0) or line.find(" ", LINE_MAX)
        if at < 1:
            break
        lines.append(line[:at])
        line = line[at:]
    return "\r\n".join([*lines, line]) + "\r\n"


def words(value: str, room: int) -> list[str]:
    """`value` as encoded words, the first at most `room` long; none splits a character (RFC 2047, 5)."""
    quoted = {char: _quoted(char) for char in set(value)}
    short = 4 * len(value.encode()) / 3 < sum(len(quoted[char]) for char in value)
    found: list[str] = []
    part, size = "", 0
    for char in value:
        more = len(char.encode()) if short else len(quoted[char])
        space = min(room if not found else WORD_MAX, WORD_MAX) - len("=?utf-8?q??=")
        if size + more > (space // 4 * 3 if short else space):
            found.append(part)
            part, size = "", 0
        part, size = part + char, size + more
    return [_word(part, quoted, short=short) for part in (*found, part)]


def _quoted(char: str) -> str:
    if char in PLAIN:
        return char
    return "_" if char == " " else "".join(f"={byte:02X}" for byte in char.encode())


def _word(part: str, quoted: dict[str, str], *, short: bool) -> str:
    if short:
        return f"=?utf-8?b?{b64encode(part.encode()).decode()}?="
    return f"=?utf-8?q?{''.join(quoted[char] for char in part)}?="


def lines(text: str) -> bytes:
    """The text in UTF-8 with CRLF line ends, also at its end; half a surrogate pair becomes a question mark."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return (text if text.endswith("\r\n") else text + "\r\n").encode("utf-8", "replace")


def quoted_printable(body: bytes) -> bytes:
    """What `lines` answered, in quoted-printable: lines of at most 76 (RFC 2045, 6.7)."""
    return binascii.b2a_qp(body, istext=True)
