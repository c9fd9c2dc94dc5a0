"""The engines under test, each behind the same two calls: build from cards, rank for a question."""

import logging
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from knowledge import search
from knowledge.corpus import Card, Corpus
from knowledge.features import Features
from knowledge.lexicon import Lexicon
from knowledge.question import Question
from knowledge.search import ANSWER_WEIGHT, TOPIC_WEIGHT, Index
from knowledge.spelling import fold
from knowledge.vietnamese import Reader, Word

Terms = Callable[[Sequence[Word]], list[str]]
"""Turns words into the terms of an index."""
Ranked = tuple[str, float]
"""A card's id with its score; scores of different engines are on different scales."""
KEPT = 60
"""Cards an engine gives; isobot's own search weighs as many closely."""
MOST = 300
"""Cards an engine is asked for that cannot be told the provinces wanted; the others are left out after."""


def syllables(words: Sequence[Word]) -> list[str]:
    """Give each syllable without its marks."""
    return [w.bare for w in words]


def bigrams(words: Sequence[Word]) -> list[str]:
    """Give each syllable, and each two neighbours as one more term."""
    bares = syllables(words)
    return bares + [f"{a}_{b}" for a, b in pairwise(bares)]


class Segmented:
    """Gives each syllable, and the words of several syllables that underthesea's model sees in the text.

    The model wants marks: text typed without them is cut badly, in questions as they are in life.
    """

    def __init__(self) -> None:
        from underthesea import word_tokenize

        self._cut: Callable[[str], list[str]] = word_tokenize
        self._known: dict[str, list[str]] = {}

    def __call__(self, words: Sequence[Word]) -> list[str]:
        text = " ".join(w.marked for w in words)
        if text not in self._known:
            found = [fold(w).replace(" ", "_") for w in self._cut(text) if " " in w]
            self._known[text] = syllables(words) + found
        return self._known[text]


@dataclass(frozen=True, slots=True)
class Fields:
    """The words of a card's fields, read as our own search reads them."""

    card: Card
    asks: tuple[tuple[Word, ...], ...]
    topic: tuple[tuple[Word, ...], ...]
    answer: tuple[tuple[Word, ...], ...]


def fields_of(corpus: Corpus, reader: Reader) -> list[Fields]:
    """Read every card's wordings, those of its topic, and its answer."""
    topics = {t.id: tuple(reader.read(text) for text in (*t.asks, t.label)) for t in corpus.topics.values()}
    return [
        Fields(
            card=c,
            asks=tuple(reader.read(text) for text in (*c.asks, c.title)),
            topic=topics[c.topic],
            answer=(reader.read(c.answer), reader.read(c.short)),
        )
        for c in corpus.cards.values()
    ]


def _text(parts: Sequence[Sequence[Word]], terms: Terms) -> list[str]:
    return [term for words in parts for term in terms(words)]


def _letters(terms: Sequence[str]) -> list[str]:
    """Write terms in letters and digits only, so that every tokenizer leaves them whole."""
    return ["".join(c if c.isalnum() else "9x9" for c in term) for term in terms]


class Engine(Protocol):
    """A search over the cards of a corpus."""

    def rank(self, question: Question, scopes: Sequence[str], ignore: Collection[str]) -> list[Ranked]:
        """Return the best cards of some scopes with their scores, best first."""


class Fts5:
    """SQLite FTS5: one column for each field, bm25() with the weights of our own search."""

    def __init__(self, fields: Sequence[Fields], terms: Terms) -> None:
        self._terms = terms
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "CREATE VIRTUAL TABLE cards USING fts5(id UNINDEXED, scope UNINDEXED, asks, topic, answer, "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
        self._db.executemany(
            "INSERT INTO cards VALUES (?, ?, ?, ?, ?)",
            (
                (f.card.id, f.card.scope, *(" ".join(_letters(_text(part, terms))) for part in _parts(f)))
                for f in fields
            ),
        )
        self._db.execute("INSERT INTO cards(cards) VALUES ('optimize')")

    def rank(self, question: Question, scopes: Sequence[str], ignore: Collection[str]) -> list[Ranked]:
        wanted = _letters([t for t in self._terms(question.words) if t not in ignore])
        if not wanted:
            return []
        places = ", ".join("?" * len(scopes))
        weights = ", ".join(map(str, (0, 0, *_WEIGHTS)))
        rows = self._db.execute(
            f"SELECT id, -bm25(cards, {weights}) AS score FROM cards "
            f"WHERE cards MATCH ? AND scope IN ({places}) ORDER BY score DESC LIMIT {KEPT}",
            (" OR ".join(f'"{t}"' for t in dict.fromkeys(wanted)), *scopes),
        )
        return list(rows)


