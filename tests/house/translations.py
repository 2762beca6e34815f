"""Nothing is said in English only: every message of the code and the templates stands in every catalogue, and fits.

`python -m tests.house.translations` lists what is wrong and ends with 1; `make check` runs it.
"""

import re
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from campaign.core.i18n import DEFAULT, LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "campaign" / "translations"
PLACEHOLDER = re.compile(r"%(?:%|\((\w+)\)[sd])|%")


@cache
def wanted() -> Catalog:
    """Every message that code and templates ask for, by the rules that `make messages` goes by."""
    rules = ConfigParser()
    rules.read(ROOT / "babel.cfg")
    methods = [tuple(reversed(section.split(": "))) for section in rules.sections()]
    catalogue = Catalog()
    for top in dict.fromkeys(pattern.split("/")[0] for pattern, _method in methods):
        here = [(pattern.removeprefix(f"{top}/"), method) for pattern, method in methods if pattern.startswith(top)]
        for file, line, message, _comments, context in extract_from_dir(
            str(ROOT / top), here, keywords=DEFAULT_KEYWORDS, comment_tags=()
        ):
            catalogue.add(message, None, [(f"{top}/{file}", line)], context=context)
    return catalogue


def problems() -> list[str]:
    """What is wrong, a line each."""
    found = []
    for language in LANGUAGES:
        if language.code == DEFAULT:
            continue
        path = CATALOGUES / language.code / "LC_MESSAGES" / "messages.po"
        if not path.exists():
            found.append(f"{language.code}: there is no {path.relative_to(ROOT)}")
            continue
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language.code)
        found += [f"{language.code}: {problem}" for problem in compare(wanted(), catalogue)]
    return found


def compare(source: Catalog, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with one catalogue."""
    if catalogue.fuzzy:
        yield "has no header, or a fuzzy one: pybabel would leave it out without a word"
    for message in source:
        if message.id:
            yield from _check(message, catalogue.get(message.id, message.context))
    for message in catalogue:
        if message.id and source.get(message.id, message.context) is None:
            yield f"nothing says this any more: {quoted(message)}"
    for message in catalogue.obsolete.values():
        yield f"an obsolete entry stays: {quoted(message)}"


def _check(source: Message, translated: Message | None) -> Iterator[str]:
    if translated is None:
        where = ", ".join(f"{file}:{line}" for file, line in source.locations[:2])
        yield f"is missing: {quoted(source)} ({where})"
        return
    if translated.fuzzy:
        yield f"is fuzzy: {quoted(source)}"
    if source.pluralizable != translated.pluralizable:
        yield f"has plural forms in one of the two only: {quoted(source)}"
        return
    texts = translated.string if source.pluralizable else (translated.string,)
    if not all(texts):
        yield f"is empty: {quoted(source)}"
        return
    singular, plural = source.id if source.pluralizable else (source.id, source.id)
    for number, text in enumerate(texts):
        whole = placeholders(plural)
        # The form for one may spell its number out.
        if placeholders(text) not in ([whole] if number else [whole, placeholders(singular), whole - {"num"}]):
            yield f"has other placeholders: {quoted(source)} | {text!r}"
        if text.strip() != text and singular.strip() == singular:
            yield f"begins or ends with a space: {quoted(source)}"


def placeholders(text: str) -> frozenset[str]:
    """The names in `%(name)s`. A per cent sign that stands alone is one too: filling such a text would fail."""
    return frozenset(match[1] or match[0] for match in PLACEHOLDER.finditer(text) if match[0] != "%%")


def quoted(message: Message) -> str:
    """A message's text for a person who looks for it."""
    return repr(message.id[0] if message.pluralizable else message.id)


def main() -> int:
    """Print what is wrong; answers the exit code."""
    found = problems()
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"{len(list(wanted())) - 1} messages, {len(found)} problems\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
