"""The signatures of a campaign: look through them, open one, hold and release."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from wtforms import StringField

from campaign import signatures, targets
from campaign.accounts import Role
from campaign.core import clock, i18n
from campaign.core.db import transaction
from campaign.core.rates import Rate
from campaign.signatures import Public, SignatureState
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint, filters
from campaign.web.staff.forms import StaffForm, line, plain_form
from campaign.web.staff.notices import notice

# Who may see supporters' names, and act on them.
MAY_SEE = (Role.OWNER, Role.CAMPAIGNER, Role.MODERATOR)
RATE = Rate(120, "minute")


class ReasonForm(StaffForm):
    """Why."""

    reason = StringField(filters=[line])


@blueprint.get("/campaigns/<slug>/signatures", endpoint="signatures")
@staff(*MAY_SEE)
def show_signatures(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """A page of the register."""
    asked = filters.asked()
    before, after = (request.args.get(name, type=UUID) for name in ("before", "after"))
    listing = signatures.register.listing(g.campaign.id, filters.lenient(asked), before, after)
    return render_template(
        "staff/signatures/list.html",
        listing=listing,
        asked=asked,
        choices=filters.choices(),
        states=list(SignatureState),
        publics=list(Public),
        start=before is None and after is None,
    )


@blueprint.get("/campaigns/<slug>/signatures/<uuid:signature_id>")
@staff(*MAY_SEE)
def signature(slug: str, signature_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - as above
    """One signature, its letters, its consents, and what staff did with it."""
    entry = signatures.register.entry(g.campaign.id, signature_id)
    posts = targets.resolve(list(g.campaign.post_ids), clock.today(), i18n.language())
    return render_template(
        "staff/signatures/signature.html",
        entry=entry,
        letters=signatures.register.letters_of(signature_id),
        offices={post.post_id: post.office for post in posts},
        answers=signatures.register.answers(signature_id),
        steps=signatures.register.history(signature_id),
        form=ReasonForm(),
    )


@blueprint.post("/campaigns/<slug>/signatures/hold")
@staff(*MAY_SEE)
@limited("staff-signatures", RATE)
def hold_signatures(slug: str) -> ResponseReturnValue:
    """Set some aside."""
    form = ReasonForm(request.form)
    plain_form()
    ids = filters.marked()
    with transaction():
        held = signatures.hold.hold(
            g.campaign.id, ids, form.reason.data, actor=g.staff.actor, organisation_id=g.staff.organisation_id
        )
    undo = url_for("staff.release_signatures", slug=slug, ids=[str(id_) for id_ in held])
    notice(ngettext("%(num)s signature is held.", "%(num)s signatures are held.", len(held)), undo=undo)
    return _back(slug, ids)


@blueprint.post("/campaigns/<slug>/signatures/release")
@staff(*MAY_SEE)
@limited("staff-signatures", RATE)
def release_signatures(slug: str) -> ResponseReturnValue:
    """Let some go on."""
    plain_form()
    ids = filters.marked()
    with transaction():
        freed = signatures.hold.release(
            g.campaign.id, ids, actor=g.staff.actor, organisation_id=g.staff.organisation_id
        )
    notice(ngettext("%(num)s signature counts again.", "%(num)s signatures count again.", len(freed)))
    return _back(slug, ids)


def _back(slug: str, ids: list[UUID]) -> ResponseReturnValue:
    """To the one, or to the list."""
    if len(ids) == 1:
        return redirect(url_for("staff.signature", slug=slug, signature_id=ids[0]), 303)
    return redirect(url_for("staff.signatures", slug=slug), 303)
