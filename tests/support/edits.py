"""Letters made from a model by known edits, with the share of own words as the maker counted it."""

import random
import re
import tomllib
from dataclasses import dataclass

from campaign.config import ROOT
from campaign.letters.share import words
from tests.support.forms import SLUG

# What people write of themselves, with all their small words; no three of them stand in a row in a model.
OWN = {
    "en": """My neighbour slept outside all winter, and I am ashamed of that.
        I teach French to newcomers on Tuesday evenings and they are the best pupils I have had.
        Last week a boy of seventeen asked me in the station where he could sleep.
        We gave him our sofa for a night.
        As a nurse I see what the cold does to feet, lungs and hope.
        How would you explain this to your own children?
        I grew up in a house where the door was open to everybody who was hungry.
        It is not the money that is missing in a rich country.
        My grandparents fled in 1940 and were taken in by strangers in France.
        You were elected to solve problems of this kind, not to wait until they go away.""",
    "fr": """Mon voisin a dormi dehors tout l’hiver et j’en ai honte.
        Le mardi soir, je donne des cours à des gens qui viennent d’arriver, et ce sont les meilleurs élèves du monde.
        La semaine passée, un garçon de dix-sept ans m’a demandé à la gare où il pouvait dormir.
        Nous lui avons laissé le canapé pour une nuit.
        Je suis infirmière et je vois ce que le froid fait aux pieds, aux poumons et au moral.
        Comment expliqueriez-vous cela à vos propres enfants ?
        J’ai grandi dans une maison dont la porte était ouverte à tous ceux qui avaient faim.
        Ce n’est pas l’argent qui manque dans un pays riche.
        Mes grands-parents ont fui en 1940 et des inconnus les ont accueillis dans le Midi.
        On vous a élu pour régler ce genre de problème et non pour attendre que cela passe.""",
    "nl": """Mijn buurman sliep de hele winter buiten en daar schaam ik mij voor.
        Op dinsdagavond geef ik les aan nieuwkomers en het zijn de beste leerlingen die ik ooit had.
        Vorige week vroeg een jongen van zeventien mij in het station waar hij kon slapen.
        Wij hebben hem voor een nacht onze zetel gegeven.
        Als verpleegkundige zie ik wat de kou doet met voeten, longen en moed.
        Hoe zou u dit aan uw eigen kinderen uitleggen?
        Ik ben opgegroeid in een huis waar de deur openstond voor al wie honger had.
        Het is niet het geld dat ontbreekt in een rijk land.
        Mijn grootouders vluchtten in 1940 en werden door vreemden in Frankrijk opgevangen.
        U bent verkozen om zulke problemen op te lossen en niet om te wachten tot ze vanzelf weggaan.""",
    "de": """Mein Nachbar hat den ganzen Winter draußen geschlafen, und dafür schäme ich mich.
        Am Dienstagabend unterrichte ich Neuankömmlinge, und es sind die besten Schüler, die ich je hatte.
        Letzte Woche fragte mich ein Junge von siebzehn Jahren am Bahnhof, wo er schlafen könne.
        Wir haben ihm für eine Nacht unser Sofa gegeben.
        Als Krankenschwester sehe ich, was die Kälte mit Füßen, Lungen und dem Mut der Leute macht.
        Wie würden Sie das Ihren eigenen Kindern erklären?
        Ich bin in einem Haus aufgewachsen, in dem die Tür für jeden offen stand, der Hunger hatte.
        Am Geld kann es in einem reichen Land nicht liegen.
        Meine Großeltern sind 1940 geflohen und wurden in Frankreich von Fremden aufgenommen.
        Sie wurden gewählt, um solche Probleme zu lösen, und nicht, um zu warten, bis sie vorbei sind.""",
}
FOLDER = ROOT / "demo" / SLUG
DEMO = {lang: tomllib.loads((FOLDER / f"{lang}.toml").read_text()) for lang in OWN}
MODELS = {lang: DEMO[lang]["letter"]["body"].strip() for lang in OWN}
# A second text of the same campaign, which shares some of its sentences.
VARIANTS = {lang: DEMO[lang]["story"].strip() for lang in OWN}

Word = tuple[str, bool]
Sentence = list[Word]


