"""Compare search engines on questions with expected answers: `python -m benchmarks.search --help`."""

import argparse
import sqlite3
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.calibrate_answers import without_one_wording
from benchmarks.judging import LEFT_OUT, Judge, load_judge
from benchmarks.search.engines import (
    OTHERS,
    Engine,
    Ours,
    Segmented,
    Terms,
    bigrams,
    fields_of,
    syllables,
)
from knowledge.answer import Asker, KnowledgeBase, load_knowledge
from knowledge.corpus import BOT, NATIONAL, SEED_PROVINCES, Card
from knowledge.model import with_sources
from knowledge.question import Question
from knowledge.search import BM25_SHARE, Hit

ROUNDS = 3
"""Each question is searched so often; the fastest counts, since other work disturbs only upwards."""
PACKAGES = {
    "tantivy": ("tantivy",),
    "bm25s": ("bm25s", "numpy"),
    "words": ("underthesea", "underthesea_core"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what is known beforehand and the cards that would answer it."""

    question: Question
    scopes: tuple[str, ...]
    ignore: Collection[str]
    relevant: frozenset[str]
    asker: Asker


@dataclass(frozen=True, slots=True)
class Figures:
    """How well an engine found the cards; `ruled` is the same once the answerer's rules have weighed them."""

    shares: tuple[float, float, float]
    reciprocal: float
    ruled: tuple[float, float, float]
    ruled_reciprocal: float
    milliseconds: float


def cases_of(knowledge: KnowledgeBase, judge: Judge, paths: Sequence[Path]) -> tuple[list[Case], int, int]:
    """Return the questions that a card can answer, how many have none, and how many are of other kinds."""
    cases, without, other = [], 0, 0
    for expected in judge.questions(paths):
        if expected.kind in LEFT_OUT:
            other += 1
            continue
        relevant = frozenset(c.id for c in knowledge.corpus.cards.values() if _answers(judge, expected, c))
        if not relevant:
            without += 1
            continue
        asker = Asker(expected.province, expected.unit)
        cases.append(_case(knowledge, expected.question, asker, relevant))
    return cases, without, other


def held_out(knowledge: KnowledgeBase) -> tuple[KnowledgeBase, list[Case]]:
    """Take one wording out of every card; return what is left, and the wordings as questions.

    A wording asks for its own card alone, so these figures are strict: a sister card is a miss.
    """
    left, wordings = without_one_wording(knowledge)
    return left, [_case(left, ask, asker, frozenset([card_id])) for card_id, ask, asker in wordings]


def _case(knowledge: KnowledgeBase, typed: str, asker: Asker, relevant: frozenset[str]) -> Case:
    read = knowledge._reader.read(typed)
    provinces = read.provinces or ((asker.province,) if asker.province else tuple(SEED_PROVINCES))
    return Case(read, (*provinces, NATIONAL, BOT), knowledge._weigher.said_already(read), relevant, asker)


def _answers(judge: Judge, expected: Any, card: Card) -> bool:
    return judge.fits(expected, with_sources(card.answer, card.citations), card.citations)


def measure(engine: Engine, knowledge: KnowledgeBase, cases: Sequence[Case]) -> Figures:
    """Search for every question; then let the answerer's rules weigh what was found."""
    places, ruled, times = [], [], []
    for case in cases:
        spent = []
        for _ in range(ROUNDS):
            start = perf_counter()
            found = engine.rank(case.question, case.scopes, case.ignore)
            spent.append(perf_counter() - start)
        times.append(min(spent))
        places.append(_place([card_id for card_id, _ in found], case))
        ruled.append(_place(_by_the_rules(knowledge, engine, case), case))
    return Figures(
        _shares(places), _reciprocal(places), _shares(ruled), _reciprocal(ruled), 1000 * median(times)
    )


def _place(found: Sequence[str], case: Case) -> int:
    return next((n for n, c in enumerate(found[:10], 1) if c in case.relevant), 0)


def _shares(places: Sequence[int]) -> tuple[float, float, float]:
    one, three, ten = (sum(0 < p <= limit for p in places) / len(places) for limit in (1, 3, 10))
    return one, three, ten


def _reciprocal(places: Sequence[int]) -> float:
    return sum(1 / p for p in places if p) / len(places)


class _Instead:
    """Stands in the place of the answerer's own index."""

    def __init__(self, engine: Engine, cards: Mapping[str, Card]) -> None:
        self.engine = engine
        self.cards = cards

    def search(
        self, question: Question, scopes: Sequence[str], ignore: Collection[str] = (), beside: object = ()
    ) -> list[Hit]:
        found = self.engine.rank(question, tuple(scopes), ignore)
        return [Hit(self.cards[card_id], score, 1.0) for card_id, score in found]


def _by_the_rules(knowledge: KnowledgeBase, engine: Engine, case: Case) -> list[str]:
    """Weigh an engine's cards by what the question says beside its words: documents, articles, levels."""
    own = knowledge._places.own(case.asker.unit, case.asker.province)
    weigher = knowledge._weigher
    scope = weigher.scope(case.question, case.asker.province)
    index = weigher.index
    weigher.index = _Instead(engine, knowledge.corpus.cards)  # type: ignore[assignment]
    try:
        return [hit.card.id for hit in weigher.hits(case.question, scope, own, case.asker)]
    finally:
        weigher.index = index


def megabytes(name: str) -> float:
    """Return the size of an installed package, with the compiled libraries beside it."""
    size = sum(file.locate().stat().st_size for file in distribution(name).files or () if _is_there(file))
    return size / 1e6


def _is_there(file: Any) -> bool:
    return Path(file.locate()).is_file()


def main() -> int:
    """Print a table in Markdown for wordings held out, and one for questions where files are given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("questions", nargs="*", type=Path, help="files of questions, JSON Lines")
    parser.add_argument("--judge", type=Path, help="the program that judges answers to them")
    options = parser.parse_args()
    knowledge = load_knowledge()
    print(f"{len(knowledge.corpus.cards)} cards; SQLite {sqlite3.sqlite_version}\n")
    if options.questions:
        if options.judge is None:
            parser.error("questions need --judge")
        cases, without, other = cases_of(knowledge, load_judge(options.judge), options.questions)
        print(
            f"{len(cases)} questions that a card answers "
            f"(left out: {other} of other kinds, {without} without such a card)\n"
        )
        _table(knowledge, cases)
    left, cases = held_out(knowledge)
    print(f"\n{len(cases)} wordings, one of each card, taken out of the cards before\n")
    _table(left, cases)
    return 0


def _table(knowledge: KnowledgeBase, cases: Sequence[Case]) -> None:
    fields = fields_of(knowledge.corpus, knowledge._words)
    ways: list[tuple[str, Terms]] = [("syllables", syllables), ("with bigrams", bigrams)]
    try:
        ways.append(("with words", Segmented()))
    except ImportError:
        print("underthesea is not installed: no rows with words\n")
    print("| engine | terms | @1 | @3 | @10 | MRR | with rules @1 | @3 | @10 | MRR | ms | built in s | MB |")
    print("| --- " * 13 + "|")
    for name, build in OTHERS.items():
        for label, terms in ways:
            try:
                _row(name, label, lambda b=build, t=terms: b(fields, t), knowledge, cases)
            except (ImportError, PackageNotFoundError):
                print(f"| {name} | not installed |")
                break
    for name, share in (("our own without BM25", 0.0), ("our own", BM25_SHARE)):
        for label, terms in ways:
            _row(name, label, lambda t=terms, s=share: _ours(knowledge, t, s), knowledge, cases)


def _ours(knowledge: KnowledgeBase, terms: Terms, share: float) -> Engine:
    return Ours(knowledge.corpus, knowledge._words, knowledge._lexicon, terms, share)


def _row(
    name: str, label: str, build: Callable[[], Engine], knowledge: KnowledgeBase, cases: Sequence[Case]
) -> None:
    size = sum(megabytes(p) for p in (*PACKAGES.get(name, ()), *PACKAGES.get(label, ())))
    build()  # what is read once, such as a model, is not the index
    start = perf_counter()
    engine = build()
    built = perf_counter() - start
    found = measure(engine, knowledge, cases)
    plain, ruled = (" | ".join(f"{100 * share:.1f}" for share in s) for s in (found.shares, found.ruled))
    print(
        f"| {name} | {label} | {plain} | {found.reciprocal:.3f} | {ruled} | {found.ruled_reciprocal:.3f} "
        f"| {found.milliseconds:.2f} | {built:.2f} | {size:.1f} |",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
