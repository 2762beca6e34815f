"""Mails from templates: a folder per mail with subject.txt, body.txt and body.html, in the reader's language."""

from dataclasses import dataclass
from typing import Any

import css_inline
from flask import render_template

from campaign.core.i18n import speaking

# Mail programs drop <style>; nothing is fetched while inlining.
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


@dataclass(frozen=True)
class Written:
    """A mail's texts."""

    subject: str
    text: str
    html: str


def write(name: str, lang: str, **context: Any) -> Written:
    """Render the mail called `name` in that language."""
    with speaking(lang):
        subject = " ".join(render_template(f"email/{name}/subject.txt", **context).split())
        text = render_template(f"email/{name}/body.txt", **context).strip() + "\n"
        html = _inliner.inline(render_template(f"email/{name}/body.html", **context))
    return Written(subject, text, html)


def plain(name: str, lang: str, **context: Any) -> Written:
    """Render the mail called `name` in that language, text only."""
    with speaking(lang):
        subject = " ".join(render_template(f"email/{name}/subject.txt", **context).split())
        text = render_template(f"email/{name}/body.txt", **context).strip() + "\n"
    return Written(subject, text, "")


def footer(name: str, lang: str, **context: Any) -> str:
    """Render the plain footer of the mail called `name`, for a mail whose text is somebody's own."""
    with speaking(lang):
        return render_template(f"email/{name}/footer.txt", **context).strip() + "\n"
