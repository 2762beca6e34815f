"""Single changes of a register, each as a plan to look at first. Dates are days; texts are per language."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from campaign.core import clock, i18n
from campaign.core.db import session
from campaign.core.errors import DomainError, NotFound
from campaign.targets import succession
from campaign.targets.acts import Plan
from campaign.targets.fold import slug
from campaign.targets.models import Area, Body, Contact, Person, Post, Tenure
from campaign.targets.sheet import Sheet
from campaign.targets.territories import known_area

Row = TypeVar("Row", Body, Post, Person)
Texts = dict[str, str]


def add_body(organisation_id: UUID, *, name: Texts, classification: str, area_code: str) -> Plan:
    """A new body."""
    sheet = Sheet()
    area = area_row(sheet, area_code)
    key = _free(Body, organisation_id, _any(name))
    sheet.put(
        "bodies", organisation_id=organisation_id, key=key, name=name, classification=classification, area_code=area
    )
    return Plan("add_body", _("New: %(name)s", name=_any(name)), sheet)


def change_body(organisation_id: UUID, id_: UUID, *, name: Texts, classification: str, area_code: str) -> Plan:
    """Another name, kind or area for a body."""
    body = own(Body, organisation_id, id_)
    sheet = Sheet([body])
    area = area_row(sheet, area_code)
    sheet.set("bodies", str(id_), name=name, classification=classification, area_code=area)
    return Plan("change_body", _any(name), sheet)


def add_post(organisation_id: UUID, body_id: UUID, *, email: str = "", source: str = "", **values: Any) -> Plan:
    """A new post of a body: `office`, `salutation`, `address`, `languages`, `area_code`; and where it is reached."""
    body, sheet = own(Body, organisation_id, body_id), Sheet()
    values["area_code"] = area_row(sheet, values["area_code"])
    title = _any(values["office"])
    key = _free(Post, organisation_id, f"{body.key} {title}")
    post = sheet.put("posts", organisation_id=organisation_id, key=key, body_id=body_id, **values)
    if email:
        _reach(sheet, post, email, source)
    return Plan("add_post", _("New: %(name)s", name=title), sheet)


def change_post(organisation_id: UUID, id_: UUID, **values: Any) -> Plan:
    """Another name, form of address, postal address, area or languages for a post."""
    sheet = Sheet([own(Post, organisation_id, id_)])
    values["area_code"] = area_row(sheet, values["area_code"])
    sheet.set("posts", str(id_), **values)
    return Plan("change_post", _any(values["office"]), sheet)


def change_person(organisation_id: UUID, id_: UUID, *, name: str, other_names: Sequence[str], lang: str) -> Plan:
    """Another name for a person."""
    sheet = Sheet([own(Person, organisation_id, id_)])
    sheet.set("persons", str(id_), name=name, other_names=list(other_names), lang=lang)
    return Plan("change_person", name, sheet)


def add_tenure(organisation_id: UUID, post_id: UUID, *, person: str, person_id: UUID | None, **values: Any) -> Plan:
    """Somebody holds a post: a person of the register, or a new one of that name. See `succession.hold`."""
    post, sheet = of_post(organisation_id, post_id)
    if person_id is None:
        key = _free(Person, organisation_id, person)
        holder = sheet.put("persons", organisation_id=organisation_id, key=key, name=person)
    else:
        holder = str(own(Person, organisation_id, person_id).id)
    succession.hold(sheet, post_id=str(post_id), person_id=holder, **values)
    return Plan("add_tenure", f"{person}, {_any(post.office)}", sheet)


def change_tenure(organisation_id: UUID, id_: UUID, **values: Any) -> Plan:
    """Correct a tenure: `since`, `until`, `office`, `salutation`, `source`, `checked_on`."""
    post, sheet, tenure = _within(organisation_id, Tenure, id_)
    succession.retime(sheet, str(id_), **values)
    who = sheet.rows["persons"][str(tenure.person_id)]["name"]
    return Plan("change_tenure", f"{who}, {_any(post.office)}", sheet)


def end_tenure(organisation_id: UUID, id_: UUID, until: date) -> Plan:
    """A holder leaves: `until` is the first day on which they no longer hold the post."""
    post, sheet, tenure = _within(organisation_id, Tenure, id_)
    succession.leave(sheet, "tenures", str(id_), until)
    who = sheet.rows["persons"][str(tenure.person_id)]["name"]
    return Plan("end_tenure", f"{who}, {_any(post.office)}", sheet)


def set_contact(organisation_id: UUID, post_id: UUID, **values: Any) -> Plan:
    """A post is reached at another address: `email`, `since`, `source`, `checked_on`."""
    post, sheet = of_post(organisation_id, post_id)
    succession.reach(sheet, post_id=str(post_id), **values)
    return Plan("set_contact", _any(post.office), sheet)


def end_contact(organisation_id: UUID, id_: UUID, until: date) -> Plan:
    """A post is no longer reached at an address from that day on."""
    post, sheet, _contact = _within(organisation_id, Contact, id_)
    succession.leave(sheet, "contacts", str(id_), until)
    return Plan("end_contact", _any(post.office), sheet)


def check_again(organisation_id: UUID, table: str, id_: UUID, on: date) -> Plan:
    """Somebody looked today: a contact or a tenure is still right."""
    model = Contact if table == "contacts" else Tenure
    post, sheet, _row = _within(organisation_id, model, id_)
    sheet.set(table, str(id_), checked_on=on)
    return Plan("check", _any(post.office), sheet)


def own(model: type[Row], organisation_id: UUID, id_: UUID) -> Row:
    """A body, post or person of an organisation's own register; raises NotFound for any other."""
    query = select(model).where(model.id == id_, model.organisation_id == organisation_id)
    found = session().scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_("This is not in your register."))
    return found


