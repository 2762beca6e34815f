"""News of a campaign to those who agreed to it: written by staff, sent behind every mail that somebody waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, insert, select, update

from campaign import campaigns, outbox
from campaign.accounts import User
from campaign.core import audit, mailtext
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.core.ids import new_id
from campaign.core.rates import Rate
from campaign.core.text import header_text, one_line, prose
from campaign.outbox import Draft, Lane, Mail, Unsendable
from campaign.signatures import unsubscribe
from campaign.signatures.journey_models import News, NewsMail, NewsState, Refusal
from campaign.signatures.models import Consent, ConsentKind, Signature
from campaign.signatures.states import SignatureState

CHUNK = 500
SUBJECT_MAX, BODY_MAX = 150, 8000
# Slow enough that somebody's confirmation is never behind more than one of them.
PACE = Rate(300, "minute")
STOPPED = "staff stopped the news"
Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Piece:
    """A piece of news as staff see it."""

    id: UUID
    state: NewsState
    texts: dict[str, Any]
    created_at: datetime
    sent_at: datetime | None
    written: int


def pieces(campaign_id: UUID) -> list[Piece]:
    """The news of a campaign, newest first."""
    query = select(*_COLUMNS).where(News.campaign_id == campaign_id).order_by(News.id.desc())
    return [Piece(*row) for row in session().execute(query)]


def piece(campaign_id: UUID, news_id: UUID) -> Piece:
    """One of them; raises NotFound."""
    row = session().execute(select(*_COLUMNS).where(News.campaign_id == campaign_id, News.id == news_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such piece of news here."))
    return Piece(*row)


def draft(campaign_id: UUID, texts: Texts, *, actor: str) -> UUID:
    """Keep a new text; raises DomainError with the field's name."""
    row = {"id": new_id(), "campaign_id": campaign_id, "state": NewsState.DRAFT, "texts": _checked(texts)}
    session().execute(insert(News).values(**row, created_at=now(), created_by=actor))
    return UUID(str(row["id"]))


def save(campaign_id: UUID, news_id: UUID, texts: Texts, *, actor: str) -> None:
    """Another text of a draft; raises Conflict once it is on its way."""
    changed = update(News).where(News.campaign_id == campaign_id, News.id == news_id, News.state == NewsState.DRAFT)
    values = {"texts": _checked(texts), "created_by": actor}
    if session().execute(changed.values(**values).returning(News.id)).one_or_none() is None:
        piece(campaign_id, news_id)
        raise Conflict(_("This has been sent, so its text stays as it is."))


def test(campaign_id: UUID, news_id: UUID) -> None:
    """Mail it to whoever wrote it last."""
    found = piece(campaign_id, news_id)
    limit = Lane.PEOPLE.limit
    outbox.write([Draft(kind="news_test", ref=found.id, owner=campaign_id, lane=Lane.PEOPLE, stream=limit, domain="")])


def audience(campaign_id: UUID) -> int:
    """How many would get it now."""
    return session().scalar(select(func.count()).select_from(_readers(campaign_id).subquery())) or 0


def send(campaign_id: UUID, news_id: UUID, *, actor: str, organisation_id: UUID) -> int:
    """Begin, or go on after a stop; answers how many get it. Raises Conflict where that cannot be, or nobody would."""
    readers = audience(campaign_id)
    if not readers:
        raise Conflict(_("Nobody has agreed to get news of this campaign yet."))
    _turn(campaign_id, news_id, NewsState.SENDING, [NewsState.DRAFT, NewsState.STOPPED], sent_at=now())
    outbox.set_rate(_stream(campaign_id), PACE, Lane.PEOPLE)
    mails = (
        select(outbox.Message.id).join(NewsMail, NewsMail.id == outbox.Message.ref).where(NewsMail.news_id == news_id)
    )
    taken = mails.where(outbox.Message.state == outbox.State.CANCELLED).order_by(outbox.Message.id)
    outbox.give_back(list(session().scalars(taken)), [STOPPED], cause="staff sent the news on", actor=actor)
    audit.record(actor, "news.send", f"news:{news_id}", organisation_id=organisation_id, readers=readers)
    return readers


def stop(campaign_id: UUID, news_id: UUID, *, actor: str, organisation_id: UUID) -> int:
    """Write no more, and take back what has not left; answers how many. Raises Conflict where it does not run."""
    _turn(campaign_id, news_id, NewsState.STOPPED, [NewsState.SENDING, NewsState.SENT])
    waiting = select(outbox.Message.id).join(NewsMail, NewsMail.id == outbox.Message.ref)
    waiting = waiting.where(NewsMail.news_id == news_id, outbox.Message.state == outbox.State.QUEUED)
    ids = list(session().scalars(waiting.order_by(outbox.Message.id)))
    taken = outbox.withhold(ids, outbox.State.CANCELLED, cause=STOPPED, actor=actor)
    audit.record(actor, "news.stop", f"news:{news_id}", organisation_id=organisation_id, mails=taken)
    return taken


def step() -> bool:
    """Write the next mails of what is on its way; False where nothing is. Call it in a transaction."""
    open_ = select(News.id, News.campaign_id, News.after).where(News.state == NewsState.SENDING).order_by(News.id)
    found = session().execute(open_.limit(1).with_for_update(skip_locked=True)).one_or_none()
    if found is None:
        return False
    readers = _readers(found.campaign_id)
    if found.after is not None:
        readers = readers.where(Signature.id > found.after)
    rows = session().execute(readers.order_by(Signature.id).limit(CHUNK)).all()
    values: dict[str, Any] = {"state": NewsState.SENT}
    if rows:
        values = {"after": rows[-1].id, "written": News.written + len(rows)}
        _write(found.id, found.campaign_id, rows)
    session().execute(update(News).where(News.id == found.id).values(**values))
    return bool(rows)


