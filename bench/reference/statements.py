"""The statements of the bare site: each step of a signature's life in one round trip."""

WORDING = """
INSERT INTO consent_wordings (hash, kind, lang, words, first_used)
SELECT sha256(kind::bytea), kind, 'en', 'the words', now() FROM unnest(array['updates', 'send']) AS kind
ON CONFLICT DO NOTHING
"""

CAMPAIGN = """
SELECT c.id, v.id, t.title, t.lead, t.story, v.subject, v.body,
  (SELECT array_agg(post_id ORDER BY position) FROM campaign_targets WHERE campaign_id = c.id)
FROM campaigns c JOIN campaign_texts t ON t.campaign_id = c.id AND t.lang = 'en'
JOIN model_letter_versions v ON v.campaign_id = c.id AND v.lang = 'en'
"""

SIGN = """
WITH written AS (
    INSERT INTO letter_texts (id, version_id, subject, body, edited)
    VALUES (uuidv7(), %(version)s, %(subject)s, %(body)s, false) RETURNING id
), signed AS (
    INSERT INTO signatures (id, reference, campaign_id, text_id, state, email, email_hash, digest, name, postcode,
      country, place, area, lang, source, public, public_name,
      domain, created_at)
    SELECT uuidv7(), substr(gen_random_uuid()::text, 1, 18), %(campaign)s, id, 'pending', '0:' || %(email)s, %(hash)s,
      %(hash)s, %(name)s, %(postcode)s, %(country)s, 'Gent', 'BE-VOV', 'en', '', 'name', 'Marie',
      'example.org', clock_timestamp()
    FROM written RETURNING id
), answered AS (
    INSERT INTO consents (signature_id, kind, given, wording, at)
    SELECT id, 'updates', false, sha256('updates'::bytea), clock_timestamp() FROM signed
)
INSERT INTO outbox_messages (id, kind, ref, owner, lane, stream, domain, state, recipient_hash)
SELECT uuidv7(), 'confirmation', id, %(campaign)s, 'people', 'lane:people', 'example.org', 'queued', %(hash)s
FROM signed
"""

TEXT = "SELECT t.subject, t.body, s.name FROM signatures s JOIN letter_texts t ON t.id = s.text_id WHERE s.id = %(id)s"

CONFIRM = """
WITH signed AS (
    UPDATE signatures SET state = 'confirmed', confirmed_at = clock_timestamp()
    WHERE id = %(id)s AND state = 'pending' RETURNING id, text_id, campaign_id
), answered AS (
    INSERT INTO consents (signature_id, kind, given, wording, at)
    SELECT id, 'send', true, sha256('send'::bytea), clock_timestamp() FROM signed
), letters AS (
    INSERT INTO letters (id, signature_id, text_id, post_id)
    SELECT uuidv7(), signed.id, text_id, post FROM signed, unnest(%(posts)s::uuid[]) AS post RETURNING id, post_id
), queued AS (
    INSERT INTO outbox_messages (id, kind, ref, owner, lane, stream, domain, state, tally_key, lot)
    SELECT letters.id, 'letter', letters.id, campaign_id, 'letters', 'target:' || post_id, 'office.example', 'queued',
      'campaign:' || campaign_id || '/target:' || post_id, random() FROM letters, signed
)
INSERT INTO tallies (key, part, name, slot, n, changed_at)
SELECT kind || campaign_id, part, name, %(slot)s, 1, clock_timestamp() FROM signed, (
    SELECT 'campaign:' AS kind, '' AS part, 'signatures' AS name UNION ALL
    SELECT 'campaign:', 'target:' || post, 'queued' FROM unnest(%(posts)s::uuid[]) AS post UNION ALL
    SELECT 'figures:', part || ':' || word, 'signatures' FROM (VALUES
      ('day', to_char(now(), 'YYYY-MM-DD')), ('hour', to_char(now(), 'YYYY-MM-DD"T"HH24')), ('lang', 'en'),
      ('source', ''), ('area', 'BE-VOV')) AS known(part, word)
) AS figure ORDER BY kind, part
ON CONFLICT (key, part, name, slot) DO UPDATE SET n = tallies.n + 1, changed_at = excluded.changed_at
"""
