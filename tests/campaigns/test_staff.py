"""Campaigns as one organisation's staff see them: their own, in order, and nobody else's."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from campaign import accounts, campaigns
from campaign.campaigns import Campaign
from campaign.core.db import session, transaction
from campaign.core.errors import NotFound
from campaign.core.ids import new_id
from tests.support.forms import SLUG


def home() -> UUID:
    found = session().scalar(select(Campaign.organisation_id).where(Campaign.slug == SLUG))
    assert found
    return found


def test_an_organisation_finds_its_campaign_by_its_slug(seeded: Flask) -> None:
    mine = campaigns.of_organisation(home(), SLUG, "nl")
    assert mine.langs == ("de", "en", "fr", "nl")
    assert len(mine.post_ids) == 2
    assert mine.title == campaigns.find(SLUG, "nl").title
    assert mine.post_ids == campaigns.find(SLUG, "nl").post_ids
    assert [mine] == campaigns.all_of(home(), "nl")


def test_another_organisation_finds_nothing(seeded: Flask) -> None:
    with transaction():
        other = accounts.ensure_organisation("other", "Other").id
    with pytest.raises(NotFound):
        campaigns.of_organisation(other, SLUG, "en")
    assert campaigns.all_of(other, "en") == []
    assert campaigns.owners(other) == [other]


def test_messages_belong_to_campaigns_and_to_the_organisation_itself(seeded: Flask) -> None:
    assert set(campaigns.owners(home())) == {campaigns.find(SLUG, "en").id, home()}
    assert campaigns.owners(new_id())[:-1] == []