def _write(news_id: UUID, campaign_id: UUID, rows: Any) -> None:
    ids = {row.id: new_id() for row in rows}
    mails = [{"id": id_, "news_id": news_id, "signature_id": signature} for signature, id_ in ids.items()]
    session().execute(insert(NewsMail), mails)
    same: dict[str, Any] = {"kind": "news", "owner": campaign_id, "lane": Lane.PEOPLE, "stream": _stream(campaign_id)}
    outbox.write([Draft(ref=ids[row.id], domain=row.domain, recipient_hash=row.email_hash, **same) for row in rows])


def compose(mail_id: UUID) -> Mail:
    """One mail of news, if its reader still wants it."""
    wants = (Consent.signature_id == Signature.id, Consent.kind == ConsentKind.UPDATES, Consent.given)
    query = select(News.texts, Signature.id, Signature.campaign_id, Signature.email, Signature.name, Signature.lang)
    query = query.select_from(NewsMail).join(News, News.id == NewsMail.news_id)
    query = query.join(Signature, Signature.id == NewsMail.signature_id).join(Consent, wants[0])
    confirmed = Signature.state == SignatureState.CONFIRMED
    row = session().execute(query.where(NewsMail.id == mail_id, confirmed, *wants[1:])).one_or_none()
    if row is None or not row.email:
        raise Unsendable("its reader does not want it any more")
    link = unsubscribe.link(row.id)
    made = _mail(row.texts, row.campaign_id, row.lang, row.email, row.name, link)
    return Mail(**{**vars(made), "headers": unsubscribe.headers(row.id)})


def compose_test(news_id: UUID) -> Mail:
    """The same to the member of staff who wrote it; its link leads nowhere."""
    row = session().execute(select(News.texts, News.campaign_id, News.created_by).where(News.id == news_id)).one()
    user = session().get(User, UUID(row.created_by.removeprefix("staff:")))
    if user is None:
        raise Unsendable("its writer is gone")
    lang = user.lang if user.lang in row.texts else next(iter(row.texts))
    return _mail(row.texts, row.campaign_id, lang, user.email, user.name or user.email, unsubscribe.link(UUID(int=0)))


def _mail(texts: Texts, campaign_id: UUID, lang: str, email: str, name: str, link: str) -> Mail:
    page = campaigns.by_id(campaign_id, lang)
    text = texts.get(lang) or texts.get("en") or next(iter(texts.values()))
    paragraphs = [part.strip() for part in text["body"].split("\n\n") if part.strip()]
    values = {"campaign": page, "supporter_name": name, "subject": text["subject"], "paragraphs": paragraphs}
    written = mailtext.write("news", lang, **values, link=link)
    return Mail(
        to=email,
        to_name=name,
        from_name=page.organisation,
        subject=written.subject,
        text=written.text,
        html=written.html,
        language=lang,
    )


def _checked(texts: Texts) -> dict[str, dict[str, str]]:
    """The languages in which something is written, each with subject and body."""
    kept: dict[str, dict[str, str]] = {}
    for lang, text in texts.items():
        subject, body = header_text(one_line(text.get("subject", "")), limit=SUBJECT_MAX), prose(text.get("body", ""))
        if bool(subject) != bool(body):
            words = _("Write both a subject and a text in each language that you use.")
            raise DomainError(words, fields={f"{'body' if subject else 'subject'}_{lang}": words})
        if len(body) > BODY_MAX:
            words = _("Use at most %(max)s characters.", max=BODY_MAX)
            raise DomainError(words, fields={f"body_{lang}": words})
        if body:
            kept[lang] = {"subject": subject, "body": body}
    if not kept:
        raise DomainError(
            _("Write a subject and a text."), fields={f"subject_{next(iter(texts))}": _("Write a subject.")}
        )
    return kept


def _turn(campaign_id: UUID, news_id: UUID, to: NewsState, froms: list[NewsState], **values: Any) -> None:
    mine: list[ColumnElement[bool]] = [News.campaign_id == campaign_id, News.id == news_id, News.state.in_(froms)]
    turned = update(News).where(*mine).values(state=to, **values).returning(News.id)
    if session().execute(turned).one_or_none() is None:
        piece(campaign_id, news_id)
        raise Conflict(_("This is not in a state for that now."))


def _stream(campaign_id: UUID) -> str:
    return f"news:{campaign_id}"


def _readers(campaign_id: UUID) -> Select[Any]:
    """Confirmed, agreed, and not refused since."""
    wants = select(Consent.signature_id).where(
        Consent.signature_id == Signature.id, Consent.kind == ConsentKind.UPDATES, Consent.given
    )
    refused = select(Refusal.at).where(Refusal.campaign_id == campaign_id, Refusal.address_hash == Signature.email_hash)
    confirmed = (Signature.campaign_id == campaign_id, Signature.state == SignatureState.CONFIRMED)
    columns: list[Any] = [Signature.id, Signature.email_hash, Signature.domain]
    return select(*columns).where(*confirmed, Signature.email != "", wants.exists(), ~refused.exists())


_COLUMNS = tuple(getattr(News, name) for name in Piece.__dataclass_fields__)