class Tantivy:
    """tantivy: one field for each, BM25, boosted by the weights of our own search."""

    def __init__(self, fields: Sequence[Fields], terms: Terms) -> None:
        import tantivy

        self._library: Any = tantivy
        self._terms = terms
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        schema.add_text_field("scope", stored=True, tokenizer_name="raw")
        for name in _NAMES:
            schema.add_text_field(name, tokenizer_name="whitespace")
        self._index = tantivy.Index(schema.build())
        writer = self._index.writer(num_threads=1)
        for f in fields:
            row = {n: " ".join(_text(p, terms)) for n, p in zip(_NAMES, _parts(f), strict=True)}
            writer.add_document(tantivy.Document(id=f.card.id, scope=f.card.scope, **row))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._schema = self._index.schema

    def rank(self, question: Question, scopes: Sequence[str], ignore: Collection[str]) -> list[Ranked]:
        library, should = self._library, self._library.Occur.Should
        parts = [
            (should, library.Query.boost_query(library.Query.term_query(self._schema, name, term), weight))
            for term in dict.fromkeys(t for t in self._terms(question.words) if t not in ignore)
            for name, weight in zip(_NAMES, _WEIGHTS, strict=True)
        ]
        if not parts:
            return []
        found = self._searcher.search(library.Query.boolean_query(parts), MOST).hits
        documents = ((self._searcher.doc(address), score) for score, address in found)
        return [(d["id"][0], score) for d, score in documents if d["scope"][0] in scopes][:KEPT]


class Bm25s:
    """bm25s: BM25 computed ahead in arrays; it has no fields, so all words of a card are one text."""

    def __init__(self, fields: Sequence[Fields], terms: Terms) -> None:
        import bm25s
        import numpy

        logging.getLogger("bm25s").setLevel(logging.WARNING)

        self._terms = terms
        self._cards = [f.card for f in fields]
        self._engine = bm25s.BM25()
        self._engine.index(
            [[term for part in _parts(f) for term in _text(part, terms)] for f in fields],
            show_progress=False,
        )
        self._masks: dict[Sequence[str], Any] = {}
        self._numpy: Any = numpy

    def rank(self, question: Question, scopes: Sequence[str], ignore: Collection[str]) -> list[Ranked]:
        wanted = [t for t in dict.fromkeys(self._terms(question.words)) if t not in ignore]
        wanted = [t for t in wanted if t in self._engine.vocab_dict]
        if not wanted:
            return []
        if scopes not in self._masks:
            self._masks[scopes] = self._numpy.array([c.scope in scopes for c in self._cards], dtype=float)
        scores = self._engine.get_scores(wanted) * self._masks[scopes]
        best = self._numpy.argsort(-scores, kind="stable")[:KEPT]
        return [(self._cards[i].id, float(scores[i])) for i in best if scores[i] > 0]


class _Chosen(Features):
    """Our features, with two neighbours counted only where they are among the terms chosen."""

    def __init__(self, lexicon: Lexicon, terms: Terms) -> None:
        super().__init__(lexicon)
        self._terms = terms

    def of(self, words: Sequence[Word], weights: Sequence[float] | None = None) -> dict[str, float]:
        """Return the features without the pairs that are no term."""
        found = super().of(words, weights)
        kept = {t.replace("_", " ") for t in self._terms(words) if "_" in t}
        return {f: w for f, w in found.items() if " " not in f or f in kept}


class Ours:
    """isobot's own search: how well the best wording of a card fits, how much it covers, and BM25.

    `share` is how much BM25 may take off a score.
    """

    def __init__(
        self, corpus: Corpus, reader: Reader, lexicon: Lexicon, terms: Terms, share: float = search.BM25_SHARE
    ) -> None:
        features = Features(lexicon) if terms is bigrams else _Chosen(lexicon, terms)
        self._index = Index(corpus, reader, features)
        self._share = share

    def rank(self, question: Question, scopes: Sequence[str], ignore: Collection[str]) -> list[Ranked]:
        usual, search.BM25_SHARE = search.BM25_SHARE, self._share
        try:
            hits = self._index.search(question, scopes, ignore=ignore)
        finally:
            search.BM25_SHARE = usual
        return [(hit.card.id, hit.score) for hit in hits]


_NAMES = ("asks", "topic", "answer")
_WEIGHTS = (1.0, TOPIC_WEIGHT, ANSWER_WEIGHT)


def _parts(fields: Fields) -> tuple[Sequence[Sequence[Word]], ...]:
    return fields.asks, fields.topic, fields.answer


OTHERS: Mapping[str, Callable[[Sequence[Fields], Terms], Engine]] = {
    "SQLite FTS5": Fts5,
    "tantivy": Tantivy,
    "bm25s": Bm25s,
}
