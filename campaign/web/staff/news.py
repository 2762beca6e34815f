"""News of a campaign: written, looked at, tried on oneself, sent to those who agreed, stopped."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext

from campaign import campaigns, signatures
from campaign.accounts import Role
from campaign.campaigns import Status
from campaign.core import i18n
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import speaking
from campaign.core.rates import Rate
from campaign.signatures import NewsState, Piece
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, plain_form, put_error
from campaign.web.staff.notices import notice

MAY = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(60, "minute")
# They go to whoever wrote last, who need not be the one who presses.
TESTS = Rate(20, "hour")
PAGE = "/campaigns/<slug>/news"


@blueprint.get(PAGE)
@staff(*MAY)
def news(slug: str) -> ResponseReturnValue:
    """What was sent, what is being written, and a form for the next one."""
    return _list(slug, StaffForm(), _begin())


@blueprint.post(f"{PAGE}/add")
@staff(*MAY)
@limited("staff-news", RATE)
def add_news(slug: str) -> ResponseReturnValue:
    """Keep a draft; nothing is sent."""
    form, texts = StaffForm(request.form), _posted()
    try:
        _valid(form)
        with transaction():
            id_ = signatures.news.draft(g.campaign.id, texts, actor=g.staff.actor)
    except DomainError as error:
        return _list(slug, form, texts, error)
    return redirect(url_for("staff.news_piece", slug=slug, news_id=id_), 303)


@blueprint.get(f"{PAGE}/<uuid:news_id>")
@staff(*MAY)
def news_piece(slug: str, news_id: UUID) -> ResponseReturnValue:
    """One: its text as it arrives, how many get it, and what can be done with it."""
    piece = signatures.news.piece(g.campaign.id, news_id)
    return _one(slug, StaffForm(), piece, piece.texts)


@blueprint.post(f"{PAGE}/<uuid:news_id>/save")
@staff(*MAY)
@limited("staff-news", RATE)
def save_news(slug: str, news_id: UUID) -> ResponseReturnValue:
    """Another text of a draft."""
    form, texts = StaffForm(request.form), _posted()
    try:
        _valid(form)
        with transaction():
            signatures.news.save(g.campaign.id, news_id, texts, actor=g.staff.actor)
    except DomainError as error:
        return _one(slug, form, signatures.news.piece(g.campaign.id, news_id), texts, error)
    notice(_("The text is kept."))
    return redirect(url_for("staff.news_piece", slug=slug, news_id=news_id), 303)


@blueprint.post(f"{PAGE}/<uuid:news_id>/test")
@staff(*MAY)
@limited("staff-test-news", TESTS)
def test_news(slug: str, news_id: UUID) -> ResponseReturnValue:
    """Mail it to whoever wrote it last."""
    plain_form()
    with transaction():
        signatures.news.test(g.campaign.id, news_id)
    notice(_("A test is on its way to whoever wrote the text last."))
    return redirect(url_for("staff.news_piece", slug=slug, news_id=news_id), 303)


@blueprint.post(f"{PAGE}/<uuid:news_id>/send")
@staff(*MAY)
@limited("staff-news", RATE)
def send_news(slug: str, news_id: UUID) -> ResponseReturnValue:
    """Begin, or go on after a stop."""
    plain_form()
    with transaction():
        n = signatures.news.send(g.campaign.id, news_id, actor=g.staff.actor, organisation_id=g.staff.organisation_id)
    stop = url_for("staff.stop_news", slug=slug, news_id=news_id)
    words = ngettext("On its way to %(n)s person.", "On its way to %(n)s people.", n, n=i18n.number(n))
    notice(words, undo=stop)
    return redirect(url_for("staff.news_piece", slug=slug, news_id=news_id), 303)


@blueprint.post(f"{PAGE}/<uuid:news_id>/stop")
@staff(*MAY)
@limited("staff-news", RATE)
def stop_news(slug: str, news_id: UUID) -> ResponseReturnValue:
    """Write no more of it, and take back what has not left."""
    plain_form()
    with transaction():
        n = signatures.news.stop(g.campaign.id, news_id, actor=g.staff.actor, organisation_id=g.staff.organisation_id)
    notice(ngettext("Stopped. %(n)s mail did not leave.", "Stopped. %(n)s mails did not leave.", n, n=i18n.number(n)))
    return redirect(url_for("staff.news_piece", slug=slug, news_id=news_id), 303)


def _begin() -> dict[str, dict[str, str]]:
    """What the form begins with: nothing, or for a campaign that is closed how it ended."""
    return {lang: _ending(lang) if g.campaign.status == Status.CLOSED else {} for lang in g.campaign.langs}


def _ending(lang: str) -> dict[str, str]:
    with speaking(lang):
        page = campaigns.by_id(g.campaign.id, lang)
        body = _("The campaign has ended. Thank you for your letter. This is what came of it:")
        subject = _("How it ended: %(title)s", title=page.title)
    outcome = page.outcome_text.striptags()
    return {"subject": subject[: signatures.news.SUBJECT_MAX], "body": f"{body}\n\n{outcome}".strip()}


def _posted() -> dict[str, dict[str, str]]:
    values = request.form
    return {lang: {name: values.get(f"{name}_{lang}", "") for name in ("subject", "body")} for lang in g.campaign.langs}


def _valid(form: StaffForm) -> None:
    if not form.validate():
        raise DomainError(str(next(iter(form.errors.values()))[0]))


def _list(slug: str, form: StaffForm, texts: Any, error: DomainError | None = None) -> ResponseReturnValue:
    pieces = signatures.news.pieces(g.campaign.id)
    return _show("list", slug, form, texts, error, pieces=pieces)


def _one(slug: str, form: StaffForm, piece: Piece, texts: Any, error: DomainError | None = None) -> ResponseReturnValue:
    may_send = piece.state in (NewsState.DRAFT, NewsState.STOPPED)
    return _show("piece", slug, form, texts, error, piece=piece, may_send=may_send)


def _show(
    name: str, slug: str, form: StaffForm, texts: Any, error: DomainError | None, **values: Any
) -> ResponseReturnValue:
    if error is not None and not form.errors:
        put_error(form, error)
    fields = error.fields if error else {}
    page = render_template(
        f"staff/news/{name}.html",
        slug=slug,
        form=form,
        texts=texts,
        errors={**{key: [words] for key, words in fields.items()}, **({} if fields else form.errors)},
        langs=[one for one in i18n.LANGUAGES if one.code in g.campaign.langs],
        readers=signatures.news.audience(g.campaign.id),
        body_max=signatures.news.BODY_MAX,
        subject_max=signatures.news.SUBJECT_MAX,
        **values,
    )
    return page, (422 if error is not None and error.status == 400 else error.status if error is not None else 200)
