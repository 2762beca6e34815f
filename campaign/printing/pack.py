"""The pack that is handed over: a cover sheet, all letters of confirmed signatures, and who agreed to what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _, ngettext
from sqlalchemy import ColumnElement, func, select

from campaign import campaigns, letters, outbox, targets
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
    """One file of the pack, how many signatures are done with it, and the letters that are in it."""

    name: str
    data: bytes
    done: int
    letters: tuple[UUID, ...] = ()


def parts(campaign_id: UUID, lang: str, handover: UUID | None = None) -> Iterator[Part]:
    """The files of the pack in order, each made when it is asked for. Whoever iterates ends the transaction between.

    All letters of confirmed signatures; or those of a hand-over, see `outbox.handovers`.
    """
    with i18n.speaking(lang):
        page = campaigns.by_id(campaign_id, lang)
        posts = _posts(page, handover)
        yield Part("00-cover.pdf", _cover(page, posts, handover), 0)
        for number, post_id in enumerate(posts, 1):
            yield from _of_office(page, post_id, number, handover)
        yield from _names(page, handover)


def _posts(page: Page, handover: UUID | None) -> list[UUID]:
    """Where the letters go: to the targets in their order, and to those that are targets no more."""
    if handover is None:
        return list(page.post_ids)
    found = [UUID(stream.partition(":")[2]) for stream in outbox.handovers.streams_of(handover)]
    order = {post_id: place for place, post_id in enumerate(page.post_ids)}
    return sorted(found, key=lambda post_id: order.get(post_id, len(order)))


def _chosen(page: Page, handover: UUID | None) -> list[ColumnElement[bool]]:
    """The signatures whose letters are in the pack."""
    mine = [Signature.campaign_id == page.id, Signature.state == SignatureState.CONFIRMED]
    if handover is not None:
        theirs = select(Letter.signature_id).where(Letter.id.in_(outbox.handovers.letters_of(handover)))
        mine.append(Signature.id.in_(theirs))
    return mine


def _letters(page: Page, post_id: UUID, handover: UUID | None) -> list[ColumnElement[bool]]:
    """The letters to one office that are in it, each beside its signature."""
    mine = [Letter.post_id == post_id, *_chosen(page, None)]
    return [*mine, Letter.id.in_(outbox.handovers.letters_of(handover))] if handover is not None else mine


def _cover(page: Page, posts: Sequence[UUID], handover: UUID | None) -> bytes:
    signed = select(func.count()).select_from(Signature).where(*_chosen(page, handover))
    offices = {one.post_id: one.office for one in targets.resolve(posts, clock.today(), page.lang)}
    rows = [[_("Signatures, each confirmed by email"), i18n.number(session().scalar(signed) or 0)]]
    for post_id in posts:
        number = select(func.count()).select_from(Letter).join(Signature, Signature.id == Letter.signature_id)
        found = session().scalar(number.where(*_letters(page, post_id, handover))) or 0
        rows.append([_("Letters to %(office)s", office=offices.get(post_id, "")), i18n.number(found)])
    rows.append([_("Put together on"), i18n.day(clock.today())])
    notes = [
        _("Each letter comes from one person. Nobody signs this campaign twice with one address."),
        _("The list at the end names who signed, and when they agreed to it."),
    ]
    title = {"title": page.title, "organisation": page.organisation, "lang": page.lang}
    return pdf("cover", {**title, "rows": rows, "notes": notes})


_COLUMNS = (
    *(Signature.id, Signature.reference, Signature.name, Signature.postcode, Signature.place),
    *(Signature.lang, Signature.confirmed_at, Letter.text_id, Letter.id.label("letter_id")),
)


def _of_office(page: Page, post_id: UUID, office: int, handover: UUID | None) -> Iterator[Part]:
    query = select(*_COLUMNS).join(Letter, Letter.signature_id == Signature.id)
    query = query.where(*_letters(page, post_id, handover))
    last, number = None, 0
    while True:
        beyond = query.where(Signature.id > last) if last else query
        rows = session().execute(beyond.order_by(Signature.id).limit(LETTERS)).all()
        if not rows:
            return
        last, number = rows[-1].id, number + 1
        sheets = {row.letter_id: sheet for row in rows if (sheet := _sheet(page, post_id, row))}
        data = letters_pdf(page.title, page.lang, list(sheets.values()))
        yield Part(f"{office:02}-letters-{number:04}.pdf", data, len(rows), tuple(sheets))


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


def _names(page: Page, handover: UUID | None) -> Iterator[Part]:
    query = (
        select(Signature.id, Signature.name, Signature.postcode, Signature.place, Signature.reference, Consent.at)
        .outerjoin(Consent, (Consent.signature_id == Signature.id) & (Consent.kind == ConsentKind.SEND))
        .where(*_chosen(page, handover))
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
