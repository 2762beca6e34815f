"""Who is signed in."""

import pytest
from flask.testing import FlaskClient

from tests.support import console


@pytest.fixture
def owner(client: FlaskClient) -> dict[str, str]:
    """An owner who is signed in; the token of all their forms."""
    return console.token(console.signed_in(client))
