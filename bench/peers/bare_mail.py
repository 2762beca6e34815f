"""A bare loop: the standard library builds each message and hands it over, on one kept connection. No ledger at all."""

import json
import smtplib
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Any


def main() -> None:
    """One turn: as many letters as the order on standard input wants."""
    order = json.load(sys.stdin)
    smtp = smtplib.SMTP("127.0.0.1", order["port"])
    begun = time.perf_counter()
    for number in range(order["letters"]):
        smtp.send_message(_message(order["letter"], f"Supporter {number} <{order['sender']}>"))
    took = time.perf_counter() - begun
    smtp.quit()
    json.dump({"seconds": took, "sent": order["letters"]}, sys.stdout)


def _message(letter: dict[str, Any], sender: str) -> EmailMessage:
    message = EmailMessage(SMTP)
    message["From"] = sender
    message["To"] = letter["recipients"][0]
    message["Subject"] = letter["subject"]
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="mail.postbag.example")
    for name, value in letter["headers"].items():
        message[name] = value
    message.set_content(letter["message"])
    return message


if __name__ == "__main__":
    main()
