"""What organisers copy onto their own sites, which sites those are, and who signed there."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from campaign import campaigns, reports
from campaign.accounts import Role
from campaign.campaigns import Accent, embedders
from campaign.core import i18n
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.web.audience import limited, staff
from campaign.web.embed import colours, options
from campaign.web.embed.colours import ACCENTS, Colour
from campaign.web.embed.options import Options, Theme
from campaign.web.embed.snippets import Kind, Snippet, snippet
from campaign.web.public import share
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, plain_form, posted, put_error
from campaign.web.staff.notices import notice

MAY_EMBED = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(60, "minute")
# The colour that static/embed/counter.css has.
DEFAULT_ACCENT = Accent.CRIMSON


class SiteForm(StaffForm):
    """A site that shows the campaign."""

    name = StringField(filters=[line], validators=[InputRequired(_("Write whose site it is."))])
    code = StringField(filters=[line])
    addresses = TextAreaField(validators=[Length(max=3000, message=_("This is too much text."))])
    seen = HiddenField()


@blueprint.get("/campaigns/<slug>/widgets")
@staff(*MAY_EMBED)
def widgets(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """Choose a widget, look at it, copy it."""
    return _show(SiteForm())


@blueprint.post("/campaigns/<slug>/widgets/add")
@staff(*MAY_EMBED)
@limited("staff-widgets", RATE)
def add_embedder(slug: str) -> ResponseReturnValue:
    """Let a site show the form, with a code of its own."""
    form = SiteForm(posted())
    if not form.validate():
        return _show(form, 422)
    lines = (form.addresses.data or "").splitlines()
    try:
        with transaction():
            site = embedders.add(g.campaign.id, form.name.data, form.code.data or "", lines, **_who())
    except DomainError as error:
        put_error(form, error, "name")
        return _show(form, 422)
    undo = url_for("staff.remove_embedder", slug=slug, embedder_id=site.id)
    notice(gettext("%(name)s may show the form now. Its code is %(code)s.", name=site.name, code=site.code), undo=undo)
    return redirect(url_for("staff.widgets", slug=slug, source=site.code), 303)


@blueprint.route("/campaigns/<slug>/widgets/<uuid:embedder_id>", methods=["GET", "POST"])
@staff(*MAY_EMBED)
@limited("staff-widgets", RATE)
def embedder(slug: str, embedder_id: UUID) -> ResponseReturnValue:
    """Change a site's name and addresses."""
    site = embedders.site(g.campaign.id, embedder_id)
    form = SiteForm(posted(), name=site.name, addresses="\n".join(site.origins), seen=site.seal)
    if request.method != "POST":
        return render_template("staff/widgets/site.html", form=form, site=site)
    if not (form.validate() and _changed(form, site)):
        return render_template("staff/widgets/site.html", form=form, site=site), 422
    notice(gettext("Saved."))
    return redirect(url_for("staff.widgets", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/widgets/<uuid:embedder_id>/remove")
@staff(*MAY_EMBED)
@limited("staff-widgets", RATE)
def remove_embedder(slug: str, embedder_id: UUID) -> ResponseReturnValue:
    """Let it show the form no more; what was signed there stays."""
    plain_form()
    with transaction():
        name = embedders.remove(g.campaign.id, embedder_id, **_who())
    undo = url_for("staff.restore_embedder", slug=slug, embedder_id=embedder_id)
    notice(gettext("%(name)s can show the form no more.", name=name), undo=undo)
    return redirect(url_for("staff.widgets", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/widgets/<uuid:embedder_id>/restore")
@staff(*MAY_EMBED)
@limited("staff-widgets", RATE)
def restore_embedder(slug: str, embedder_id: UUID) -> ResponseReturnValue:
    """Let it again."""
    plain_form()
    with transaction():
        name = embedders.restore(g.campaign.id, embedder_id, **_who())
    notice(gettext("%(name)s may show the form again.", name=name))
    return redirect(url_for("staff.widgets", slug=slug), 303)


def _changed(form: SiteForm, site: embedders.Site) -> bool:
    """Change it; False with what is wrong beside the fields."""
    lines = (form.addresses.data or "").splitlines()
    try:
        with transaction():
            embedders.change(g.campaign.id, site.id, form.name.data, lines, form.seen.data or "", **_who())
    except DomainError as error:
        put_error(form, error, "name")
        form.seen.data = site.seal  # whoever has read of another's change may go on
        return False
    return True


def _who() -> dict[str, Any]:
    return {"actor": g.staff.actor, "organisation_id": g.staff.organisation_id}


def _show(form: SiteForm, status: int = 200) -> ResponseReturnValue:
    g.shows_frames = True
    kind = Kind(request.args["kind"]) if request.args.get("kind") in list(Kind) else Kind.ELEMENT
    own, chosen = ACCENTS[g.campaign.accent][0], _chosen()
    if kind == Kind.ELEMENT and chosen.colour is None and g.campaign.accent != DEFAULT_ACCENT:
        chosen = replace(chosen, colour=Colour(own))  # its script knows no campaign's colour
    sites = embedders.sites(g.campaign.id)
    return render_template(
        "staff/widgets/widgets.html",
        form=form,
        kind=kind.value,
        langs=[(each.code, each.name) for each in i18n.LANGUAGES if each.code in g.campaign.langs],
        chosen=chosen,
        colour=(chosen.colour or Colour(own)).hex,
        checks=_checks(chosen.colour, chosen.theme) if chosen.colour else [],
        made=_made(kind, chosen),
        sites=sites,
        by_site=_by_site([site.code for site in sites]),
        ways=share.labels(),
        posts=_posts(),
    ), status


def _made(kind: Kind, chosen: Options) -> Snippet | None:
    """The lines to copy; none while the campaign is not public."""
    if g.campaign.status not in campaigns.PUBLIC:
        return None
    langs = g.campaign.langs
    lang = chosen.lang or (i18n.language() if i18n.language() in langs else next(iter(langs), i18n.DEFAULT))
    return snippet(kind, g.campaign.slug, g.campaign.title, lang, chosen)


def _posts() -> dict[str, dict[str, str]]:
    """What to post, by language and way; nothing while nobody can sign."""
    if g.campaign.status != campaigns.Status.OPEN:
        return {}
    return {lang: share.posts(campaigns.find(g.campaign.slug, lang)) for lang in g.campaign.langs}


def _chosen() -> Options:
    """The choice in the address. A field for colours always sends one: the campaign's own is no choice."""
    chosen = options.read(request.args)
    own = Colour(ACCENTS[g.campaign.accent][0])
    return replace(chosen, colour=None) if chosen.colour == own else chosen


def _by_site(codes: list[str]) -> dict[str, int]:
    """Signatures by code, and under the empty one those from anywhere else."""
    figures = reports.figures(g.campaign.id)
    found = {share.key: share.signatures for share in figures.by_source}
    mine = {code: found.get(code, 0) for code in codes}
    return mine | {"": sum(found.values()) - sum(mine.values())}


def _checks(colour: Colour, theme: Theme) -> list[dict[str, Any]]:
    """What is said of the colour, on what the widget will stand on."""
    on = {
        "light": gettext("The bar on a light page"),
        "dark": gettext("The bar on a dark page"),
        "button": gettext("The words on the button"),
    }
    shown = [each for each in colours.checks(colour) if theme == Theme.AUTO or each.on in (theme.value, "button")]
    return [
        {
            "on": on[each.on],
            "contrast": i18n.number(round(each.contrast, 1)),
            "needed": i18n.number(each.needed),
            "fine": each.fine,
        }
        for each in shown
    ]
