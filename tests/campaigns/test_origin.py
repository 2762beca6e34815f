"""Origins that fit into a header."""

import pytest
from flask import Flask

from campaign.campaigns.origin import origin_of
from campaign.core.errors import DomainError

WRONG = [
    "",
    "x y",
    "*",
    "https://*",
    "https://*.example.org",
    "http://www.example.org",
    "ftp://example.org",
    "javascript:alert(1)",
    "https://",
    "https://a b.example",
    "https://example.org; script-src *",
    "https://example.org' 'unsafe-inline'",
    "https://exa\nmple.org/\r\nX: y\x00 z",
    "https://example.org:999999",
    "https://-",
    "https://[",
    "data:text/html,x",
    "'self'",
    "null",
    "https://" + "a" * 300 + ".example",
]
RIGHT = {
    "https://www.example.org": "https://www.example.org",
    "https://WWW.Example.org/a/page?x=1#y": "https://www.example.org",
    "www.example.org": "https://www.example.org",
    "https://example.org:443": "https://example.org",
    "https://example.org:8443/": "https://example.org:8443",
    "https://user:secret@example.org": "https://example.org",
    "https://bücher.example": "https://xn--bcher-kva.example",
    "http://localhost:8080/x": "http://localhost:8080",
    "http://127.0.0.1:5000": "http://127.0.0.1:5000",
    "http://[::1]:5000": "http://[::1]:5000",
}


@pytest.mark.parametrize("address", WRONG[1:])
def test_what_is_no_origin_is_refused(plain: Flask, address: str) -> None:
    with pytest.raises(DomainError):
        origin_of(address)


@pytest.mark.parametrize("address", RIGHT)
def test_a_pasted_address_becomes_its_origin(plain: Flask, address: str) -> None:
    assert origin_of(address) == RIGHT[address]
