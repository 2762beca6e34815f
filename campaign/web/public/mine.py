"""My signatures and letters: one mailed link to see, correct, take back, save and erase all of a person."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, letters, outbox, privacy, signatures, targets
from campaign.core import addresses, clock, tokens
from campaign.core.db import transaction
from campaign.core.errors import DomainError, Gone
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.signatures import Own
from campaign.web.audience import limited, public, signed_link
from campaign.web.public import LANG, blueprint
from campaign.web.public.mine_form import AskForm, MineForm
from campaign.web.public.states import state_label

PAGE = f"/{LANG}/mine/<token>"
ACTS = Rate(60, "minute")
# Longer than writing a mail into the ledger takes: who measures the answer learns nothing of an address.
EVEN_SECONDS = 0.1


@blueprint.route(f"/{LANG}/mine", methods=["GET", "POST"])
@public
@limited("mine", Rate(30, "hour"))
def mine(lang: str) -> ResponseReturnValue:
    """Ask for the link. The answer is the same whether anything is here or not."""
    g.private = True
    form = AskForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        with _even(), transaction():
            signatures.own.ask(addresses.parse(form.email.data))
        return redirect(url_for("public.mine", lang=lang, asked="yes"), 303)
    asked = request.args.get("asked") == "yes"
    return render_template("public/mine.html", form=form, asked=asked), 422 if form.errors else 200


@blueprint.get(PAGE)
@signed_link
def mine_page(lang: str, token: str) -> ResponseReturnValue:
    """Everything, newest first."""
    found = signatures.own.mine(*_holder(token))
    said = {
        "corrected": _("Your correction is kept."),
        "withdrawn": _("Your signature is taken back. Letters that had not left will not leave."),
    }.get(request.args.get("done", ""), "")
    return render_template("public/mine_page.html", token=token, items=[_item(one, lang) for one in found], said=said)


@blueprint.route(f"{PAGE}/<uuid:signature_id>", methods=["GET", "POST"])
@signed_link
@limited("mine-act", ACTS)
def mine_correct(lang: str, token: str, signature_id: UUID) -> ResponseReturnValue:
    """Put right what is wrong; the text only as long as no letter of it has left."""
    holder, mailbox = _holder(token)
    own = signatures.own.one(holder, signature_id, mailbox)
    form = MineForm(request.form if request.method == "POST" else None, own)
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                signatures.own.correct(holder, signature_id, form.correction(), mailbox)
            return redirect(url_for("public.mine_page", lang=lang, token=token, done="corrected"), 303)
        except DomainError as error:
            form.form_errors.append(error.words)
    return _show_form(form, own, token)


@blueprint.post(f"{PAGE}/<uuid:signature_id>/withdraw")
@signed_link
@limited("mine-act", ACTS)
def mine_withdraw(lang: str, token: str, signature_id: UUID) -> ResponseReturnValue:
    """Take one signature back."""
    holder, mailbox = _holder(token)
    with transaction():
        signatures.own.withdraw(holder, signature_id, mailbox)
    return redirect(url_for("public.mine_page", lang=lang, token=token, done="withdrawn"), 303)


@blueprint.get(f"{PAGE}/export")
@signed_link
def mine_export(lang: str, token: str) -> Response:
    """All rows as a file."""
    holder, mailbox = _holder(token)
    body = json.dumps(privacy.export(holder, lang, mailbox), ensure_ascii=False, indent=2)
    response = make_response(body)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="postbag.json"'
    return response


@blueprint.route(f"{PAGE}/erase", methods=["GET", "POST"])
@signed_link
@limited("mine-act", ACTS)
def mine_erase(lang: str, token: str) -> ResponseReturnValue:
    """GET says what goes and what stays; POST erases."""
    holder, mailbox = _holder(token)
    done, found = request.method == "POST", 0
    if done:
        with transaction():
            found = privacy.erase(holder, mailbox)
    gone = done and not found  # a second click, or somebody who was never here
    return render_template("public/mine_erase.html", lang=lang, token=token, done=done), 410 if gone else 200


@contextmanager
def _even() -> Iterator[None]:
    """Let the block take as long whether it finds something or not."""
    began = time.monotonic()
    yield
    time.sleep(max(0.0, EVEN_SECONDS - (time.monotonic() - began)))


def _holder(token: str) -> tuple[bytes, bytes]:
    """The address, by its hash, and the mailbox among those that fold to it that the link was sent to; raises Gone."""
    g.private = True
    try:
        address, _dot, mailbox = tokens.read(Purpose.MINE, token).partition(".")
        return bytes.fromhex(address), bytes.fromhex(mailbox)
    except ValueError as error:
        raise Gone(_("A part of the link may be missing.")) from error


def _item(own: Own, lang: str) -> dict[str, Any]:
    """One signature with its campaign and where its letters are."""
    page = campaigns.by_id(own.campaign_id, lang)
    states, paper = signatures.letter_states(own.id), outbox.paper.is_chosen(own.campaign_id)
    offices = {one.post_id: one for one in targets.resolve([one.post_id for one in states], clock.today(), lang)}
    return {
        "own": own,
        "campaign": page,
        "status": tokens.sign(Purpose.STATUS, own.id.hex) if own.state in signatures.STANDING else "",
        "letters": [
            {"office": offices[one.post_id].office, "state": one.state, "label": state_label(one.state, paper=paper)}
            for one in states
            if one.post_id in offices
        ],
    }


def _show_form(form: MineForm, own: Own, token: str) -> ResponseReturnValue:
    page, beside = campaigns.by_id(own.campaign_id, g.lang), letters.beside(letters.text(own.text_id))
    values = {"form": form, "own": own, "campaign": page, "token": token, "beside": beside}
    return render_template("public/mine_correct.html", **values), 422 if form.errors else 200
