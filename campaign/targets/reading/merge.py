"""Bring what a file says into a register: the rows that it names, and no others. Reading it twice doubles nothing.

A row is known again by its key, a tenure by who and where, an address by its post. What a file leaves out or leaves
empty stays as it is, so nobody is removed because a file does not name them.
"""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from campaign.core import clock
from campaign.core.db import session
from campaign.core.errors import DomainError
from campaign.core.i18n import CODES
from campaign.targets import succession
from campaign.targets.acts import Plan
from campaign.targets.models import Area, Body, Contact, Person, Post, Tenure
from campaign.targets.reading.found import Found
from campaign.targets.sheet import Image, Sheet
from campaign.targets.territories import known_area

KEYED = ("bodies", "persons", "posts")
MOST_NOTES = 200


def plan(organisation_id: UUID, name: str, found: Found) -> Plan:
    """What importing the file would change; raises Unreadable where it contradicts itself or the register."""
    work = _Merge(organisation_id, found)
    work.areas()
    for table in KEYED:
        work.keyed(table)
    for holding in sorted(found.tenures, key=lambda row: (row["since"] or date.max, row["post"])):
        work.tenure(holding)
    reached: dict[str, str] = {}
    for contact in found.contacts:
        first = reached.setdefault(contact["post"], contact["email"])
        if first == contact["email"]:
            work.contact(contact)
        else:
            found.notes.append(
                _("%(where)s: a post has one address, and another stands above.", where=contact["where"])
            )
    found.check()
    changed = {(change.table, change.id) for change in work.sheet.changes()}
    notes = found.notes[:MOST_NOTES]
    return Plan("import", name, work.sheet, notes, len(work.seen - changed))


def register(organisation_id: UUID) -> Sheet:
    """A whole register of an organisation."""
    rows: list[Any] = []
    shared = or_(Area.organisation_id == organisation_id, Area.organisation_id.is_(None))
    rows += session().scalars(select(Area).where(shared))
    for model in (Body, Person, Post):
        rows += session().scalars(select(model).where(model.organisation_id == organisation_id))
    for of_post in (Tenure, Contact):
        query = select(of_post).join(Post, Post.id == of_post.post_id).where(Post.organisation_id == organisation_id)
        rows += session().scalars(query)
    return Sheet(rows)


class _Merge:
    """The register at hand, the file, and the ids that its keys stand for."""

    def __init__(self, organisation_id: UUID, found: Found) -> None:
        self.organisation_id, self.found = organisation_id, found
        self.sheet = register(organisation_id)
        self.seen: set[tuple[str, str]] = set()
        self.codes: dict[str, str] = {}
        self.ids: dict[tuple[str, str], str] = {
            (table, row["key"]): id_ for table in KEYED for id_, row in self.sheet.rows[table].items()
        }

    def areas(self) -> None:
        """Areas of the file: those that everybody knows by their code, and its own."""
        for key in self.found.areas:
            self.area(key, "areas")

    def area(self, key: str, where: str) -> str | None:
        """The code of an area that the file names."""
        if not key or key in self.codes:
            return self.codes.get(key)
        own, known = self.found.areas.get(key), known_area(key)
        if own is None and known is None:
            self.found.problem(where, _("There is no area with this code."))
            return None
        if own is None and known is not None:
            given: Image = {"name": dict(known.name), "kind": known.kind, "organisation_id": None}
            code, parent = known.code, known.parent
        else:
            given = {"name": (own or {})["name"], "kind": (own or {})["kind"], "organisation_id": self.organisation_id}
            code, parent = f"{self.organisation_id}/{key}", (own or {})["parent"]
        self.codes[key] = code
        given["parent_code"] = self.area(parent, where) if parent else None
        if code not in self.sheet.rows["areas"]:
            self.sheet.put("areas", code=code, **given)
        elif given["organisation_id"] is not None:
            self.sheet.set("areas", code, **given)
        self.seen.add(("areas", code))
        return code

    def keyed(self, table: str) -> None:
        """Bodies, persons or posts: new ones, and what the file says otherwise of known ones."""
        for key, row in getattr(self.found, table).items():
            given = self._given(table, row)
            id_ = self.ids.get((table, key))
            if id_ is None:
                fresh = {"organisation_id": self.organisation_id, "key": key} | self._defaults(table) | given
                id_ = self.ids[table, key] = self.sheet.put(table, **fresh)
            else:
                known = self.sheet.rows[table][id_]
                merged = {
                    name: {**known[name], **value} if isinstance(value, dict) else value
                    for name, value in given.items()
                }
                self.sheet.set(table, id_, **merged)
            self.seen.add((table, id_))

    def _defaults(self, table: str) -> Image:
        return {"languages": list(CODES)} if table == "posts" else {}

    def _given(self, table: str, row: dict[str, Any]) -> Image:
        """The columns that the file fills in, with ids for its keys."""
        given = {name: value for name, value in row.items() if value and name not in ("area", "body", "where")}
        if row.get("area"):
            given["area_code"] = self.area(row["area"], row.get("where", table))
        if table == "posts":
            given["body_id"] = self.ids["bodies", row["body"]]
        return given

    def tenure(self, row: dict[str, Any]) -> None:
        """Who holds what: known already, or from now on."""
        post, person = self.ids["posts", row["post"]], self.ids["persons", row["person"]]
        given = {name: row[name] for name in ("office", "salutation", "source", "checked_on") if row.get(name)}
        if row.get("party"):
            given["party_id"] = self.ids["bodies", row["party"]]
        known = self._known(post, person, row["since"])
        try:
            id_ = self._correct(known, row, given) if known else self._begin(post, person, row, given)
        except DomainError as error:
            self.found.problem(row["where"], error.words)
        else:
            self.seen.add(("tenures", id_))

    def _known(self, post: str, person: str, since: date | None) -> Image | None:
        """The same person's tenure of this post that began then, or that was not over by then."""
        own = [row for row in self.sheet.of_post("tenures", post) if row["person_id"] == person]
        if since is None:
            return own[-1] if own else None
        same = [row for row in own if row["since"] == since.isoformat()]
        running = [row for row in own if row["until"] is None or row["until"] > since.isoformat()]
        return next(iter([*same, *running]), None)

    def _correct(self, known: Image, row: dict[str, Any], given: Image) -> str:
        since = row["since"] or date.fromisoformat(known["since"])
        until = row["until"] or (date.fromisoformat(known["until"]) if known["until"] else None)
        succession.retime(self.sheet, known["id"], since=since, until=until, **given)
        return str(known["id"])

    def _begin(self, post: str, person: str, row: dict[str, Any], given: Image) -> str:
        since = row["since"]
        if since is None:
            since = clock.today()
            self.found.notes.append(_("%(where)s: no first day is given, so it is today.", where=row["where"]))
        texts = {"office": {}, "salutation": {}, "source": ""}
        days = {"since": since, "until": row["until"]}
        return succession.hold(self.sheet, post_id=post, person_id=person, **days, **{**texts, **given})

    def contact(self, row: dict[str, Any]) -> None:
        """Where a post is reached: known already, or from today on."""
        post, known = self.ids["posts", row["post"]], {name: row[name] for name in ("email", "source", "checked_on")}
        try:
            id_ = succession.reach(self.sheet, post_id=post, since=clock.today(), **known)
        except DomainError as error:
            self.found.problem(row["where"], error.words)
        else:
            self.seen.add(("contacts", id_))
