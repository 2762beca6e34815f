"""The pack that is handed over: a cover sheet, all letters of confirmed signatures, and who agreed to what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _, ngettext
from sqlalchemy import func, select

from campaign import campaigns, letters, targets
from campaign.campaigns import Page
from campaign.core import clock, i18n
from campaign.core.db import session
from campaign.letters import Letter, Writer
from campaign.printing.compile import pdf
from campaign.printing.sheets import Sheet, letters_pdf
from campaign.signatures import Consent, ConsentKind, Signature, SignatureState

# So many letters in one file: a printer takes it, and memory stays flat.
LETTERS, NAMES = 200, 1000


@dataclass(frozen=True)
class Part:
    """One file of the pack, and how many signatures are done with it."""

    name: str
    data: bytes
    done: int


def parts(campaign_id: UUID, lang: str) -> Iterator[Part]:
    """The files of the pack in order, each made when it is asked for. Whoever iterates ends the transaction between."""
    with i18n.speaking(lang):
        page = campaigns.by_id(campaign_id, lang)
        yield Part("00-cover.pdf", _cover(page), 0)
        for number, post_id in enumerate(page.post_ids, 1):
            yield from _of_office(page, post_id, number)
        yield from _names(page)


def _total(*conditions: object) -> int:
    mine = select(func.count()).select_from(Signature).where(Signature.state == SignatureState.CONFIRMED)
    return session().scalar(mine.where(*conditions)) or 0  # type: ignore[arg-type]  # conditions of ours


def _cover(page: Page) -> bytes:
    signed = _total(Signature.campaign_id == page.id)
    offices = targets.resolve(page.post_ids, clock.today(), page.lang)
    rows = [[_("Signatures, each confirmed by email"), i18n.number(signed)]]
    rows += [
        [_("Letters to %(office)s", office=one.office), i18n.number(_letters_to(page, one.post_id))] for one in offices
    ]
    rows.append([_("Handed over on"), i18n.day(clock.today())])
    notes = [
        _("Each letter comes from one person. Nobody signs this campaign twice with one address."),
        _("The list at the end names who signed, and when they agreed to it."),
    ]
    title = {"title": page.title, "organisation": page.organisation, "lang": page.lang}
    return pdf("cover", {**title, "rows": rows, "notes": notes})


def _letters_to(page: Page, post_id: UUID) -> int:
    theirs = select(Letter.signature_id).where(Letter.post_id == post_id)
    return _total(Signature.campaign_id == page.id, Signature.id.in_(theirs))


_COLUMNS = (
    *(Signature.id, Signature.reference, Signature.name, Signature.postcode, Signature.place),
    *(Signature.lang, Signature.confirmed_at, Letter.text_id),
)


def _of_office(page: Page, post_id: UUID, office: int) -> Iterator[Part]:
    query = select(*_COLUMNS).join(Letter, Letter.signature_id == Signature.id).where(Letter.post_id == post_id)
    query = query.where(Signature.campaign_id == page.id, Signature.state == SignatureState.CONFIRMED)
    last, number = None, 0
    while True:
        beyond = query.where(Signature.id > last) if last else query
        rows = session().execute(beyond.order_by(Signature.id).limit(LETTERS)).all()
        if not rows:
            return
        last, number = rows[-1].id, number + 1
        sheets = [sheet for row in rows if (sheet := _sheet(page, post_id, row))]
        yield Part(f"{office:02}-letters-{number:04}.pdf", letters_pdf(page.title, page.lang, sheets), len(rows))


def _sheet(page: Page, post_id: UUID, row: Any) -> Sheet | None:
    """The letter as the office reads it; None where its text has been erased."""
    text = letters.text(row.text_id)
    if not text.body:
        return None
    own = campaigns.by_id(page.id, text.lang)
    found = targets.resolve([post_id], clock.today(), text.lang)
    target = next(iter(letters.addressed(page.id, found, text.lang)), None)
    if target is None:
        return None
    written = letters.render(text, target, Writer(row.name, row.postcode, row.place), own.title)
    with i18n.speaking(text.lang):
        day = _day(row.confirmed_at)
        note = _(
            "%(name)s signed this letter and confirmed it by email. Reference: %(code)s",
            name=row.name,
            code=row.reference,
        )
    return Sheet(text.lang, own.title, day, text.subject, written, note)


def _day(at: datetime | None) -> str:
    return i18n.day(at.date()) if at else ""


def _names(page: Page) -> Iterator[Part]:
    query = (
        select(Signature.id, Signature.name, Signature.postcode, Signature.place, Signature.reference, Consent.at)
        .outerjoin(Consent, (Consent.signature_id == Signature.id) & (Consent.kind == ConsentKind.SEND))
        .where(Signature.campaign_id == page.id, Signature.state == SignatureState.CONFIRMED)
    )
    last, number = None, 0
    while True:
        beyond = query.where(Signature.id > last) if last else query
        rows = session().execute(beyond.order_by(Signature.id).limit(NAMES)).all()
        if not rows:
            return
        last, number = rows[-1].id, number + 1
        yield Part(f"99-names-{number:04}.pdf", _list(page, rows), 0)


def _list(page: Page, rows: Sequence[Any]) -> bytes:
    head = [_("Reference"), _("Name"), _("Place"), _("Postcode"), _("Agreed to sending on")]
    lines = [[row.reference, row.name, row.place, row.postcode, _day(row.at)] for row in rows]
    title = ngettext("%(num)s person who signed", "%(num)s people who signed", len(rows))
    return pdf("names", {"title": f"{page.title}: {title}", "lang": page.lang, "head": head, "rows": lines})
