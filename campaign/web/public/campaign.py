"""The campaign page and its form."""

from typing import Any
from uuid import UUID

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign import campaigns, config, letters, offices, replies, reports, signatures, targets
from campaign.campaigns import Page
from campaign.core import clock, i18n
from campaign.core.cache import remembered
from campaign.core.db import transaction
from campaign.core.errors import TooMany
from campaign.letters import Model
from campaign.privacy import ADDRESS_DAYS
from campaign.reports import Counter
from campaign.signatures import ConsentKind
from campaign.web import when
from campaign.web.audience import count, public, self_limited, sign_limit
from campaign.web.public import LANG, blueprint, check_mail, writing
from campaign.web.public.forms import SignForm
from campaign.web.public.states import notices
from campaign.web.public.writing import Writing


@blueprint.get(f"/{LANG}/campaigns/<slug>")
@public
def campaign(lang: str, slug: str) -> ResponseReturnValue:
    """A campaign: the ask, the counter, the letter to edit, the facts.

    Nothing on it is meant for one reader, its token neither, so a crowd gets what was rendered a moment ago.
    """
    page, letter = open_page(slug, lang, request.args.get("letter", ""), writing.reader(slug))
    source, ref = request.args.get("source", "")[:40], request.args.get("ref", "")[:40]
    if source or ref or letter.model is None:
        return _render(page, letter, source, ref)
    key = ("page", lang, slug, letter.model.lang, letter.model.lot)
    return remembered(key, lambda: _render(page, letter))


def _render(page: Page, letter: Writing, source: str = "", ref: str = "") -> ResponseReturnValue:
    form = None
    if page.is_open and letter.model is not None:
        values = {"subject": letter.model.subject, "body": letter.model.body, "lot": letter.model.lot}
        values |= {"letter_lang": letter.model.lang, "source": source, "ref": ref}
        form = SignForm(None, slug=page.slug, home=page.country, writing=letter, **values)
    return show(page, letter, form)


@blueprint.post(f"/{LANG}/campaigns/<slug>/sign")
@public
@self_limited("sign")
def sign(lang: str, slug: str) -> ResponseReturnValue:
    """Take a signature. The answer is the same for a new, a pending and a signed address."""
    page, letter = open_page(slug, lang, request.form.get("letter_lang", ""), request.form.get("lot", ""))
    if letter.model is None or not page.is_open:
        return show(page, letter, None, 409)
    form = SignForm(request.form, slug=slug, home=page.country, writing=letter)
    try:
        if not take(page, letter.model, form):
            return show(page, letter, form, 422)
    except TooMany as error:
        form.form_errors.append(error.words)
        answer = make_response(show(page, letter, form, 429))
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    ours = form.signature(lang) if request.form.get("by") == "page" else None
    return redirect(check_mail.address_of(page, lang, ours), 303)


def take(page: Page, model: Model, form: SignForm) -> bool:
    """Check a form, count it against the limit and sign; False when a field is wrong. Raises TooMany."""
    if not form.validate():
        return False
    count("sign", sign_limit)
    with transaction():
        signatures.sign(page, model, form.signature(i18n.language()))
    return True


@blueprint.get(f"/{LANG}/campaigns/<slug>/live")
@public
def live(lang: str, slug: str) -> ResponseReturnValue:
    """The counter on a wall."""
    page, _model = open_page(slug, lang)
    counter = reports.counter(slug)
    arrival = reports.arrival(counter) if page.is_open else None
    return render_template(
        "public/live.html",
        campaign=page,
        counter=counter,
        offices={one.key: one.office for one in targets.resolve(page.post_ids, clock.today(), lang)},
        eta=when.at_this_pace(arrival.at, arrival.now) if arrival else None,
        **counter_urls(slug),
    )


def counter_urls(slug: str) -> dict[str, str]:
    """Where the page's script hears of the counter."""
    path = url_for("api.counter", slug=slug)
    return {"counter_url": path, "stream_url": f"{config.current().live_origin}{path}/stream"}


def open_page(slug: str, lang: str, letter_lang: str = "", lot: str = "") -> tuple[Page, Writing]:
    """The campaign in that language and its letter; 404 where it or the language does not exist."""
    g.lang = lang
    page = campaigns.find(slug, lang)
    return page, writing.begin(page, letter_lang, lot)


def _answers(campaign_id: UUID, lang: str) -> list[dict[str, Any]]:
    """What offices answered, as far as staff have published it."""
    found = sorted(
        [*offices.published(campaign_id), *replies.published(campaign_id)], key=lambda one: one.at, reverse=True
    )
    posts = {one.post_id: one for one in targets.resolve([one.post_id for one in found], clock.today(), lang)}
    return [{"answer": one, "target": posts[one.post_id]} for one in found if one.post_id in posts]


def show(
    page: Page, letter: Writing, form: SignForm | None, status: int = 200, preview: Counter | None = None
) -> ResponseReturnValue:
    """The campaign page, with a form where it takes letters; for a preview with the counter that it shows."""
    lang, counter = i18n.language(), preview or reports.counter(page.slug)
    posts = targets.resolve(page.post_ids, clock.today(), lang)
    context: dict[str, Any] = {
        "campaign": page,
        "targets": posts,
        "letter": letter,
        "today": clock.today(),
        "facts": campaigns.facts(page.id, lang),
        "comments": signatures.moderation.comments(page.id),
        "answers": _answers(page.id, lang),
        "rates": offices.follow_up.rates(page.id),
        "counter": counter,
        "preview": preview is not None,
        "notices": notices(page, counter, posts),
        "form": form,
        "own_share": letter.share(form.letter) if form else 0,
        "words_in": letters.advice.words_in,
        "consent_text": signatures.consent.wording(ConsentKind.SEND, page),
        "updates_text": signatures.consent.wording(ConsentKind.UPDATES, page),
        "retention_days": page.retention_days or ADDRESS_DAYS,
        "relayed": bool(config.current().inbound_domain),
        **counter_urls(page.slug),
    }
    return render_template("public/campaign.html", **context), status
