"""Pass a campaign on: plain links with a text for each channel, and a code that counts and says nothing of anybody."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import url_for
from flask_babel import gettext as _

from campaign import config
from campaign.campaigns import Page
from campaign.core import i18n

# The ways in their order, by their names; mail is called differently in each language.
NAMES = {
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "email": "",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "facebook": "Facebook",
    "linkedin": "LinkedIn",
}
# Ways where a text is short.
BRIEF = {"bluesky", "mastodon"}


@dataclass(frozen=True)
class Channel:
    """One way to pass it on."""

    key: str
    label: str
    href: str


@dataclass(frozen=True)
class Sharing:
    """All ways, and what a phone's own menu gets."""

    url: str
    title: str
    text: str
    qr: str
    channels: tuple[Channel, ...]


def sharing(page: Page, code: str) -> Sharing:
    """How to pass this campaign on in the reader's language; `code` counts who comes by it."""
    short = _("I wrote to those who decide: %(title)s. Write, too:", title=page.title)
    long = _("%(title)s. I have sent my letter. It takes two minutes, and yours counts as well.", title=page.title)
    url = {name: _url(page, name, code) for name in NAMES}
    hrefs = {
        "whatsapp": "https://wa.me/?" + _query(text=f"{long} {url['whatsapp']}"),
        "telegram": "https://t.me/share/url?" + _query(url=url["telegram"], text=long),
        "email": "mailto:?" + _query(subject=page.title, body=_mail(page, url["email"])),
        "bluesky": "https://bsky.app/intent/compose?" + _query(text=f"{short} {url['bluesky']}"),
        "mastodon": "https://share.joinmastodon.org/#" + _query(text=f"{short} {url['mastodon']}"),
        "facebook": "https://www.facebook.com/sharer/sharer.php?" + _query(u=url["facebook"]),
        "linkedin": "https://www.linkedin.com/sharing/share-offsite/?" + _query(url=url["linkedin"]),
    }
    made = tuple(Channel(name, label, hrefs[name]) for name, label in labels().items())
    qr = url_for("public.qr", lang=page.lang, slug=page.slug, kind="svg", source="qr")
    return Sharing(_url(page, "share", code), page.title, short, qr, made)


def labels() -> dict[str, str]:
    """What the ways are called."""
    return {name: label or _("By email") for name, label in NAMES.items()}


def posts(page: Page) -> dict[str, str]:
    """What organisers post by each way, in the language of the page; its address counts who comes by that way."""
    with i18n.speaking(page.lang):
        return {name: _post(page, name) for name in NAMES}


def _post(page: Page, name: str) -> str:
    call = _("Write to those who decide, it takes two minutes: %(url)s", url=_url(page, name, ""))
    return f"{page.title}\n{call}" if name in BRIEF else f"{page.title}\n\n{page.lead}\n\n{call}"


def _url(page: Page, source: str, code: str) -> str:
    path = url_for("public.campaign", lang=page.lang, slug=page.slug, source=source, ref=code or None)
    return config.current().public_url + path


def _query(**values: str) -> str:
    return urlencode(values, quote_via=quote)


def _mail(page: Page, url: str) -> str:
    words = _(
        "Hello,\n\nI wrote to those who decide:\n%(title)s\n\n%(lead)s\n\nIt takes two minutes:\n%(url)s\n",
        title=page.title,
        lead=page.lead,
        url=url,
    )
    return words.replace("\n", "\r\n")
