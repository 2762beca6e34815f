"""Read the demonstration campaign from demo/ into the database, once."""

import csv
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from campaign import accounts, campaigns, letters, outbox, targets
from campaign.campaigns import Accent, Campaign, CampaignText, Fact, FactSource, Status
from campaign.config import ROOT
from campaign.core.db import session
from campaign.core.rates import Rate
from campaign.outbox import Lane
from campaign.targets import Area, Body, Contact, Person, Post, Tenure

SLUG = "shelter-is-the-law"
FOLDER = ROOT / "demo" / SLUG
POSTCODES = ROOT / "campaign" / "targets" / "belgium" / "postcodes.csv"
ACTOR = "seed"
COUNTRY_NAMES = {"en": "Belgium", "fr": "Belgique", "nl": "België", "de": "Belgien"}
# The contract: the demonstration sends at all hours, 60 letters a minute per target.
DEMO_PACE = Rate(60, "minute")


def seed() -> bool:
    """Add the demonstration campaign with its posts and postcodes; False when it is there already."""
    facts = _read("campaign.toml")
    if session().scalar(select(Campaign.id).where(Campaign.slug == facts["slug"])):
        return False
    _postcodes()
    organisation = accounts.ensure_organisation("demo", facts["organisation"]["name"])
    posts = _register(_read("posts.toml"), organisation.id)
    texts = {lang: _read(f"{lang}.toml") for lang in facts["languages"]}
    campaign = campaigns.create(
        Campaign(
            organisation_id=organisation.id,
            slug=facts["slug"],
            goal=facts["goal"],
            accent=Accent(facts["accent"]),
            country=facts["country"],
            is_demo=facts["demo"],
            own_mail=True,
            picture=facts["picture"]["src"],
        ),
        [_text(lang, words) for lang, words in texts.items()],
        [posts[key] for key in facts["targets"]],
        actor=ACTOR,
    )
    for lang, words in texts.items():
        parts = {name: words["letter"][name] for name in ("subject", "opening", "body", "closing", "tips")}
        letters.save_model(campaign.id, lang, **parts, actor=ACTOR)
    _facts(campaign.id, facts, texts)
    campaigns.change_status(campaign.id, Status.OPEN, actor=ACTOR)
    for key in facts["targets"]:
        outbox.set_rate(f"target:{posts[key]}", DEMO_PACE, Lane.LETTERS)
    return True


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _text(lang: str, text: dict[str, Any]) -> CampaignText:
    names = ("title", "kicker", "lead", "story", "picture_alt", "picture_credit")
    return CampaignText(lang=lang, **{name: text[name].strip() for name in names})


def _facts(campaign_id: UUID, facts: dict[str, Any], texts: dict[str, dict[str, Any]]) -> None:
    sources = {}
    for item in facts["sources"]:
        own = {lang: text["sources"].get(item["key"], {}) for lang, text in texts.items()}
        source = FactSource(
            campaign_id=campaign_id,
            publisher={lang: words.get("publisher", item["publisher"]) for lang, words in own.items()},
            title=item["title"],
            title_lang=item["language"],
            dated={lang: words.get("date", item["date"]) for lang, words in own.items()},
            link=item.get("link"),
        )
        session().add(source)
        session().flush()
        sources[item["key"]] = source.id
    for position, item in enumerate(facts["facts"]):
        words = {lang: text["facts"][item["key"]] for lang, text in texts.items()}
        session().add(
            Fact(
                campaign_id=campaign_id,
                source_id=sources[item["source"]],
                position=position,
                figure={lang: fact["figure"] for lang, fact in words.items()},
                statement={lang: fact["statement"] for lang, fact in words.items()},
                # The others stand in the model letter already.
                sentence={lang: fact["statement"] for lang, fact in words.items()} if item.get("letter") else {},
            )
        )
    session().flush()


def _register(data: dict[str, Any], organisation_id: UUID) -> dict[str, UUID]:
    """Bodies, posts, persons, tenures and contacts of its register; answers the posts by key."""
    session().add(Area(code="BE", name=COUNTRY_NAMES, kind="country"))
    session().flush()
    whose = {"organisation_id": organisation_id}
    bodies = _keyed(data["bodies"], lambda d: Body(key=d["key"], area_code=d["area"], name=d["name"], **whose))
    fields = ("key", "languages", "office", "salutation", "address")
    posts = _keyed(data["posts"], lambda d: Post(body_id=bodies[d["body"]], **whose, **{n: d[n] for n in fields}))
    persons = _keyed(data["persons"], lambda d: Person(key=d["key"], name=d["name"], **whose))
    for item in data["tenures"]:
        targets.add_tenure(
            Tenure(
                post_id=posts[item["post"]],
                person_id=persons[item["person"]],
                since=item["since"],
                until=item.get("until"),
                office=item.get("office", {}),
                salutation=item["salutation"],
                source=item["source"],
            ),
            actor=ACTOR,
        )
    for item in data["contacts"]:
        contact = Contact(post_id=posts[item["post"]], email=item["value"], since=item["since"], source=item["source"])
        targets.set_contact(contact, actor=ACTOR)
    return posts


def _keyed(items: list[dict[str, Any]], make: Callable[[dict[str, Any]], Any]) -> dict[str, UUID]:
    """Add one row per item; answers the ids by key."""
    rows = {item["key"]: make(item) for item in items}
    session().add_all(rows.values())
    session().flush()
    return {key: row.id for key, row in rows.items()}


def _postcodes(path: Path = POSTCODES) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = json.dumps(list(csv.DictReader(file)))
    # One statement: a thousand of them take fifty times as long.
    session().execute(
        text(
            "INSERT INTO postcodes (country, postcode, place)"
            " SELECT 'BE', place->>'postcode', place - 'postcode' FROM jsonb_array_elements(:rows) AS place"
        ),
        {"rows": rows},
    )
