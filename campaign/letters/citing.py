"""What a writer adds to a text: a line of their own, and facts as a letter says them, with what they rest on."""

from collections.abc import Iterable

from campaign.campaigns import FactView


def cited(fact: FactView) -> str:
    """The sentence and its source in brackets, without a link: links make a letter look like spam.

    Empty for a fact that has no sentence in this language.
    """
    if not fact.sentence:
        return ""
    source = fact.source
    words = ": ".join(word for word in (source.publisher, source.title) if word)
    return f"{fact.sentence} ({', '.join(word for word in (words, source.date_text) if word)})"


def with_additions(body: str, own_line: str, facts: Iterable[str]) -> str:
    """The whole letter: the own line first, facts before the last paragraph, which mostly asks for an answer.

    What the body says already is not said twice: a script may have put it in.
    """
    missing = [fact for fact in facts if fact and fact not in body]
    head, gap, last = body.rpartition("\n\n")
    paragraphs = [own_line, head, *missing, last] if gap else [own_line, body, *missing]
    return "\n\n".join(part for part in paragraphs if part)
