"""The step with the ask and the story, and the picture of the campaign."""

from flask import g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from campaign.campaigns import Picture, drafts, pictures, rules
from campaign.core.db import session, transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import language
from campaign.core.text import markdown
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import plain_form
from campaign.web.staff.making import ACTS, MAY_MAKE, MAY_WRITE, SAVES
from campaign.web.staff.making.basics import NAMES
from campaign.web.staff.making.sheet import Field, Sheet, handle
from campaign.web.staff.notices import notice

# The largest file that is read, with room for the rest of the form.
LARGEST = pictures.LARGEST_FILE + 64 * 1024


def chosen_lang() -> str:
    """The language that the page is about: the one asked for, the reader's, or the first."""
    wanted = request.args.get("lang", "")
    langs = g.campaign.langs
    return next((lang for lang in (wanted, language()) if lang in langs), langs[0])


@blueprint.route("/campaigns/<slug>/making/story", methods=["GET", "POST"])
@staff(*MAY_MAKE)
@limited("staff-save", SAVES)
def making_story(slug: str) -> ResponseReturnValue:
    """What is asked and why, in one language."""
    lang = chosen_lang()
    sheet = Sheet("story", _("Ask and story"), fields(lang))
    here = url_for("staff.making_story", slug=slug, lang=lang)
    context = {"lang_now": lang, "names": NAMES, "picture": picture(), "said": markdown(_story(lang))}
    return handle(sheet, back=here, **context)


def fields(lang: str) -> list[Field]:
    """What a campaign says in one language, but for its title."""
    help_ = _("**bold**, *italic*, [words](https://…), - lists, ## headings. Short paragraphs.")
    return [
        Field(f"kicker_{lang}", _("Line above the title")),
        Field(
            f"lead_{lang}",
            _("Ask"),
            "lines",
            _("Two or three sentences: who shall do what, and why now."),
            required=True,
        ),
        Field(f"story_{lang}", _("Story"), "markdown", help_, required=True),
        Field(f"picture_alt_{lang}", _("What the picture shows"), hint=_("For people who cannot see it.")),
        Field(f"picture_credit_{lang}", _("Credit of the picture")),
    ]


def picture() -> Picture | None:
    """The present picture."""
    name = pictures.of(g.campaign.id)
    if name is None:
        return None
    return Picture(name, "", "", *pictures.size_of(name)) if pictures.is_stored(name) else Picture(name, "", "")


def _story(lang: str) -> str:
    return drafts.read(g.campaign.id, [f"story_{lang}"]).values[f"story_{lang}"]


@blueprint.post("/campaigns/<slug>/making/markdown")
@staff(*MAY_WRITE)
@limited("staff-save", SAVES)
def making_markdown(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """What a text will look like; it is kept nowhere."""
    plain_form()
    source = request.form.get("text", "")[: rules.LIMITS["story"]]
    return jsonify(html=str(markdown(source)))


@blueprint.post("/campaigns/<slug>/making/picture")
@staff(*MAY_MAKE)
@limited("staff-picture", ACTS)
def making_picture(slug: str) -> ResponseReturnValue:
    """Take a picture in."""
    request.max_content_length = LARGEST
    try:
        plain_form()
        file = request.files.get("picture")
        session().rollback()  # unpacking and packing a picture takes a second, and no transaction waits for it
        made = pictures.encode(file.read() if file else b"")
        with transaction():
            before = pictures.set_picture(g.staff.organisation_id, g.campaign.id, made, actor=g.staff.actor)
    except RequestEntityTooLarge:
        return _refused(_("This file is larger than %(n)s MB.", n=pictures.LARGEST_FILE // 1024**2), 413)
    except DomainError as error:
        return _refused(error.words, 422)
    undo = url_for("staff.show_picture", slug=slug, name=before or "none")
    notice(
        _("The picture is there: %(n)s kB. Say in each language what it shows.", n=len(made.data) // 1024), undo=undo
    )
    return redirect(url_for("staff.making_story", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/making/picture/<path:name>/show")
@staff(*MAY_MAKE)
@limited("staff-picture", ACTS)
def show_picture(slug: str, name: str) -> ResponseReturnValue:
    """Show one that was there before, or none."""
    plain_form()
    wanted = None if name == "none" else name
    with transaction():
        before = pictures.show(g.staff.organisation_id, g.campaign.id, wanted, actor=g.staff.actor)
    undo = url_for("staff.show_picture", slug=slug, name=before or "none")
    notice(_("The picture is back.") if wanted else _("The campaign has no picture now."), undo=undo)
    return redirect(url_for("staff.making_story", slug=slug), 303)


def _refused(words: str, status: int) -> ResponseReturnValue:
    return render_template("staff/making/picture.html", error=words, picture=picture()), status
