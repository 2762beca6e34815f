"""Read a page with a form as the browser that shows it."""

import re
from html import unescape
from html.parser import HTMLParser


class FormOn(HTMLParser):
    """The form on a page whose action ends so: the values a browser would send back, the errors beside its fields."""

    def __init__(self, page: str, action: str = "/sign") -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self._action, self._inside, self._area, self._select, self._error = action, False, "", "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = own.get("action", "").partition("?")[0].endswith(self._action)
        if not self._inside:
            return
        if tag == "input" and "name" in own and (own.get("type") not in ("radio", "checkbox") or "checked" in own):
            self.values[own["name"]] = own.get("value", "")
        elif tag == "textarea":
            self._area, self.values[own["name"]] = own["name"], ""
        elif tag == "select":
            self._select = own["name"]
        elif tag == "option" and "selected" in own:
            self.values[self._select] = own.get("value", "")
        elif tag == "p" and own.get("class") == "error":
            self._error = own.get("id", "").removesuffix("-error")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data
        if self._error:
            self.errors[self._error] = self.errors.get(self._error, "") + data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            # A browser drops the line break that a text area begins with.
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "p":
            self._error = ""


def summary(page: str) -> str:
    """The text of the error summary; empty where there is none."""
    found = re.search(r'id="errors".*?</div>', page, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", found[0])) if found else ""


def title(page: str) -> str:
    """The title in the browser's tab."""
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert found
    return unescape(found[1]).strip()
