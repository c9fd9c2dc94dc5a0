"""What is asked of a document itself (who signed, from when, which edition), read from wordings kept as data.

A wording is a row of words; `{vb}` stands for the document, "…" for up to six words of any kind, `{name}`
for one of a list of words, and what stands in brackets may be left out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from isobot.datafiles import read_yaml
from isobot.domain.text import fold

DOCUMENT = "vbvb"
"""Begins the word that stands in a masked question for each document it names: vbvb0, vbvb1."""
_HEARD = "·"
_PIECE = re.compile(r"\{\w+\}|\(|\)|…|[^\s(){}…]+")
_WITH_A_DAY = frozenset(["signer", "issuer", "number", "title"])
"""Aspects beside which a mere "ngày nào" asks for the day as well."""
_FIGURES = {
    "{day}": r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?",
    "{span}": r"20\d\d ?(?:-|den)? ?20\d\d",
    "{number}": r"\d{1,3}",
}
_YEAR = re.compile(r"20\d\d")
MOST_ASPECTS = 3


class _Outside(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _AspectRow(_Outside):
    id: str
    label: str
    asked: list[str]
    alone: list[str] = []


class _AspectsFile(_Outside):
    words: dict[str, list[str]]
    aspects: list[_AspectRow]
    which: list[str]
    bodies: dict[str, list[str]]
    neutral: str
    bare: list[str]


@dataclass(frozen=True)
class Wording:
    """One way to ask for an aspect; one that is `alone` asks only where nothing else is said."""

    aspect: str
    expression: str
    alone: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compile it when a question first asks: all together they are a tenth of a second of the start."""
        return re.compile(self.expression)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in a question: its aspects in order, and the words that belong to none of them."""

    aspects: tuple[str, ...]
    strange: tuple[str, ...]


@dataclass(frozen=True)
class Aspects:
    """The wordings of every aspect, and the words around them that ask for nothing."""

    wordings: tuple[Wording, ...]
    which: tuple[re.Pattern[str], ...]
    labels: Mapping[str, str]
    neutral: frozenset[str]
    bare: tuple[str, ...]
    bodies: tuple[tuple[str, str], ...]
    """(name, the one word for it), longest names first."""

    def with_bodies(self, folded: str) -> str:
        """Write each body that a folded text names as one word."""
        text = f" {_joined(folded)} "
        for name, word in self.bodies:
            text = text.replace(f" {name} ", f" {word} ")
        return text.strip()

    def bodies_in(self, folded: str) -> frozenset[str]:
        """Return the words of the bodies that a text names."""
        known = {word for _, word in self.bodies}
        return frozenset(self.with_bodies(folded).split()) & known

    def hear(self, masked: str) -> Heard:
        """Find what is asked in a folded question whose documents are masked."""
        found: list[str] = []
        rest, weak = masked, False
        while len(found) < MOST_ASPECTS:
            best = max(self._fitting(rest), key=lambda fit: fit[0], default=None)
            if best is None or (best[1].alone and not _WITH_A_DAY.issuperset(found)):
                break
            _, wording, match = best
            rest, weak = _without(rest, match), weak or wording.alone
            found.append(wording.aspect)
        strange = tuple(self.strange(rest))
        if weak and strange:
            return Heard((), strange)
        return Heard(tuple(dict.fromkeys(found)), strange)

    def _fitting(self, text: str) -> Iterable[tuple[tuple[int, int, int], Wording, re.Match[str]]]:
        for order, wording in enumerate(self.wordings):
            match = wording.pattern.search(text)
            if match:
                own = len(match.group().split()) - sum(len(g.split()) for g in _gaps(match))
                yield (not wording.alone, own, -order), wording, match

    def strange(self, text: str) -> list[str]:
        """Return the words that are neither neutral, nor a year, nor a document."""
        return [
            word
            for word in text.split()
            if word != _HEARD
            and word not in self.neutral
            and not word.startswith(DOCUMENT)
            and not _YEAR.fullmatch(word)
        ]

    def which_document(self, masked: str) -> str | None:
        """Return the question without the words that ask for a document ("nghị quyết nào"), if they do."""
        for pattern in self.which:
            match = pattern.search(masked)
            if match:
                return _without(masked, match)
        return None


def _joined(folded: str) -> str:
    """Write "văn bản" as one word: it is no edition (bản) of a standard."""
    return re.sub(r"\bvan ban\b", "vanban", folded)


def _gaps(match: re.Match[str]) -> list[str]:
    return [group for group in match.groups() if group]


def _without(text: str, match: re.Match[str]) -> str:
    """Mark the words of a wording as heard; what stands in its gaps stays."""
    return f"{text[: match.start()]} {_HEARD} {' '.join(_gaps(match))} {_HEARD} {text[match.end() :]}"


@cache
def load_aspects(path: Path = Path(__file__).parent / "aspects.yaml") -> Aspects:
    """Read the wordings.

    Raises:
        DataFileError: the file does not fit.
    """
    file = read_yaml(path, _AspectsFile)
    words = {name: [_joined(fold(w)) for w in listed] for name, listed in file.words.items()}
    wordings = [Wording(row.id, _expression(asked, words)) for row in file.aspects for asked in row.asked]
    wordings += [
        Wording(row.id, _expression(a, words), alone=True) for row in file.aspects for a in row.alone
    ]
    return Aspects(
        tuple(wordings),
        tuple(re.compile(_expression(wording, words)) for wording in file.which),
        {row.id: row.label for row in file.aspects},
        frozenset([*_joined(fold(file.neutral)).split(), *file.bodies]),
        tuple(fold(wording) for wording in file.bare),
        tuple(
            sorted(
                ((fold(name), word) for word, names in file.bodies.items() for name in names),
                key=lambda pair: -len(pair[0]),
            )
        ),
    )


def _expression(wording: str, words: Mapping[str, list[str]]) -> str:
    """Turn a wording into a regular expression over words that are each followed by one space."""
    pattern = ""
    for piece in _PIECE.findall(_joined(fold(wording))):
        if piece == "(":
            pattern += "(?:"
        elif piece == ")":
            pattern += ")?"
        elif piece == "…":
            pattern += r"((?:\S+ ){0,6}?)"
        elif piece in _FIGURES:
            pattern += _FIGURES[piece] + " "
        elif piece == "{vb}":
            pattern += rf"{DOCUMENT}\d "
        elif piece.startswith("{"):
            listed = sorted(words[piece[1:-1]], key=len, reverse=True)
            pattern += f"(?:{'|'.join(map(re.escape, listed))}) "
        else:
            pattern += re.escape(piece).replace("20xx", r"20\d\d") + " "
    return rf"(?<!\S){pattern}"
