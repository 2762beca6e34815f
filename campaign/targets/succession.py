"""The rules of a register on a sheet: one holder and one address of a post a day, each from a day to a day.

The day that something ends is the first day of the next, so that nothing lies between them.
"""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from campaign.core import addresses
from campaign.core.addresses import BadAddress
from campaign.core.errors import DomainError
from campaign.core.i18n import day
from campaign.targets.sheet import Image, Sheet

# Mailboxes of people and not of offices. General knowledge; nobody can list them all.
PRIVATE = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "outlook.be", "hotmail.com", "hotmail.be", "hotmail.fr"),
        *("live.com", "live.be", "msn.com", "yahoo.com", "yahoo.fr", "ymail.com", "icloud.com", "me.com", "mac.com"),
        *(
            "telenet.be",
            "skynet.be",
            "proximus.be",
            "scarlet.be",
            "voo.be",
            "pandora.be",
            "gmx.de",
            "gmx.net",
            "web.de",
        ),
        *("t-online.de", "orange.fr", "free.fr", "wanadoo.fr", "laposte.net", "ziggo.nl", "kpnmail.nl", "planet.nl"),
        *("proton.me", "protonmail.com", "pm.me", "tutanota.com", "aol.com", "mail.com"),
    }
)


def functional(email: str) -> str:
    """An office's address as stored; raises BadAddress for what is none or looks like somebody's own mailbox."""
    parsed = addresses.parse(email)
    if parsed.domain.lower() in PRIVATE:
        raise BadAddress(_("This looks like a private mailbox. Write to the office's own, public address."))
    return parsed.email


def hold(sheet: Sheet, *, post_id: str, since: date, until: date | None, **values: Any) -> str:
    """Say who holds a post from when; whoever holds it until further notice leaves on that day. Answers the tenure.

    Raises DomainError with the field where somebody else holds it on one of those days.
    """
    _check_order(since, until)
    for other in sheet.of_post("tenures", post_id):
        _make_room(sheet, other, since, until)
    return sheet.put("tenures", post_id=post_id, since=since, until=until, **values)


def _make_room(sheet: Sheet, other: Image, since: date, until: date | None) -> None:
    begins, ends = date.fromisoformat(other["since"]), _date(other["until"])
    if begins < since and ends is None:
        sheet.set("tenures", other["id"], until=since)
    elif begins < since and ends is not None and ends > since:
        words = _("%(who)s holds this post until %(day)s.", who=_who(sheet, other), day=day(ends))
        raise DomainError(words, fields={"since": words})
    elif begins >= since and (until is None or until > begins):
        words = _("%(who)s holds this post from %(day)s. Say until when.", who=_who(sheet, other), day=day(begins))
        raise DomainError(words, fields={"until": words})


def retime(sheet: Sheet, tenure_id: str, *, since: date, until: date | None, **values: Any) -> None:
    """Correct a tenure; raises DomainError where its new days are somebody else's."""
    _check_order(since, until)
    tenure = sheet.rows["tenures"][tenure_id]
    for other in sheet.of_post("tenures", tenure["post_id"]):
        begins, ends = date.fromisoformat(other["since"]), _date(other["until"])
        if other["id"] != tenure_id and (until is None or begins < until) and (ends is None or ends > since):
            words = _("%(who)s holds this post on some of these days.", who=_who(sheet, other))
            raise DomainError(words, fields={"since": words})
    sheet.set("tenures", tenure_id, since=since, until=until, **values)


def reach(sheet: Sheet, *, post_id: str, email: str, since: date, source: str, checked_on: date | None) -> str:
    """Give a post an address from a day on; the one before ends there. One that began that day is corrected.

    Raises BadAddress, and DomainError where an address is known for later days. Answers the contact.
    """
    email = functional(email)
    known = {"email": email, "source": source, "checked_on": checked_on}
    for other in sheet.of_post("contacts", post_id):
        begins, ends = date.fromisoformat(other["since"]), _date(other["until"])
        if begins > since:
            words = _("Another address is noted from %(day)s.", day=day(begins))
            raise DomainError(words, fields={"since": words})
        if ends is None and other["email"] == email:
            seen = {"source": source or other["source"], "checked_on": checked_on or other["checked_on"]}
            sheet.set("contacts", other["id"], **seen)
            return str(other["id"])
        if begins == since:
            sheet.set("contacts", other["id"], until=None, **known)
            return str(other["id"])
        if ends is None or ends > since:
            sheet.set("contacts", other["id"], until=since)
    return sheet.put("contacts", post_id=post_id, since=since, **known)


def leave(sheet: Sheet, table: str, id_: str, until: date) -> None:
    """Let a tenure or a contact end; raises DomainError where it had not begun by then."""
    since = date.fromisoformat(sheet.rows[table][id_]["since"])
    if until <= since:
        words = _("It begins on %(day)s, so it ends later.", day=day(since))
        raise DomainError(words, fields={"until": words})
    sheet.set(table, id_, until=until)


def on_day(sheet: Sheet, table: str, post_id: str, at: date) -> Image | None:
    """The tenure or the contact of a post that stands on a day."""
    for row in sheet.of_post(table, post_id):
        ends = _date(row["until"])
        if date.fromisoformat(row["since"]) <= at and (ends is None or ends > at):
            return row
    return None


def _check_order(since: date, until: date | None) -> None:
    if until is not None and until <= since:
        words = _("This is not after the day it begins.")
        raise DomainError(words, fields={"until": words})


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _who(sheet: Sheet, tenure: Image) -> str:
    person = sheet.rows["persons"].get(tenure["person_id"])
    return str(person["name"]) if person else _("Somebody else")
