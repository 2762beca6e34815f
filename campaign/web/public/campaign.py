"""The campaign page and its form."""

from typing import Any
from uuid import UUID

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign import campaigns, config, letters, replies, reports, signatures, targets
from campaign.campaigns import Page
from campaign.core import clock, i18n
from campaign.core.cache import remembered
from campaign.core.db import transaction
from campaign.core.errors import DomainError, TooMany
from campaign.letters import Model
from campaign.privacy import ADDRESS_DAYS
from campaign.signatures import ConsentKind
from campaign.targets import Target
from campaign.web import when
from campaign.web.audience import count, public, self_limited, sign_limit
from campaign.web.public import LANG, blueprint
from campaign.web.public.forms import SignForm
from campaign.web.public.sheet import sheet


@blueprint.get(f"/{LANG}/campaigns/<slug>")
@public
def campaign(lang: str, slug: str) -> ResponseReturnValue:
    """A campaign: the ask, the counter, the letter to edit, the facts.

    Nothing on it is meant for one reader, its token neither, so a crowd gets what was rendered a moment ago.
    """
    source = request.args.get("source", "")[:40]
    if source:
        return _render(lang, slug, source)
    return remembered(("page", lang, slug), lambda: _render(lang, slug))


def _render(lang: str, slug: str, source: str = "") -> ResponseReturnValue:
    page, model = _open(slug, lang)
    form = None
    if page.is_open and model is not None:
        form = SignForm(None, slug=slug, home=page.country, subject=model.subject, body=model.body, source=source)
    return _show(page, model, form)


@blueprint.post(f"/{LANG}/campaigns/<slug>/sign")
@public
@self_limited("sign")
def sign(lang: str, slug: str) -> ResponseReturnValue:
    """Take a signature. The answer is the same for a new, a pending and a signed address."""
    page, model = _open(slug, lang)
    if model is None or not page.is_open:
        return _show(page, model, None, 409)
    form = SignForm(request.form, slug=slug, home=page.country)
    try:
        if not take(page, model, form):
            return _show(page, model, form, 422)
    except TooMany as error:
        form.form_errors.append(error.words)
        answer = make_response(_show(page, model, form, 429))
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    return redirect(url_for("public.check_mail", lang=lang, slug=slug), 303)


def take(page: Page, model: Model, form: SignForm) -> bool:
    """Check a form, count it against the limit and sign; False when a field is wrong. Raises TooMany."""
    if not form.validate():
        return False
    count("sign", sign_limit)
    with transaction():
        signatures.sign(page, model, form.signature(i18n.language()))
    return True


@blueprint.get(f"/{LANG}/campaigns/<slug>/check-your-mail")
@public
def check_mail(lang: str, slug: str) -> ResponseReturnValue:
    """What to do next; the same page for everybody."""
    page, _model = _open(slug, lang)
    demo_mail_url = url_for("demo.mail") if config.current().demo else None
    return render_template("public/check_mail.html", campaign=page, demo_mail_url=demo_mail_url)


@blueprint.get(f"/{LANG}/campaigns/<slug>/live")
@public
def live(lang: str, slug: str) -> ResponseReturnValue:
    """The counter on a wall."""
    page, _model = _open(slug, lang)
    counter = reports.counter(slug)
    arrival = reports.arrival(counter) if page.is_open else None
    return render_template(
        "public/live.html",
        campaign=page,
        counter=counter,
        targets=targets.resolve(page.post_ids, clock.today(), lang),
        eta=when.at_this_pace(arrival.at, arrival.now) if arrival else None,
        **counter_urls(slug),
    )


def counter_urls(slug: str) -> dict[str, str]:
    """Where the page's script hears of the counter."""
    path = url_for("api.counter", slug=slug)
    return {"counter_url": path, "stream_url": f"{config.current().live_origin}{path}/stream"}


def _open(slug: str, lang: str) -> tuple[Page, Model | None]:
    """The campaign in that language; 404 where it or the language does not exist."""
    g.lang = lang
    page = campaigns.find(slug, lang)
    try:
        return page, letters.model(page.id, lang, page.title)
    except DomainError:
        return page, None


def _answers(campaign_id: UUID, lang: str) -> list[dict[str, Any]]:
    """What offices answered, as far as staff have published it."""
    found = replies.published(campaign_id)
    posts = {one.post_id: one for one in targets.resolve([one.post_id for one in found], clock.today(), lang)}
    return [{"answer": one, "target": posts[one.post_id]} for one in found if one.post_id in posts]


def _show(page: Page, model: Model | None, form: SignForm | None, status: int = 200) -> ResponseReturnValue:
    lang = i18n.language()
    posts: list[Target] = targets.resolve(page.post_ids, clock.today(), lang)
    context: dict[str, Any] = {
        "campaign": page,
        "targets": posts,
        "letter": sheet(model, posts[0], page.title) if model and posts else None,
        "today": clock.today(),
        "facts": campaigns.facts(page.id, lang),
        "comments": signatures.moderation.comments(page.id),
        "answers": _answers(page.id, lang),
        "counter": reports.counter(page.slug),
        "form": form,
        "consent_text": signatures.consent.wording(ConsentKind.SEND, page.organisation),
        "updates_text": signatures.consent.wording(ConsentKind.UPDATES, page.organisation),
        "retention_days": ADDRESS_DAYS,
        "relayed": bool(config.current().inbound_domain),
        **counter_urls(page.slug),
    }
    return render_template("public/campaign.html", **context), status
