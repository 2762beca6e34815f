"""Made-up signatures with their letters, many at once: to look at a busy campaign, and to measure with.

Everything is written by statements over whole sets, so a hundred thousand take seconds. The rows are what signing,
confirming and sending leave behind; only the history of each message and the consents are left out.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import LargeBinary, Uuid

from campaign import campaigns, counters, letters, outbox, signatures, targets
from campaign.campaigns import Campaign
from campaign.core import clock, zones
from campaign.core.addresses import Address
from campaign.core.db import session
from campaign.core.errors import DomainError, NotFound

# So many days back the first of them signed.
DAYS = 20
# The share of letters that still wait in the outbox, those of the last to sign.
WAITING = 0.01
LOT = 50_000


def crowd(slug: str, number: int) -> None:
    """Add so many confirmed signatures to a demonstration campaign; raises NotFound, DomainError for another kind."""
    campaign = session().scalar(select(Campaign).where(Campaign.slug == slug))
    if campaign is None:
        raise NotFound("There is no such campaign.")
    if not campaign.is_demo:
        raise DomainError("Made-up signatures are for demonstration campaigns only.")
    there = signatures.confirmed_count(campaign.id)
    _areas()
    _texts(campaign)
    for first in range(there, there + number, LOT):
        _lot(campaign, first, min(first + LOT, there + number), there, number)
    _tally(campaign.id)


def _areas() -> None:
    """The province of each postcode, for the statement that makes signatures."""
    session().execute(text("CREATE TEMPORARY TABLE made_areas (first int, last int, area text) ON COMMIT DROP"))
    rows = [{"first": span.first, "last": span.last, "area": span.code} for span in targets.spans()]
    session().execute(text("INSERT INTO made_areas VALUES (:first, :last, :area)"), rows)
    session().execute(text(_PLACES))


def _texts(campaign: Campaign) -> None:
    """One text for all who changed nothing, per language: the model letter as it stands."""
    session().execute(
        text("CREATE TEMPORARY TABLE made_texts (lang text, version_id uuid, text_id uuid) ON COMMIT DROP")
    )
    page = campaigns.by_id(campaign.id, "en")
    for lang in page.langs:
        model = letters.model(campaign.id, lang, campaigns.by_id(campaign.id, lang).title)
        values = {"lang": lang, "version_id": model.version_id, "subject": model.subject, "body": model.body}
        session().execute(text(_TEXT), values)


def _lot(campaign: Campaign, first: int, end: int, base: int, number: int) -> None:
    """Signatures, letters and messages number `first` up to `end`, of `number` from `base` on."""
    addresses = [Address(email, email) for email in (f"supporter{n}@made-up.example" for n in range(first, end))]
    here = zones.local(clock.now(), zones.zone_of(campaign.country))
    today = here.replace(hour=0, minute=0, second=0, microsecond=0)
    values: dict[str, Any] = {
        "first": first,
        "hashes": [address.hash for address in addresses],
        "campaign": campaign.id,
        "base": base,
        "number": number,
        "now": clock.now(),
        "today": today,
        "midnight": today - timedelta(days=DAYS - 1),
        "days": DAYS,
        "waiting": WAITING,
    }
    session().execute(_PEOPLE, values)
    session().execute(text(_OWN_TEXTS))
    session().execute(_SIGNATURES, values)
    posts = targets.resolve(campaigns.by_id(campaign.id, "en").post_ids, clock.today(), "en")
    for post in posts:
        domain = (post.email or "").rpartition("@")[2].lower()
        key = signatures.target_key(campaign.id, post.post_id)
        session().execute(_LETTERS, {**values, "post": post.post_id, "domain": domain, "key": key})
    session().execute(text("DROP TABLE made_people"))


def _tally(campaign_id: UUID) -> None:
    """Let the tallies say what the rows say."""
    key = signatures.campaign_key(campaign_id)
    own = {
        "signatures": signatures.confirmed_count(campaign_id),
        "paper": signatures.paper.total(campaign_id),
        "own": signatures.own_total(campaign_id),
    }
    counters.recount(key, {"": own, **outbox.figures(f"{key}/")})
    counters.recount(signatures.figures_key(campaign_id), signatures.truth(campaign_id))


_PLACES = """
    CREATE TEMPORARY TABLE made_places ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY p.postcode) - 1 AS n, p.postcode, p.place->>'nl' AS nl, p.place->>'fr' AS fr,
      a.area
    FROM postcodes p JOIN made_areas a ON p.country = 'BE' AND p.postcode::int BETWEEN a.first AND a.last
"""
_TEXT = """
    WITH one AS (
        INSERT INTO letter_texts (id, version_id, subject, body, edited)
        VALUES (gen_random_uuid(), :version_id, :subject, :body, false) RETURNING id
    ) INSERT INTO made_texts SELECT :lang, :version_id, id FROM one
"""
# A time-ordered id (RFC 9562, 5.7) for a row that was written at that moment.
_ID = """
    overlay(overlay(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0')
      || md5(random()::text || n) PLACING '7' FROM 13) PLACING '8' FROM 17 FOR 1)
