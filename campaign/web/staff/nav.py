"""What stands in the console's navigation. A page adds its entry here; nobody sees one that they may not open."""

from dataclasses import dataclass, field

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from campaign import signatures
from campaign.campaigns import Status
from campaign.web import audience


@dataclass(frozen=True)
class Entry:
    """One entry: the `section` that its pages set, the endpoint it leads to, and its key after `g`, if it has one.

    Who sees it follows from the audience of its endpoint; an endpoint that is not there yet is not shown.
    """

    section: str
    endpoint: str
    label: LazyString
    key: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Link:
    """An entry as this reader sees it."""

    href: str
    label: str
    current: str
    key: str


# Of the campaign that the page is about.
CAMPAIGN = (
    Entry("dashboard", "staff.dashboard", _("Dashboard"), key="d"),
    Entry("signatures", "staff.signatures", _("Signatures"), key="s"),
    Entry("moderation", "staff.moderation", _("Moderation")),
    Entry("campaign_outbox", "staff.campaign_outbox", _("Outbox")),
    Entry("making", "staff.making", _("Make"), key="m"),
    Entry("delivery", "staff.delivery", _("Delivery plan")),
    Entry("modes", "staff.modes", _("How letters leave")),
    Entry("handovers", "staff.handovers", _("Hand-overs")),
    Entry("replies", "staff.replies", _("Answers")),
    Entry("offices", "staff.offices", _("Wishes of offices")),
    Entry("rehearsal", "staff.rehearsal", _("Rehearsal")),
    Entry("widgets", "staff.widgets", _("Widgets")),
    Entry("news", "staff.news", _("News")),
    Entry("milestones", "staff.milestones", _("Milestones")),
    Entry("invalidations", "staff.invalidations", _("Invalidations")),
    Entry("paper", "staff.paper", _("Paper signatures")),
    Entry("exports", "staff.exports", _("Exports")),
)
# Of the organisation; they stand below the campaign.
ORGANISATION = (
    Entry("register", "staff.register", _("Office holders"), key="r"),
    Entry("outbox", "staff.outbox", _("Whole outbox"), key="o"),
    Entry("team", "staff.team", _("Team")),
    Entry("api_keys", "staff.api_keys", _("API keys")),
    Entry("audit", "staff.audit", _("Audit log")),
)
# Only what has not opened can be rehearsed.
REHEARSED = (Status.DRAFT, Status.SCHEDULED)
HOME = Entry("home", "staff.home", _("Campaigns"), key="c")
ACCOUNT = Entry("account", "staff.account", _("Your account"))


def links(entries: tuple[Entry, ...], section: str = "") -> list[Link]:
    """The entries that this reader may open; `section` is what the page calls itself."""
    return [_link(entry, section) for entry in entries if may_open(entry.endpoint)]


def navigation(section: str = "") -> dict[str, object]:
    """Everything that base.html shows beside a page."""
    campaign = g.get("campaign")
    return {
        "home": links((HOME,), section),
        "campaign": links(CAMPAIGN, section) if campaign else [],
        "organisation": links(ORGANISATION, section),
        "account": links((ACCOUNT,), section),
        # Only what has not opened can be rehearsed.
        "rehearsal": campaign
        and campaign.status in (Status.DRAFT, Status.SCHEDULED)
        and signatures.rehearsal.people(campaign.id) > 0,
    }


def may_open(endpoint: str) -> bool:
    """Whether there is such a page and this reader's role opens it."""
    if endpoint not in current_app.view_functions:
        return False
    declared = audience.of(current_app, endpoint)
    if declared is None or (g.staff.lacks_factor and not declared.setup):
        return False
    return bool(g.staff.roles & declared.roles)


def _link(entry: Entry, section: str) -> Link:
    exact = request.endpoint == entry.endpoint
    current = "page" if exact else "true" if section == entry.section else ""
    values = {"slug": g.campaign.slug} if entry in CAMPAIGN else {}
    return Link(url_for(entry.endpoint, **values), str(entry.label), current, entry.key)
