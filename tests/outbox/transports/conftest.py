"""A stand-in for each provider, on loopback."""

from collections.abc import Iterator

import pytest

from tests.support.sendgrid import KEY, StandIn


@pytest.fixture
def there() -> Iterator[StandIn]:
    """SendGrid's stand-in; its clock is an hour ahead of ours."""
    standin = StandIn(skew=3600.0)
    yield standin
    standin.close()


@pytest.fixture
def sendgrid_env(env: dict[str, str], there: StandIn) -> dict[str, str]:
    """An installation that sends through it."""
    env |= {"MAIL_URL": "sendgrid:", "SENDGRID_API_KEY": KEY, "SENDGRID_HOST": there.url, "DEMO": "0"}
    return env