def of_post(organisation_id: UUID, post_id: UUID) -> tuple[Post, Sheet]:
    """A post with its tenures, their persons and its contacts, as a sheet."""
    post = own(Post, organisation_id, post_id)
    tenures = _all(select(Tenure).where(Tenure.post_id == post_id))
    persons = _all(select(Person).where(Person.id.in_([row.person_id for row in tenures])))
    return post, Sheet([post, *tenures, *persons, *_all(select(Contact).where(Contact.post_id == post_id))])


def area_row(sheet: Sheet, code: str) -> str | None:
    """The area of a code, put into the sheet where the register meets it for the first time; raises DomainError."""
    if not code:
        return None
    if session().scalar(select(Area.code).where(Area.code == code)) or code in sheet.rows["areas"]:
        return code
    known = known_area(code)
    if known is None:
        words = _("There is no area with this code.")
        raise DomainError(words, fields={"area_code": words})
    parent = area_row(sheet, known.parent) if known.parent else None
    return sheet.put("areas", code=known.code, name=dict(known.name), kind=known.kind, parent_code=parent)


def _within(organisation_id: UUID, model: Any, id_: UUID) -> tuple[Post, Sheet, Any]:
    row = session().scalar(select(model).where(model.id == id_))
    if row is None:
        raise NotFound(_("This is not in your register."))
    post, sheet = of_post(organisation_id, row.post_id)
    return post, sheet, row


def _reach(sheet: Sheet, post_id: str, email: str, source: str) -> None:
    today = clock.today()
    succession.reach(sheet, post_id=post_id, email=email, since=today, source=source, checked_on=today)


def _all(query: Any) -> list[Any]:
    return list(session().scalars(query.execution_options(populate_existing=True)))


def _any(texts: Texts) -> str:
    return i18n.pick({lang: words for lang, words in texts.items() if words}, i18n.language())


def _free(model: type[Row], organisation_id: UUID, words: str) -> str:
    """A key that no row of that kind has in this register."""
    wanted: str = slug(words) or model.__tablename__
    alike = select(model.key).where(model.organisation_id == organisation_id, model.key.startswith(wanted))
    taken: set[str] = set(session().scalars(alike))
    tries = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(key for key in tries if key not in taken)


def tenure(organisation_id: UUID, id_: UUID) -> tuple[Tenure, str]:
    """A tenure of an organisation's own register and its holder's name; raises NotFound."""
    _post, sheet, row = _within(organisation_id, Tenure, id_)
    return row, sheet.rows["persons"][str(row.person_id)]["name"]


def contact(organisation_id: UUID, id_: UUID) -> Contact:
    """A contact of an organisation's own register; raises NotFound."""
    row: Contact = _within(organisation_id, Contact, id_)[2]
    return row
