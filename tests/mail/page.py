"""Read the HTML of a mail as the person who opens it."""

from html.parser import HTMLParser

HIDDEN = {"head", "style", "title"}


class Page(HTMLParser):
    """The words of a mail's HTML: those of its heading, its buttons and all others, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.heading, self.button, self.words = "", "", ""
        self.links: list[str] = []
        self.tags: list[str] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.tags.append(tag)
        if tag in HIDDEN | {"h1"}:
            self._inside.append(tag)
        elif tag == "a":
            self.links.append(own["href"] or "")
            self._inside.append(tag)

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words += data
        elif self._inside[-1] == "h1":
            self.heading += data
        elif self._inside[-1] == "a":
            self.button += data

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()
