"""Words for outcomes and for the states that a preview can show."""

from flask_babel import lazy_gettext as _

from campaign.campaigns import Outcome

OUTCOMES = {
    Outcome.WON: _("Won"),
    Outcome.LOST: _("Not won"),
    Outcome.HANDED_OVER: _("Handed over"),
}
STATES = {
    "open": _("Open"),
    "scheduled": _("Not yet open"),
    "paused": _("Paused"),
    "closed": _("Closed"),
    "won": _("Closed: won"),
    "lost": _("Closed: not won"),
    "handed_over": _("Closed: handed over"),
}
