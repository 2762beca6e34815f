"""The element's script and the frame: weight, words, and nothing that a strict policy would refuse."""

import gzip
import re

from flask.testing import FlaskClient

from campaign.web.embed.counter import counter_script
from tests.support import people
from tests.support.forms import SLUG

LIGHT_ENOUGH = 3_000


def test_the_script_weighs_at_most_three_kilobytes_compressed(client: FlaskClient) -> None:
    answer = client.get("/embed/counter.js")
    assert answer.mimetype == "text/javascript"
    assert len(gzip.compress(answer.data, 9)) <= LIGHT_ENOUGH
    assert answer.headers["Cache-Control"] == "public, max-age=3600, stale-while-revalidate=86400"
    assert client.get("/embed/counter.js", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_it_is_complete_and_speaks_four_languages(client: FlaskClient) -> None:
    script = counter_script().decode()
    assert re.search(r"\{(live|words|css)\}", script) is None
    assert '"http://127.0.0.1:8001"' in script
    for locale in ("en-GB", "fr-BE", "nl-BE", "de-BE"):
        assert f'"{locale}"' in script
    assert script.count("{togo}") == 4


def test_it_uses_nothing_that_a_strict_policy_or_trusted_types_refuse(client: FlaskClient) -> None:
    script = counter_script().decode()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "document.write",
        "eval(",
        "Function(",
        "<style",
        "cookie",
    ):
        assert word not in script
    assert "localStorage" not in script
    assert "sessionStorage" not in script
    assert "window." not in script, "no globals"


def test_the_frame_shows_the_number_without_script(client: FlaskClient) -> None:
    people.supporter()
    people.forget()
    page = client.get(f"/embed/{SLUG}/counter?lang=fr&theme=dark&size=large&color=112233&source=site").text
    assert 'data-value="signatures">1<' in page
    assert '<html lang="fr"' in page
    assert 'data-theme="dark" data-size="large" data-color="#112233" data-ink="#ffffff"' in page
    assert f'href="/fr/campaigns/{SLUG}?source=site" target="_blank"' in page
    assert 'rel="canonical"' not in page


def test_a_frame_without_a_language_follows_its_reader(client: FlaskClient) -> None:
    answer = client.get(f"/embed/{SLUG}/counter", headers={"Accept-Language": "de"})
    assert '<html lang="de"' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]
