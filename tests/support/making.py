"""A campaign in the making, as staff's browser sends it step by step."""

from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign import campaigns, letters
from campaign.campaigns import Campaign, CampaignText
from campaign.core.db import session, transaction
from tests.support.forms import SLUG
from tests.support.page import FormOn

HOME = f"/staff/campaigns/{SLUG}/making"


def filled(client: FlaskClient, path: str, **values: str) -> dict[str, str]:
    """The form of a step as the browser would send it, with other values in some fields."""
    page = client.get(path)
    assert page.status_code == 200, path
    return {**FormOn(page.text, path.partition("?")[0].rpartition("/")[2]).values, **values}


def save(client: FlaskClient, path: str, **values: str) -> TestResponse:
    """Send that form."""
    return client.post(path, data=filled(client, path, **values))


def stored(lang: str = "en", slug: str = SLUG) -> CampaignText:
    """The texts of a language as the database has them now."""
    session().rollback()
    session().expire_all()
    query = select(CampaignText).join(Campaign, Campaign.id == CampaignText.campaign_id)
    return session().scalars(query.where(Campaign.slug == slug, CampaignText.lang == lang)).one()


def row(slug: str = SLUG) -> Campaign:
    """The campaign as the database has it now."""
    session().rollback()
    session().expire_all()
    return session().scalars(select(Campaign).where(Campaign.slug == slug)).one()


def every_version(campaign_id: UUID) -> set[UUID]:
    """As if a test letter of each had left."""
    return {version.id for version in letters.checks.newest_of(campaign_id).values()}


def begun(client: FlaskClient, owner: dict[str, str]) -> str:
    """A draft with a title, an ask and a story."""
    client.post("/staff/campaigns/new", data={**owner, "title": "Save it", "lang": "en"})
    path = "/staff/campaigns/save-it/making/story"
    assert save(client, path, lead_en="Please write.", story_en="Because.").status_code == 303
    return "save-it"


def offices(slug: str = SLUG) -> list[str]:
    """Its targets in their order."""
    return [str(post) for post in campaigns.draft(row(slug).id, "en").post_ids]


def ready(client: FlaskClient, owner: dict[str, str]) -> str:
    """A draft that may open: with letter, office and test letter."""
    slug = begun(client, owner)
    for post in offices():
        client.post(f"/staff/campaigns/{slug}/making/targets/{post}/add", data=owner)
    client.post(f"/staff/campaigns/{slug}/making/targets/{offices()[0]}/checked", data=owner)
    with transaction():
        letters.save_model(
            row(slug).id,
            "en",
            subject="Keep it",
            opening="{salutation},",
            body="Please keep it as it is. Thank you.",
            closing="{name}",
            actor="test",
        )
    return slug
