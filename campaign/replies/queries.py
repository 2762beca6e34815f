"""Read answers: the writer theirs, staff those of a campaign, everybody those that staff have published."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from campaign import letters, signatures
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.errors import Gone, NotFound
from campaign.letters import Letter
from campaign.replies.anonymous import unquoted, without
from campaign.replies.models import Reply

PAGE = 50


@dataclass(frozen=True)
class Answer:
    """One answer as its writer and staff see it."""

    id: UUID
    letter_id: UUID
    post_id: UUID
    automatic: bool
    relayed: bool
    erased: bool
    lang: str
    sender: str
    sender_name: str
    subject: str
    body: str
    attachments: str
    cut: bool
    received_at: datetime
    published_at: datetime | None
    published_text: str | None

    @property
    def files(self) -> list[str]:
        """The names of what came with it."""
        return self.attachments.splitlines()


@dataclass(frozen=True)
class Published:
    """One answer as everybody sees it."""

    post_id: UUID
    lang: str
    at: datetime
    text: str


_ANSWER = tuple(getattr(Reply, name) for name in Answer.__dataclass_fields__)


def of_signature(signature_id: UUID) -> dict[UUID, list[Answer]]:
    """What came back to the letters of a signature, by post, oldest first."""
    query = select(*_ANSWER).join(Letter, Letter.id == Reply.letter_id).where(Letter.signature_id == signature_id)
    found: dict[UUID, list[Answer]] = {}
    for row in session().execute(query.order_by(Reply.received_at)):
        answer = Answer(*row)
        found.setdefault(answer.post_id, []).append(answer)
    return found


def of_letter(letter_id: UUID) -> list[Answer]:
    """What came back to one letter, oldest first."""
    query = select(*_ANSWER).where(Reply.letter_id == letter_id).order_by(Reply.received_at)
    return [Answer(*row) for row in session().execute(query)]


def page(campaign_id: UUID, number: int = 1, *, automatic: bool = False) -> tuple[list[Answer], bool]:
    """A page of a campaign's answers, the last first, and whether there is another."""
    query = select(*_ANSWER).where(Reply.campaign_id == campaign_id, Reply.automatic == automatic)
    query = query.order_by(Reply.received_at.desc(), Reply.id).offset((number - 1) * PAGE).limit(PAGE + 1)
    rows = [Answer(*row) for row in session().execute(query)]
    return rows[:PAGE], len(rows) > PAGE


def answer(campaign_id: UUID, id_: UUID) -> Answer:
    """One answer of that campaign; raises NotFound."""
    row = session().execute(select(*_ANSWER).where(Reply.id == id_, Reply.campaign_id == campaign_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such answer."))
    return Answer(*row)


def draft(one: Answer) -> str:
    """What may be published of it: the text without what it quotes, and without the writer's name."""
    try:
        name = signatures.signed(letters.letter(one.letter_id).signature_id).name
    except (NotFound, Gone):
        name = ""
    return one.published_text or without(unquoted(one.body), name)


def published(campaign_id: UUID) -> list[Published]:
    """The answers that everybody may read, newest first. Kept for a moment, as pages are."""
    return remembered(("answers", campaign_id), lambda: _published(campaign_id))


def _published(campaign_id: UUID) -> list[Published]:
    query = select(Reply.post_id, Reply.lang, Reply.received_at, Reply.published_text)
    query = query.where(Reply.campaign_id == campaign_id, Reply.published_at.is_not(None))
    return [
        Published(post_id, lang, at, said or "")
        for post_id, lang, at, said in session().execute(query.order_by(Reply.received_at.desc()).limit(PAGE))
    ]