@dataclass(frozen=True)
class Pair:
    """A letter, the texts that it was made from, how much of it is own (in per cent), and what was done to it.

    `told`: where paragraphs were moved or come from two texts, each sentence still has three of its words in a row, and
    none that the other text has, too. Else nothing says which part of which text it was.
    """

    lang: str
    models: tuple[str, str]
    letter: str
    share: float
    told: bool
    done: str


def pair(seed: int) -> Pair:
    """One of endlessly many pairs."""
    return _Edits(random.Random(seed)).pair()


class _Edits:
    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.lang = dice.choice(list(OWN))
        self.own = [[(word, True) for word in line.split()] for line in OWN[self.lang].splitlines()]
        first, second = (_runs([(text, False)]) for text in (MODELS[self.lang], VARIANTS[self.lang]))
        self.only = first ^ second
        self.others = [word for line in self.own for word, _own in line]
        self.rates = {
            "replaced": dice.choice([0, 0, 1 / 20, 1 / 10, 1 / 5, 1 / 3, 1 / 2]),
            "inserted": dice.choice([0, 0, 1 / 20, 1 / 10]),
            "deleted": dice.choice([0, 0, 1 / 20, 1 / 10]),
            "sentences": dice.randrange(6),
            "moved": dice.random() < 0.3,
            "mixed": dice.random() < 0.2,
        }

    def pair(self) -> Pair:
        texts = (MODELS[self.lang], VARIANTS[self.lang])
        letter = self.paragraphs(texts[0])
        if self.rates["mixed"]:
            letter = [self.dice.choice(both) for both in zip(letter, self.paragraphs(texts[1]), strict=False)]
        if self.rates["moved"]:
            self.dice.shuffle(letter)
        letter = [[self.edited(one) for one in part] for part in letter]
        told = not (self.rates["moved"] or self.rates["mixed"]) or all(
            _runs(one) & self.only for part in letter for one in part
        )
        for _ in range(self.rates["sentences"]):
            self.put(self.dice.choice(letter))
        flat = [(len(words(word)), own) for part in letter for one in part for word, own in one]
        share = 100 * sum(n for n, own in flat if own) / max(1, sum(n for n, _own in flat))
        done = " ".join(f"{name} {rate:.2g}" for name, rate in self.rates.items() if rate)
        return Pair(self.lang, texts, "\n\n".join(self.said(part) for part in letter), share, told, done)

    @staticmethod
    def paragraphs(text: str) -> list[list[Sentence]]:
        return [
            [[(word, False) for word in one.split()] for one in re.split(r"(?<=[.!?])\s+", part)]
            for part in text.split("\n\n")
        ]

    def edited(self, sentence: Sentence) -> Sentence:
        """Words replaced by others, put in and left out; a word for a word is never the same word."""
        made: Sentence = []
        for word in sentence:
            if self.dice.random() < self.rates["inserted"]:
                made.append((self.other(), True))
            if self.dice.random() >= self.rates["deleted"]:
                made.append((self.other(word[0]), True) if self.dice.random() < self.rates["replaced"] else word)
        return made

    def other(self, than: str = "") -> str:
        """Half of what people put in are ordinary words of the language."""
        word = self.dice.choice(self.others) if self.dice.random() < 0.5 else f"other{self.dice.randrange(10**6)}"
        return word if words(word) != words(than) else self.other(than)

    def put(self, paragraph: list[Sentence]) -> None:
        """A sentence of one's own before, between or after those of a paragraph, or in place of one."""
        at = self.dice.randrange(len(paragraph) + 1)
        paragraph[at : at + self.dice.randrange(2)] = [self.dice.choice(self.own)]

    def said(self, paragraph: list[Sentence]) -> str:
        text = " ".join(" ".join(word for word, _own in one) for one in paragraph)
        how = self.dice.randrange(8)
        return {0: text.upper(), 1: re.sub(r"[.,:]", " – ", text), 2: text.replace(" ", "\n")}.get(how, text)


def _runs(sentence: Sentence) -> set[tuple[str, ...]]:
    said = words(" ".join(word for word, _own in sentence))
    return set(zip(said, said[1:], said[2:], strict=False))
