"""Write the register of posts."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from campaign.core import addresses, audit
from campaign.core.db import session
from campaign.core.errors import Conflict
from campaign.targets.models import Contact, Post, Tenure


def add_tenure(tenure: Tenure, *, actor: str) -> Tenure:
    """Say who holds a post from when; raises Conflict when somebody else holds it on any of those days."""
    session().execute(select(Post.id).where(Post.id == tenure.post_id).with_for_update())
    later = [Tenure.until.is_(None), Tenure.until > tenure.since]
    clash = select(Tenure.id).where(Tenure.post_id == tenure.post_id, or_(*later))
    if tenure.until is not None:
        clash = clash.where(Tenure.since < tenure.until)
    if session().scalar(clash.limit(1)):
        raise Conflict(_("Somebody else holds this post on some of these days."))
    session().add(tenure)
    session().flush()
    audit.record(actor, "targets.add_tenure", f"post:{tenure.post_id}", since=tenure.since.isoformat())
    return tenure


def end_tenure(tenure_id: UUID, until: date, *, actor: str) -> None:
    """Say from which day on a holder no longer holds the post."""
    session().execute(update(Tenure).where(Tenure.id == tenure_id).values(until=until))
    audit.record(actor, "targets.end_tenure", f"tenure:{tenure_id}", until=until.isoformat())


def set_contact(contact: Contact, *, actor: str) -> Contact:
    """Give a post an address from a day on; the one before ends there. Raises BadAddress."""
    contact.email = addresses.parse(contact.email).email
    session().execute(select(Post.id).where(Post.id == contact.post_id).with_for_update())
    session().execute(
        update(Contact).where(Contact.post_id == contact.post_id, Contact.until.is_(None)).values(until=contact.since)
    )
    session().add(contact)
    session().flush()
    audit.record(actor, "targets.set_contact", f"post:{contact.post_id}", since=contact.since.isoformat())
    return contact
