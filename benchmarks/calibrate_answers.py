"""Fit what decides whether the documents hold the subject of a question (knowledge/deciding.py).

    python -m benchmarks.calibrate_answers QUESTIONS.jsonl [MORE.jsonl ...]

A line holds a question with province, unit, kind and topic. Kind "refuse" marks a question on another
subject; "false-premise" is left out, since it may be answered or refused; any other kind has to be answered.
Added to them are the questions of off_subject.txt, which have to be refused, and one wording of each card,
asked of the cards without it: questions that the cards were tuned on know all their words, those of
tomorrow do not.

The weights are fitted by logistic regression, both classes weighing the same, and judged on folds held out;
no topic is in two folds. Nothing is changed: the weights printed are put in by hand.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from hashlib import sha256
from math import exp
from pathlib import Path

from benchmarks.search.__main__ import held_out
from knowledge import answer as engine
from knowledge import deciding
from knowledge.answer import Asker, KnowledgeBase, Outcome, load_knowledge
from knowledge.deciding import Signs
from knowledge.question import Question

OFF_SUBJECT = Path(__file__).with_name("off_subject.txt")
FOLDS = 5
ROUNDS = 30
KEEP_SMALL = 1.0
"""How strongly the regression keeps weights small."""
LIMITS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
TODAY = date(2026, 11, 21)

Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A question: its signs where they decide, else whether it was refused before they were asked."""

    group: str
    held_out: bool
    answerable: bool
    signs: Row | None
    refused: bool


class Listener:
    """Stands in the place of `sureness` and remembers the signs; every question passes."""

    def __init__(self) -> None:
        self.heard: Row | None = None

    def __call__(self, signs: Signs, question: Question) -> float:
        """Remember the signs as the weights take them."""
        said = (
            question.says(deciding._TRADE),
            question.says(deciding._OFFICE),
            bool(question.documents),
            bool(question.provinces),
            not question.plain,
        )
        self.heard = (*astuple(signs), *map(float, said))
        return 1.0


def cases(paths: Sequence[Path]) -> Iterator[Case]:
    """Ask every question and note what decides it."""
    listener, original = Listener(), engine.sureness
    engine.sureness = listener
    try:
        knowledge = load_knowledge()
        left, wordings = held_out(knowledge)
        for wording in wordings:
            (card,) = wording.relevant
            group = knowledge.corpus.cards[card].topic
            yield _case(left, listener, wording.question.typed, wording.asker, group, wording=True)
        for question in OFF_SUBJECT.read_text("utf-8").splitlines()[1:]:
            yield _case(knowledge, listener, question, Asker(), question, answerable=False)
        for path in paths:
            for line in filter(str.strip, path.read_text("utf-8").splitlines()):
                row = json.loads(line)
                if row["kind"] != "false-premise":
                    asker = Asker(row.get("province"), row.get("unit"))
                    group = row.get("topic") or row["question"]
                    refuse = row["kind"] == "refuse"
                    yield _case(knowledge, listener, row["question"], asker, group, answerable=not refuse)
    finally:
        engine.sureness = original


def _case(
    knowledge: KnowledgeBase,
    listener: Listener,
    question: str,
    asker: Asker,
    group: str,
    *,
    wording: bool = False,
    answerable: bool = True,
) -> Case:
    listener.heard = None
    answer = knowledge.answer(question, asker, today=TODAY)
    return Case(group, wording, answerable, listener.heard, answer.outcome is Outcome.REFUSED)


def fit(found: Sequence[Case]) -> tuple[Row, float]:
    """Fit weights and bias by Newton's method."""
    rows = [((*c.signs, 1.0), c.answerable) for c in found if c.signs]
    yes = sum(answerable for _, answerable in rows)
    worth = {True: len(rows) / (2 * yes), False: len(rows) / (2 * (len(rows) - yes))}
    size = len(rows[0][0])
    weights = [0.0] * size
    for _ in range(ROUNDS):
        slope = [-KEEP_SMALL * w for w in weights[:-1]] + [0.0]
        bend = [[KEEP_SMALL * (a == b < size - 1) for b in range(size)] for a in range(size)]
        for values, answerable in rows:
            chance = _chance(weights, values)
            off = worth[answerable] * (answerable - chance)
            spread = worth[answerable] * chance * (1 - chance)
            for a, value in enumerate(values):
                slope[a] += off * value
                if value:
                    for b, other in enumerate(values):
                        bend[a][b] += spread * value * other
        weights = [w + step for w, step in zip(weights, _solve(bend, slope), strict=True)]
    return tuple(weights[:-1]), weights[-1]


def _chance(weights: Sequence[float], values: Sequence[float]) -> float:
    total = sum(w * v for w, v in zip(weights, values, strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def _solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Solve linear equations by elimination; the matrix is positive definite, so no row has to move."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for at, row in enumerate(rows):
        rows[at] = [value / row[at] for value in row]
        for other, below in enumerate(rows):
            if other != at:
                rows[other] = [v - below[at] * p for v, p in zip(below, rows[at], strict=True)]
    return [row[-1] for row in rows]


def judged(found: Sequence[Case]) -> list[float]:
    """Return the chance of each case by weights fitted without its fold."""
    chances = [0.0] * len(found)
    for fold in range(FOLDS):
        weights, bias = fit([c for c in found if _fold(c) != fold])
        for place, case in enumerate(found):
            if _fold(case) == fold and case.signs:
                chances[place] = _chance((*weights, bias), (*case.signs, 1.0))
    return chances


def _fold(case: Case) -> int:
    return sha256(case.group.encode()).digest()[0] % FOLDS


def report(title: str, found: Sequence[Case], chances: Sequence[float], limits: Sequence[float]) -> None:
    """Print how many of each sort are refused at each limit, with what was refused before."""
    sorts: tuple[tuple[str, Callable[[Case], bool]], ...] = (
        ("wordings held out", lambda c: c.held_out),
        ("answerable questions", lambda c: c.answerable and not c.held_out),
        ("questions to refuse", lambda c: not c.answerable),
    )
    print(f"\n{title}\n| limit | {' | '.join(f'{name}: refused' for name, _ in sorts)} | decided rightly |")
    print("| --- " * (len(sorts) + 2) + "|")
    for limit in limits:
        refused = [c.refused or bool(c.signs and p < limit) for c, p in zip(found, chances, strict=True)]
        cells = []
        for _, wanted in sorts:
            told = [r for c, r in zip(found, refused, strict=True) if wanted(c)]
            cells.append(f"{sum(told)} of {len(told)} ({100 * sum(told) / max(1, len(told)):.1f} %)")
        right = sum(r != c.answerable for c, r in zip(found, refused, strict=True)) / len(found)
        print(f"| {limit} | {' | '.join(cells)} | {100 * right:.1f} % |")


def main(paths: Sequence[str]) -> None:
    """Print the figures of the weights in use, those of new weights held out, and the new weights."""
    found = list(cases([Path(p) for p in paths]))
    now = [_chance((*deciding._WEIGHTS, deciding._BIAS), (*c.signs, 1.0)) if c.signs else 0.0 for c in found]
    report("weights in use", found, now, (deciding.LEAST_SURE,))
    report("fitted on the other folds", found, judged(found), LIMITS)
    weights, bias = fit(found)
    print(f"\n_WEIGHTS = ({', '.join(f'{w:.2f}' for w in weights)})\n_BIAS = {bias:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