"""
_V7 = "substr(" + _ID.strip() + ", 1, 32)::uuid"
# Many in the first days and at noon, few at night. The random numbers follow from each one's number, so that two runs
# make the same people.
_PEOPLE = text(
    f"""
    CREATE TEMPORARY TABLE made_people AS
    WITH dice AS (
        SELECT :first + o - 1 AS n, hash,
          (hashint8extended(:first + o, 1) & 1048575) / 1048576.0 AS a,
          (hashint8extended(:first + o, 2) & 1048575) / 1048576.0 AS b,
          (hashint8extended(:first + o, 3) & 1048575) / 1048576.0 AS c,
          (hashint8extended(:first + o, 4) & 1048575) / 1048576.0 AS d,
          (hashint8extended(:first + o, 5) & 1048575) / 1048576.0 AS e
        FROM unnest(:hashes) WITH ORDINALITY AS u(hash, o)
    ), spread AS (
        SELECT *, (n - :base + 0.5) / :number AS part FROM dice
    ), timed AS (
        SELECT *, :midnight + make_interval(
            secs => 86400 * (floor(:days * power(part, 1.5)) + 0.5 + 0.32 * (a + b + c - 1.5))) AS wished
        FROM spread
    ), past AS (  -- today is not over yet
        SELECT *, CASE WHEN wished <= :now THEN wished ELSE :now - e * (:now - :today) END AS at FROM timed
    )
    SELECT n, hash, at, d < 0.37 AS edited, {_V7.format(at="at")} AS id, gen_random_uuid() AS own_text,
      CASE WHEN a < 0.44 THEN 'nl' WHEN a < 0.81 THEN 'fr' WHEN a < 0.96 THEN 'en' ELSE 'de' END AS lang,
      (ARRAY['', '', '', 'newsletter', 'newsletter', 'facebook', 'instagram', 'whatsapp', 'partner', 'poster'])
        [1 + floor(10 * b)::int] AS source,
      (ARRAY['Marie', 'Jan', 'Fatima', 'Luc', 'Zoé', 'Mehmet', 'Griet', 'Amina', 'Pieter', 'Chloé', 'Joëlle', 'Karel'])
        [1 + floor(12 * c)::int] || ' ' ||
      (ARRAY['Peeters', 'Janssens', 'Dubois', 'El Amrani', 'Maes', 'Lambert', 'De Smet', 'Yilmaz', 'Van den Broeck',
        'Lefèvre', 'Claes', 'Müller', 'Wouters', 'Simon'])[1 + floor(14 * d)::int] AS name,
      CASE WHEN a < 0.2 THEN floor(25 * e) ELSE floor(1144 * e) END::int AS place  -- a fifth live in Brussels
    FROM past
    """  # noqa: S608 - put together from this file's constants
).bindparams(bindparam("hashes", type_=ARRAY(LargeBinary())))
_OWN_TEXTS = """
    INSERT INTO letter_texts (id, version_id, subject, body, edited, own)
    SELECT p.own_text, t.version_id, 'A place for everyone, number ' || p.n,
      'This letter is made up. It is the ' || p.n || 'th of its kind, and its writer changed the model.', true, 100
    FROM made_people p JOIN made_texts t USING (lang) WHERE p.edited
"""
_SIGNATURES = text(
    """
    INSERT INTO signatures (id, reference, campaign_id, text_id, state, email, email_hash, digest, name, postcode,
      country, place, area, lang, source, public, public_name, created_at, confirmed_at, domain, edited)
    SELECT p.id, 'MADE-' || p.n, :campaign, CASE WHEN p.edited THEN p.own_text ELSE t.text_id END, 'confirmed',
      '0:supporter' || p.n || '@made-up.example', p.hash, p.hash, p.name, l.postcode, 'BE',
      CASE p.lang WHEN 'fr' THEN l.fr ELSE l.nl END, l.area, p.lang, p.source,
      CASE WHEN p.n % 3 = 0 THEN 'name' ELSE 'hidden' END, CASE WHEN p.n % 3 = 0 THEN split_part(p.name, ' ', 1) END,
      p.at - interval '3 minutes', p.at, 'made-up.example', p.edited
    FROM made_people p JOIN made_texts t USING (lang) JOIN made_places l ON l.n = p.place
    """
)
# A letter and its message have the same id. What is at its end was sent a quarter of an hour after it was written; one
# in five hundred came back.
_LETTERS = text(
    f"""
    WITH one AS MATERIALIZED (
        SELECT {_V7.format(at="at")} AS id, id AS signature_id, at,
          CASE WHEN edited THEN own_text ELSE text_id END AS text_id,
          CASE WHEN (n - :base + 0.5) / :number > 1 - :waiting THEN 'queued'
            WHEN n % 500 = 7 THEN 'bounced'
            ELSE 'delivered' END AS state
        FROM made_people JOIN made_texts USING (lang)
    ), letter AS (
        INSERT INTO letters (id, signature_id, text_id, post_id) SELECT id, signature_id, text_id, :post FROM one
    )
    INSERT INTO outbox_messages (id, kind, ref, owner, lane, stream, domain, state, tally_key, attempts, due_at,
      created_at, changed_at)
    SELECT id, 'letter', id, :campaign, 'letters', 'target:' || :post, :domain, state, :key,
      CASE state WHEN 'queued' THEN 0 ELSE 1 END, at, at, least(at + interval '15 minutes', :now) FROM one
    """  # noqa: S608 - the same
).bindparams(bindparam("post", type_=Uuid()))
