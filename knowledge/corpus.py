"""The corpus: topics, documents and cards, read from YAML and checked against each other.

A corpus that loads is whole: every topic, document and section a card names exists, every id is
unique, and every answer fits on a phone. Nothing else in this room reads files.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from isobot.datafiles import read_yaml
from isobot.domain.law import Citation, DocumentCount, DocumentFact, LegalDocument, Source
from isobot.errors import DataFileError

LONGEST_ANSWER = 700
"""Characters; room is left for a note and the citations within the 900 of a short message."""
LONGEST_SHORT = 200
MOST_CITATIONS = 3

NATIONAL = "national"
BOT = "bot"
SEED_PROVINCES = {
    "thanh-hoa": "Thanh Hóa",
    "kien-giang": "Kiên Giang",
    "ha-nam": "Hà Nam",
    "kon-tum": "Kon Tum",
    "tuyen-quang": "Tuyên Quang",
}
"""The provinces whose own document is in the corpus, by slug, in the order answers name them."""


class CardKind(StrEnum):
    """What an answer gives; `ABSENT` says that the documents do not hold it."""

    FACT = "fact"
    STEPS = "steps"
    DEADLINE = "deadline"
    ROSTER = "roster"
    FUNDING = "funding"
    LEGAL_BASIS = "legal-basis"
    ROLE = "role"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Topic:
    """What questions can be about (chủ đề); cards of one topic answer alike for different places."""

    id: str
    label: str
    group: str
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of topics (nhóm chủ đề), in the order of the /cancu menu."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """One curated answer (thẻ tri thức) with the places where it stands.

    `scope` is a province's slug, "national" or "bot". `levels` is empty for everyone.
    """

    id: str
    scope: str
    topic: str
    kind: CardKind
    title: str
    asks: tuple[str, ...]
    answer: str
    short: str
    citations: tuple[Citation, ...]
    levels: tuple[str, ...] = ()
    step: int | None = None
    review_by: date | None = None
    """The day by which somebody has to read the card again; None for none."""
    unshown: str = ""
    """Words that search reads and no answer shows: what a frozen card used to say."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything the answerer knows apart from the units; `version` changes with any file or live change."""

    cards: Mapping[str, Card]
    topics: Mapping[str, Topic]
    groups: tuple[Group, ...]
    documents: Mapping[str, LegalDocument]
    version: str
    by_scope: Mapping[str, tuple[Card, ...]] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    """Documents that the office itself marked as replaced, with the sentence that says so."""

    def of_scope(self, scope: str) -> tuple[Card, ...]:
        """Return the cards of a province, or the national or bot ones."""
        return self.by_scope.get(scope, ())


