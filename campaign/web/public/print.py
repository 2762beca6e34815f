"""A writer's own letter: read as it was sent, and taken along as text, as mail or on paper."""

from uuid import UUID

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue

from campaign import campaigns, outbox, printing, signatures, targets
from campaign.core import clock, i18n, tokens
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.outbox import State
from campaign.printing import Sheet
from campaign.signatures import Receipt
from campaign.web.audience import count, signed_link
from campaign.web.public import blueprint
from campaign.web.public.states import state_label

# Setting one takes a core for a tenth of a second.
PAPER = Rate(30, "minute")
KINDS = {"txt": "text/plain; charset=utf-8", "eml": "message/rfc822", "pdf": "application/pdf"}


@blueprint.get("/thanks/<token>/letters/<uuid:letter_id>")
@signed_link
def own_letter(token: str, letter_id: UUID) -> ResponseReturnValue:
    """The letter with its headers, and what it can be taken along as."""
    g.private = True
    try:
        found = _receipt(token, letter_id)
    except DomainError as error:
        return render_template("public/confirm_gone.html", text=error.words), 410
    office = targets.resolve([found.post_id], clock.today(), i18n.language())
    paper = found.state == State.QUEUED and outbox.paper.is_chosen(g.campaign_id)
    return render_template(
        "public/office/letter.html",
        receipt=found,
        office=office[0].office if office else "",
        label=state_label(found.state, paper=paper),
        paper=paper,
        handed_on=outbox.handovers.days([letter_id]).get(letter_id),
        waits=found.state in (State.QUEUED, State.HELD),
        kinds=list(KINDS),
        token=token,
    )


@blueprint.get("/thanks/<token>/letters/<uuid:letter_id>/letter.<any(txt, eml, pdf):kind>")
@signed_link
def own_letter_file(token: str, letter_id: UUID, kind: str) -> ResponseReturnValue:
    """The letter as a file."""
    g.private = True
    try:
        found = _receipt(token, letter_id)
    except DomainError as error:
        return render_template("public/confirm_gone.html", text=error.words), 410
    if kind == "pdf":
        count("paper", PAPER)
    made = {"txt": _text, "eml": lambda one: one.raw, "pdf": _paper}[kind](found)
    response = Response(made, content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="letter.{kind}"'
    return response


def _receipt(token: str, letter_id: UUID) -> Receipt:
    signature = signatures.signed(UUID(hex=tokens.read(Purpose.STATUS, token)))
    g.lang = signature.lang
    g.campaign_id, g.title = signature.campaign_id, campaigns.by_id(signature.campaign_id, signature.lang).title
    return signatures.receipt(signature, letter_id)


def _text(found: Receipt) -> bytes:
    return f"{found.mail.to_name} <{found.mail.to}>\n{found.mail.subject}\n\n{found.mail.text}".encode()


def _paper(found: Receipt) -> bytes:
    mail = found.mail
    note = f"{mail.to_name} <{mail.to}>"
    sheet = Sheet(mail.language, g.title, i18n.day(found.at.date()), mail.subject, mail.text, note)
    return printing.letters_pdf(mail.subject, mail.language, [sheet])
