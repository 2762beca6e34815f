"""Very many who have signed, put into the tables at once: as the form would have done one by one."""

from uuid import UUID

from sqlalchemy import text

from campaign.core.db import session, transaction
from campaign.jobs.recount import recount
from tests.support import people
from tests.support.forms import SLUG

_TEXT = text("SELECT text_id FROM signatures WHERE id = :id")
_SIGNATURES = text(
    """
    INSERT INTO signatures (id, reference, campaign_id, text_id, state, email, email_hash, digest, name, postcode,
      country, place, area, lang, source, public, public_name, domain, created_at, confirmed_at)
    SELECT uuidv7(), 'X' || lpad(n::text, 8, '0'), :campaign, :text, :state, '0:crowd' || n || '@' || :domain,
      sha256(convert_to(:domain || n, 'UTF8')), '', 'Crowd ' || n, (1000 + n % 9000)::text, 'BE', 'Gent',
      'BE-VOV', (ARRAY['en', 'fr', 'nl', 'de'])[1 + n % 4], :source, 'hidden', NULL, :domain,
      now() - make_interval(secs => :n - n), CASE WHEN :state = 'confirmed' THEN now() END
    FROM generate_series(1, :n) n RETURNING id
    """
)
_LETTERS = text(
    """
    WITH written AS (
        INSERT INTO letters (id, signature_id, text_id, post_id)
        SELECT uuidv7(), s.id, s.text_id, t.post_id FROM signatures s
        JOIN campaign_targets t ON t.campaign_id = s.campaign_id
        WHERE s.campaign_id = :campaign AND s.source = :source AND s.state = 'confirmed' RETURNING id, post_id
    )
    INSERT INTO outbox_messages (id, kind, ref, lane, stream, domain, state, tally_key, owner)
    SELECT id, 'letter', id, 'letters', 'target:' || post_id, 'ministry.example', 'queued',
      'campaign:' || :campaign || '/target:' || post_id, :campaign
    FROM written
    """
)


def crowd(n: int, *, domain: str = "crowd.example", source: str = "flood", state: str = "confirmed") -> UUID:
    """So many signatures with two queued letters each, beside one of somebody real; answers their campaign."""
    one = people.supporter(f"real@{domain}")
    campaign = people.page(SLUG).id
    with transaction():
        values = {"campaign": campaign, "source": source, "domain": domain, "state": state, "n": n}
        session().execute(_SIGNATURES, {**values, "text": session().scalar(_TEXT, {"id": one})})
        session().execute(_LETTERS, {"campaign": campaign, "source": source})
    recount()
    return campaign
