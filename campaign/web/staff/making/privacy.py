"""The step that says who answers for supporters' data, for how long it is kept, and in which words people agree."""

from dataclasses import replace

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, config, signatures
from campaign.campaigns import rules
from campaign.core.i18n import speaking
from campaign.privacy import ADDRESS_DAYS
from campaign.signatures import ConsentKind
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.making import MAY_MAKE, SAVES
from campaign.web.staff.making.basics import NAMES
from campaign.web.staff.making.sheet import Field, Sheet, handle


@blueprint.route("/campaigns/<slug>/making/privacy", methods=["GET", "POST"])
@staff(*MAY_MAKE)
@limited("staff-save", SAVES)
def making_privacy(slug: str) -> ResponseReturnValue:
    """Who answers, how long, and the exact words."""
    least, most = rules.RETENTION.start, rules.RETENTION.stop - 1
    days = _(
        "Days from closing to erasure, %(least)s to %(most)s. Empty: %(usual)s.",
        least=least,
        most=most,
        usual=ADDRESS_DAYS,
    )
    who = _("Name and address, as the law asks. Empty: %(name)s.", name=g.staff.organisation)
    contact = _("An address of your organisation. Empty: %(email)s.", email=config.current().contact or _("none"))
    fields = [
        Field("controller", _("Who answers for the data"), hint=who),
        Field("privacy_contact", _("Where to ask about one's data"), hint=contact),
        Field("retention_days", _("How long addresses are kept"), "number", days),
    ]
    page = replace(campaigns.draft(g.campaign.id, g.campaign.langs[0]), consent_send="", consent_updates="")
    for lang in g.campaign.langs:
        fields += _wordings(lang, page)
    return handle(Sheet("privacy", _("Privacy"), fields), back=url_for("staff.making_privacy", slug=slug))


def _wordings(lang: str, page: campaigns.Page) -> list[Field]:
    labels = {
        ConsentKind.SEND: (f"consent_send_{lang}", _("Words of agreement in %(language)s", language=NAMES[lang])),
        ConsentKind.UPDATES: (
            f"consent_updates_{lang}",
            _("Question about news in %(language)s", language=NAMES[lang]),
        ),
    }
    with speaking(lang):
        usual = {kind: signatures.consent.wording(kind, page) for kind in labels}
    return [Field(name, label, "lines", source=usual[kind]) for kind, (name, label) in labels.items()]
