"""create_app: the one file that knows every room."""

from collections.abc import Callable
from typing import cast

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign import accounts, campaigns, config, doctor, letters, offices, outbox, replies, reports, signatures
from campaign.config import ROOT, Settings
from campaign.core import db, i18n, limits, redis
from campaign.web import api, audience, embed, errors, headers, hooks, leftover, ops, origin, pages, public, staff
from campaign.web.api import counter as _counter, signatures as _signatures, staff as _keyed
from campaign.web.embed import badge as _badge, counter as _embedded_counter, form as _embedded_form, oembed as _oembed
from campaign.web.hooks import sendgrid as _sendgrid
from campaign.web.public import (
    campaign as _campaign,
    check as _check,
    check_mail as _check_mail,
    confirm as _confirm,
    demo as _demo,
    follow_up as _follow_up,
    home as _home,
    mine as _mine,
    not_me as _not_me,
    office as _office,
    own_mail as _own_mail,
    pictures as _pictures,
    preview as _preview,
    print as _print,
    qr as _qr,
    shares as _pasted,
    status as _status,
)
from campaign.web.staff import (
    account as _account,
    answers as _answers,
    api_keys as _api_keys,
    audit as _audit,
    dashboard as _dashboard,
    delivery as _delivery,
    exports as _exports,
    facts as _facts,
    handovers as _handovers,
    home as _staff_home,
    invalidations as _invalidations,
    invitation as _invitation,
    letter as _letter,
    letter_offices as _letter_offices,
    letter_preview as _letter_preview,
    milestones as _milestones,
    moderation as _moderation,
    modes as _modes,
    news as _news,
    outbox as _outbox,
    outbox_acts as _outbox_acts,
    outbox_bulk as _outbox_bulk,
    paper as _paper,
    rehearsal as _rehearsal,
    replies as _replies,
    search as _search,
    second_factor as _second_factor,
    session,
    shares as _shares,
    shell,
    signatures as _register,
    style as _style,
    suppressions as _suppressions,
    team as _team,
    widgets as _widgets,
)
from campaign.web.staff.making import (
    basics as _making_basics,
    check as _making_check,
    languages as _making_languages,
    new as _making_new,
    preview as _making_preview,
    privacy as _making_privacy,
    story as _making_story,
    targets as _making_targets,
)
from campaign.web.staff.register import (
    changes as _register_changes,
    edit as _register_edit,
    imports as _register_imports,
    lists as _register_lists,
    pages as _register_pages,
    succession as _register_succession,
)

# A letter of 8,000 characters in UTF-8, percent-encoded, with room for the rest of the form.
LARGEST_FORM = 256 * 1024
YEAR = 365 * 86400
# Importing these modules puts their views on the blueprints.
VIEWS = (
    _making_basics,
    _making_check,
    _making_languages,
    _making_new,
    _making_preview,
    _making_privacy,
    _making_story,
    _making_targets,
    _pictures,
    _preview,
    _facts,
    _letter,
    _follow_up,
    _letter_offices,
    _letter_preview,
    _badge,
    _embedded_counter,
    _embedded_form,
    _oembed,
    _pasted,
    _qr,
    _widgets,
    _account,
    _answers,
    _office,
    _print,
    _api_keys,
    _audit,
    _invitation,
    _keyed,
    _second_factor,
    _team,
    _dashboard,
    _exports,
    _invalidations,
    _milestones,
    _handovers,
    _modes,
    _moderation,
    _paper,
    _rehearsal,
    _replies,
    _register,
    _register_changes,
    _register_edit,
    _register_imports,
    _register_lists,
    _register_pages,
    _register_succession,
    _campaign,
    _check,
    _check_mail,
    _confirm,
    _mine,
    _news,
    _not_me,
    _own_mail,
    _status,
    _counter,
    _demo,
    _home,
    _delivery,
    _outbox,
    _outbox_acts,
    _outbox_bulk,
    _shares,
    _suppressions,
    _search,
    _sendgrid,
    _signatures,
    _staff_home,
    _style,
    session,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, in named steps. Raises SettingsError when the environment is not right."""
    settings = settings or config.load()
    app = Flask("campaign", static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    _configure(app, settings)
    db.init_app(app, settings)
    redis.init_app(app, settings)
    limits.init_app(app, settings)
    i18n.init_app(app)
    pages.init_app(app, settings)
    headers.init_app(app, settings)
    leftover.init_app(app)
    errors.init_app(app)
    _routes(app)
    _composers()
    _checks()
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["settings"] = settings
    host = settings.public_url.partition("://")[2].partition(":")[0]
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR,
        # Links are made from PUBLIC_URL; the Host header is only ever compared. Loopback is for health checks.
        TRUSTED_HOSTS=[host, "localhost", "127.0.0.1", "[::1]"],
    )
    if settings.proxies:
        proxied = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # as Flask documents it


def _routes(app: Flask) -> None:
    app.before_request(origin.check_origin)
    app.before_request(session.identify)
    app.before_request(audience.guard)
    shell.init_app(app)
    for room in (
        public.blueprint,
        public.demo_blueprint,
        api.blueprint,
        embed.blueprint,
        staff.blueprint,
        hooks.blueprint,
        ops.blueprint,
    ):
        app.register_blueprint(room)
    files = cast(Callable[..., ResponseReturnValue], app.view_functions["static"])  # Flask's own view is not async
    app.view_functions["static"] = audience.public(files)
    audience.check_routes(app)


def _composers() -> None:
    """One composer per kind of message; the outbox calls it once inside the claim and keeps the result."""
    outbox.compose_with("confirmation", signatures.composers.confirmation)
    outbox.compose_with("already_signed", signatures.composers.already_signed)
    outbox.compose_with("access", signatures.composers.access)
    outbox.compose_with("news", signatures.news.compose)
    outbox.compose_with("news_test", signatures.news.compose_test)
    outbox.compose_with("letter", signatures.composers.letter, signatures.composers.letters_of)
    outbox.compose_with("reply", replies.composers.reply)
    outbox.compose_with("office_confirm", offices.composers.office_confirm)
    outbox.compose_with("office_wish", offices.composers.office_wish)
    outbox.compose_with("office_answer", offices.composers.office_answer)
    outbox.compose_with("follow_up", offices.composers.follow_up)
    outbox.compose_with(letters.trials.KIND, signatures.trial.test_letter)
    outbox.check_with("letter", signatures.verdict)
    outbox.check_with("digest", signatures.digest.sift)
    campaigns.when_opening(signatures.rehearsal.clear)
    outbox.compose_with("digest", signatures.digest.digest)
    outbox.compose_with("summary", signatures.digest.summary)
    outbox.compose_with("alarm", reports.alarms.alarm)
    outbox.compose_with(campaigns.late.KIND, campaigns.late.compose)
    outbox.compose_with("milestone", reports.composers.milestone)
    for kind, composer in accounts.composers.BY_KIND.items():
        outbox.compose_with(kind, composer)


def _checks() -> None:
    """What must be right before a campaign opens, in the order in which staff read it."""
    checklist = campaigns.checklist
    checklist.check_with("texts", campaigns.readiness.texts)
    checklist.check_with("letter", letters.checks.everything)
    checklist.check_with("targets", campaigns.readiness.targets)
    checklist.check_with("facts", campaigns.evidence_check.facts)
    checklist.check_with("privacy", campaigns.readiness.privacy)
    checklist.check_with("sending domain", doctor.sending_domain, network=True)