class _Outside(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _TopicRow(_Outside):
    id: str = Field(pattern=r"^[a-z0-9-]+$")
    label: str = Field(min_length=1)
    group: str
    asks: list[str] = []


class _GroupRow(_Outside):
    id: str
    label: str


class _TopicsFile(_Outside):
    topics: list[_TopicRow]
    groups: list[_GroupRow]


class _FactRow(_Outside):
    aspect: str
    text: str = Field(min_length=1, max_length=LONGEST_ANSWER)
    section: str


class _CountRow(_Outside):
    number: int
    of: list[str] = Field(min_length=1)
    said: str
    section: str
    also: list[int] = []


class _DocumentRow(_Outside):
    key: str
    number: str
    kind: str
    title: str
    issuer: str
    source: Source
    issued: date | None = None
    effective: date | None = None
    signer: str = ""
    period_from: int | None = None
    period_to: int | None = None
    replaces: list[str] = []
    replaced_by: str = ""
    replaced_on: date | None = None
    amended_by: list[str] = []
    province: str = ""
    note: str = ""
    also_written: list[str] = []
    cited_as: str = ""
    force_section: str = ""
    basis_section: str = ""
    rests_on: list[str] = []
    basis_places: dict[str, str] = {}
    standard: str = Field(default="", pattern=r"^(20\d\d)?$")
    requested_by: list[str] = []
    details: list[str] = []
    details_section: str = ""
    facts: list[_FactRow] = []
    counts: list[_CountRow] = []
    known_for: list[str] = []


class _DocumentsFile(_Outside):
    documents: list[_DocumentRow]


class CiteRow(_Outside):
    """A citation that names its document."""

    document: str = ""
    section: str = ""


class CardRow(_Outside):
    """A card as a file or a curator writes it."""

    id: str = Field(pattern=r"^(th|kg|hn|kt|tq|nat|bot)-[a-z0-9-]+$")
    topic: str
    kind: CardKind
    title: str = Field(min_length=1)
    asks: list[str] = Field(min_length=1)
    answer: str = Field(min_length=1, max_length=LONGEST_ANSWER)
    short: str = Field(default="", max_length=LONGEST_SHORT)
    cite: list[str | CiteRow] = Field(default=[], max_length=MOST_CITATIONS)
    levels: list[str] = []
    step: int | None = Field(default=None, ge=1)
    scope: str = ""
    review_by: date | None = None
    facts: dict[str, str] = {}


class CardsFile(_Outside):
    """A file of cards; `scope` and `document` hold for those that name none."""

    scope: str
    document: str = ""
    cards: list[CardRow]


def load_corpus(folder: Path) -> Corpus:
    """Read `topics.yaml`, `documents.yaml` and `cards/*.yaml` of a folder.

    Raises:
        DataFileError: a file does not fit, or names a topic or document that is not there.
    """
    topics_path, documents_path = folder / "topics.yaml", folder / "documents.yaml"
    card_paths = sorted((folder / "cards").glob("*.yaml"))
    topics_file = read_yaml(topics_path, _TopicsFile)
    documents = _documents(documents_path)
    topics = _topics(topics_path, topics_file)
    cards: dict[str, Card] = {}
    for path in card_paths:
        for card in read_cards(path, documents=documents, topics=topics):
            if card.id in cards:
                raise DataFileError(path, f"card {card.id}", "id stands twice", mend="give one another id")
            cards[card.id] = card
    return Corpus(
        cards=cards,
        topics=topics,
        groups=tuple(Group(g.id, g.label) for g in topics_file.groups),
        documents=documents,
        version=_version([topics_path, documents_path, *card_paths]),
        by_scope=cards_by_scope(cards.values()),
    )


def cards_by_scope(cards: Iterable[Card]) -> dict[str, tuple[Card, ...]]:
    """Put cards by the province they hold for, or national, or bot."""
    found: dict[str, list[Card]] = {}
    for card in cards:
        found.setdefault(card.scope, []).append(card)
    return {scope: tuple(held) for scope, held in found.items()}


def _topics(path: Path, file: _TopicsFile) -> dict[str, Topic]:
    groups = {g.id for g in file.groups}
    topics: dict[str, Topic] = {}
    for row in file.topics:
        place = f"topic {row.id}"
        if row.id in topics:
            raise DataFileError(path, place, "id stands twice", mend="give one another id")
        if row.group not in groups:
            raise DataFileError(path, place, f"group {row.group!r} does not exist", mend=_one_of(groups))
        topics[row.id] = Topic(row.id, row.label, row.group, tuple(row.asks))
    return topics


def _documents(path: Path) -> dict[str, LegalDocument]:
    documents: dict[str, LegalDocument] = {}
    for row in read_yaml(path, _DocumentsFile).documents:
        if row.key in documents:
            raise DataFileError(path, f"document {row.key}", "key stands twice", mend="remove one of the two")
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in row
        }
        fields["basis_places"] = tuple(row.basis_places.items())
        fields["facts"] = tuple(DocumentFact(f.aspect, f.text, f.section) for f in row.facts)
        fields["counts"] = tuple(
            DocumentCount(c.number, tuple(c.of), c.said, c.section, tuple(c.also)) for c in row.counts
        )
        documents[row.key] = LegalDocument(**fields)
    for document in documents.values():
        named = (document.rests_on, document.details, document.requested_by, document.amended_by)
        for key in chain(*named, document.replaces):
            if key not in documents:
                problem = f"document {key!r} does not exist"
                raise DataFileError(path, f"document {document.key}", problem, mend="add it, or correct it")
    return documents


def read_cards(
    path: Path, *, documents: Mapping[str, LegalDocument], topics: Mapping[str, Topic]
) -> Iterator[Card]:
    """Read one file of cards.

    Raises:
        DataFileError: it does not fit, or names a topic or document that is not there.
    """
    file = read_yaml(path, CardsFile)
    for row in file.cards:
        try:
            yield make_card(row, file.scope, file.document, documents=documents, topics=topics)
        except CardProblem as problem:
            raise DataFileError(path, f"card {row.id}", str(problem), mend=problem.mend) from problem


class CardProblem(ValueError):
    """A card that fits its model names something that is not there; `mend` is the cure."""

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.mend = mend


def make_card(
    row: CardRow,
    scope: str = "",
    document: str = "",
    *,
    documents: Mapping[str, LegalDocument],
    topics: Mapping[str, Topic],
) -> Card:
    """Make a card; `scope` and `document` are those of its file.

    Raises:
        CardProblem: its scope, topic or a document does not exist, or a way of asking is empty.
    """
    scopes = {*SEED_PROVINCES, NATIONAL, BOT}
    own = row.scope or scope
    if own not in scopes:
        raise CardProblem(f"scope {own!r} does not exist", _one_of(scopes))
    if row.topic not in topics:
        raise CardProblem(f"topic {row.topic!r} does not exist", "add it to topics.yaml, or correct it")
    if not all(ask.strip() for ask in row.asks):
        raise CardProblem("one of `asks` is empty", "write it, or remove it")
    cites = [CiteRow(section=c) if isinstance(c, str) else c for c in row.cite]
    for cite in cites:
        if (cite.document or document) not in documents:
            problem = f"document {cite.document or document!r} does not exist"
            raise CardProblem(problem, "add it to documents.yaml, or correct it")
    return Card(
        id=row.id,
        scope=own,
        topic=row.topic,
        kind=row.kind,
        title=row.title,
        asks=tuple(row.asks),
        answer=row.answer.strip(),
        short=row.short.strip(),
        citations=tuple(Citation(documents[c.document or document], c.section) for c in cites),
        levels=tuple(row.levels),
        step=row.step,
        review_by=row.review_by,
    )


def _one_of(values: Iterable[str]) -> str:
    return f"use one of: {', '.join(sorted(values))}"


def _version(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
