"""How officers write, as data: short forms, synonyms, names outside these documents."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from isobot.datafiles import read_yaml
from isobot.domain.text import fold, nfc


class _Outside(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _ShortRow(_Outside):
    short: str
    full: str
    next: str = ""
    after: list[str] = []
    before: list[str] = []


class _SubjectRow(_Outside):
    name: str
    phrases: list[str]
    unless: list[str] = []
    unless_document: bool = False


class _OtherProvinces(_Outside):
    clear: list[str]
    unclear: list[str]


class _LexiconFile(_Outside):
    abbreviations: list[_ShortRow]
    stop_words: list[str]
    fillers: list[str] = []
    light_words: str
    synonyms: list[list[str]]
    outside: list[_SubjectRow]
    secret: list[str]
    other_provinces: _OtherProvinces
    province_words: dict[str, list[str]]
    province_letters: dict[str, str]
    everyday: str


@dataclass(frozen=True, slots=True)
class ShortForm:
    """One way to write out an abbreviation, with the neighbours it needs."""

    full: str
    next: str = ""
    after: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()

    def fits(self, previous: str, following: str) -> bool:
        """Tell whether the folded neighbours allow this reading."""
        if self.next == "number" and not following[:1].isdigit():
            return False
        if self.next == "unit" and not following[:1].isalpha():
            return False
        if self.after and previous not in self.after:
            return False
        return not self.before or following in self.before


@dataclass(frozen=True, slots=True)
class OutsideSubject:
    """A subject that the documents do not hold."""

    name: str
    phrases: tuple[str, ...]
    """Phrases that name it."""
    unless: tuple[str, ...]
    """Phrases beside which they do not: a hospital may adopt ISO."""
    unless_document: bool
    """Whether a document named beside them tells as much."""


@dataclass(frozen=True)
class Lexicon:
    """Everything about wording that is not in the cards themselves."""

    short_forms: dict[str, tuple[ShortForm, ...]]
    stop_words: frozenset[str]
    synonyms: tuple[tuple[str, tuple[str, ...]], ...]
    """(concept, words of one phrase), longest phrases first."""
    outside: tuple[OutsideSubject, ...]
    secret: tuple[str, ...]
    other_provinces: tuple[tuple[str, bool], ...]
    """(name, whether it is clear without marks)."""
    province_words: dict[str, str] = field(default_factory=dict)
    province_letters: dict[str, str] = field(default_factory=dict)
    everyday: str = ""
    light_words: frozenset[str] = frozenset()
    """Words that name no subject, whatever they stand beside."""
    fillers: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Phrases that only lead up to a question, by their first word, the longest first."""

    @cached_property
    def folded_short_forms(self) -> dict[str, tuple[ShortForm, ...]]:
        """Short forms as typed without marks; the first of two that fall together stands."""
        folded: dict[str, tuple[ShortForm, ...]] = {}
        for short, forms in self.short_forms.items():
            folded.setdefault(fold(short), forms)
        return folded


def load_lexicon(path: Path) -> Lexicon:
    """Read the lexicon.

    Raises:
        DataFileError: the file does not fit.
    """
    file = read_yaml(path, _LexiconFile)
    shorts: dict[str, tuple[ShortForm, ...]] = {}
    for row in file.abbreviations:
        key = nfc(row.short).casefold()
        form = ShortForm(row.full, row.next, frozenset(row.after), frozenset(row.before))
        shorts[key] = (*shorts.get(key, ()), form)
    phrases = [
        (fold(row[0]).replace(" ", ""), tuple(fold(phrase).split()))
        for row in file.synonyms
        for phrase in row
    ]
    phrases.sort(key=lambda pair: -len(pair[1]))
    fillers: dict[str, list[tuple[str, ...]]] = {}
    for filler in sorted((tuple(fold(f).split()) for f in file.fillers), key=lambda f: -len(f)):
        fillers.setdefault(filler[0], []).append(filler)
    names = [(n, True) for n in file.other_provinces.clear] + [
        (n, False) for n in file.other_provinces.unclear
    ]
    return Lexicon(
        short_forms=shorts,
        stop_words=frozenset(file.stop_words),
        synonyms=tuple(phrases),
        outside=tuple(
            OutsideSubject(s.name, tuple(map(nfc, s.phrases)), tuple(map(nfc, s.unless)), s.unless_document)
            for s in file.outside
        ),
        secret=tuple(nfc(p) for p in file.secret),
        other_provinces=tuple(names),
        province_words={nfc(w): slug for slug, words in file.province_words.items() for w in words},
        province_letters=dict(file.province_letters),
        everyday=file.everyday,
        light_words=frozenset(fold(file.light_words).split()),
        fillers={first: tuple(phrases) for first, phrases in fillers.items()},
    )
