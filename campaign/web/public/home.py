"""First page, privacy, and which language to begin with."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign import campaigns, config, reports
from campaign.core import i18n
from campaign.privacy import ADDRESS_DAYS, PAUSED_DAYS, RECEIPT_DAYS, REPLY_DAYS, TEXT_DAYS, UNCONFIRMED_DAYS
from campaign.web.audience import public
from campaign.web.public import LANG, blueprint


@blueprint.get("/")
@public
def root() -> ResponseReturnValue:
    """Send the reader to the first page in their browser's language."""
    response = redirect(url_for("public.home", lang=i18n.language()), 302)
    response.headers["Vary"] = "Accept-Language"
    return response


@blueprint.get(f"/{LANG}/")
@public
def home(lang: str) -> ResponseReturnValue:
    """Open campaigns."""
    pages = campaigns.open_campaigns(lang)
    counters = {page.slug: reports.counter(page.slug) for page in pages}
    items = [
        {
            "slug": page.slug,
            "title": page.title,
            "lead": page.lead,
            "accent": page.accent,
            "langs": page.langs,
            "signatures": counters[page.slug].signatures,
            "goal": counters[page.slug].goal,
        }
        for page in pages
    ]
    return render_template("public/home.html", campaigns=items)


@blueprint.get(f"/{LANG}/privacy")
@public
def privacy(lang: str) -> ResponseReturnValue:
    """What we keep, why, and for how long."""
    g.lang = lang
    names = sorted({page.organisation for page in campaigns.open_campaigns(lang)})
    return render_template(
        "public/privacy.html",
        organisation=", ".join(names) or "Postbag",
        retention_days=ADDRESS_DAYS,
        unconfirmed_days=UNCONFIRMED_DAYS,
        paused_days=PAUSED_DAYS,
        text_days=TEXT_DAYS,
        receipt_days=RECEIPT_DAYS,
        # Without a domain for answers, offices write to the supporter, and we see nothing of it.
        reply_days=REPLY_DAYS if config.current().inbound_domain else None,
        contact_email=config.current().contact,
    )
