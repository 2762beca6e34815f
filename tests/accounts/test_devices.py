"""A browser in two words, and never more than two words of ours."""

import pytest

from campaign.accounts import Device

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("header", "browser", "system"),
    [
        (WINDOWS, "Chrome", "Windows"),
        (f"{WINDOWS} Edg/140.0", "Edge", "Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
        ("Mozilla/5.0 (Linux; Android 15; SM-S921B) Chrome/140.0 Mobile Safari/537.36", "Chrome", "Android"),
        (PHONE, "Safari", "iOS"),
        ("curl/8.0 <script>", "", ""),
        ("", "", ""),
    ],
)
def test_browser_and_system(header: str, browser: str, system: str) -> None:
    assert Device.of(header) == Device(browser, system)
