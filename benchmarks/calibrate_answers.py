"""Fit the weights of knowledge/deciding.py, which tell questions on other subjects from the rest.

    python benchmarks/calibrate_answers.py QUESTIONS.jsonl [MORE.jsonl ...]

A line holds id, question, province, unit and kind; kind "refuse" marks a question that has to be
refused. benchmarks/other_subjects.txt adds questions on other subjects, typed with and without marks;
one wording held out of every card adds short ones on the subject, each of little weight. The script
tells, over folds held out, what each limit refuses rightly and wrongly, and prints the weights fitted on
everything. No topic, card or question is in two folds. It changes nothing: the constants are set by hand.

Last it asks the questions of benchmarks/off_subject.txt, which nothing was fitted on, and counts how many
are refused by the answerer as it is; and the wordings held out of every card.
"""

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import exp
from pathlib import Path
from zlib import crc32

from isobot.domain.text import fold
from isobot.unitfiles import shipped_units
from knowledge.answer import Asker, KnowledgeBase, Outcome, load_knowledge
from knowledge.corpus import SEED_PROVINCES
from knowledge.deciding import values

FOLDS, ROUNDS, STEP, TIE = 4, 200, 1.0, 0.001
WORDING_WEIGHT = 0.2
TODAY = date(2026, 11, 21)
LIMITS = (0.2, 0.3, 0.4, 0.45, 0.5)
OTHER = Path(__file__).parent / "other_subjects.txt"

UNSEEN = Path(__file__).parent / "off_subject.txt"

Row = tuple[tuple[float, ...], bool, float, str]
"""Signs for and against; whether the documents hold the subject; how much the row counts; its topic."""


def main(paths: Sequence[str]) -> None:
    knowledge = load_knowledge()
    rows = [*marked(knowledge, paths), *others(knowledge), *held_out(knowledge)]
    random.Random(1).shuffle(rows)
    told: list[tuple[float, Row]] = []
    for fold_number in range(FOLDS):
        weights = fit([r for r in rows if in_fold(r) != fold_number])
        told += [(sure(weights, r[0]), r) for r in rows if in_fold(r) == fold_number]
    for limit in LIMITS:
        whole = sum(s < limit for s, r in told if r[1] and r[2] == 1.0)
        short = sum(s < limit for s, r in told if r[1] and r[2] < 1.0)
        through = sum(s >= limit for s, r in told if not r[1])
        print(f"{limit}: refused {whole} whole questions, {short} wordings; let through {through} others")
    print("of", sum(r[1] for r in rows), "on the subject,", sum(not r[1] for r in rows), "on others")
    print("weights", [round(w, 2) for w in fit(rows)])
    refused = [_refused(knowledge, line, Asker()) for line in UNSEEN.read_text("utf-8").splitlines()[1:]]
    print(f"never fitted on: {sum(refused)} of {len(refused)} questions off the subject are refused")
    left, wordings = without_one_wording(knowledge)
    refused = [_refused(left, ask, asker) for _, ask, asker in wordings]
    print(f"wordings held out, whole way: {sum(refused)} of {len(refused)} are refused")


def in_fold(row: Row) -> int:
    """Return the fold of a row, the same for every row of its topic."""
    return crc32(row[3].encode()) % FOLDS


def _refused(knowledge: KnowledgeBase, question: str, asker: Asker) -> bool:
    return knowledge.answer(question, asker, today=TODAY).outcome is Outcome.REFUSED


def signs(knowledge: KnowledgeBase, question: str, asker: Asker) -> tuple[float, ...] | None:
    read = knowledge._reader.read(question)
    own = knowledge._places.own(asker.unit, asker.province)
    scope = knowledge._weigher.scope(read, asker.province or (own[0].province if own else None))
    hits = knowledge._weigher.hits(read, scope, own, asker)
    return values(knowledge._signs(read, hits), read) if hits else None


def marked(knowledge: KnowledgeBase, paths: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for line in (x for p in paths for x in Path(p).read_text("utf-8").splitlines() if x.strip()):
        row = json.loads(line)
        asker = Asker(row.get("province"), row.get("unit"))
        answer = knowledge.answer(row["question"], asker, today=TODAY)
        from_cards = answer.cards or answer.outcome is Outcome.REFUSED
        if row["kind"] == "false-premise" or (row["kind"] != "refuse" and not from_cards):
            continue
        found = signs(knowledge, row["question"], asker)
        if found:
            rows.append((found, row["kind"] != "refuse", 1.0, row.get("topic") or row["question"]))
    return rows


def others(knowledge: KnowledgeBase) -> list[Row]:
    rows: list[Row] = []
    provinces = (None, *SEED_PROVINCES)
    for number, line in enumerate(OTHER.read_text("utf-8").splitlines()):
        for place, typed in enumerate((line, fold(line))):
            asker = Asker(provinces[(number + place) % len(provinces)])
            found = signs(knowledge, typed, asker)
            if found and not guarded(knowledge, typed, asker):
                rows.append((found, False, 1.0, line))
    return rows


def guarded(knowledge: KnowledgeBase, question: str, asker: Asker) -> bool:
    """Tell whether a question is refused before anything is weighed: another standard, another province."""
    read = knowledge._reader.read(question)
    scope = knowledge._weigher.scope(read, asker.province)
    hits = knowledge._weigher.hits(read, scope, (), asker)
    return knowledge._guard.guard(read, hits) is not None


def held_out(knowledge: KnowledgeBase) -> list[Row]:
    rows: list[Row] = []
    for shift in (0, 2):
        left, wordings = without_one_wording(knowledge, shift)
        for card_id, ask, asker in wordings:
            found = signs(left, ask, asker)
            if found:
                rows.append((found, True, WORDING_WEIGHT, left.corpus.cards[card_id].topic))
    return rows


def without_one_wording(
    knowledge: KnowledgeBase, shift: int = 0
) -> tuple[KnowledgeBase, list[tuple[str, str, Asker]]]:
    """Take one wording out of every card that has more than two; return what is left, and those wordings.

    A wording comes with its card and with an asker from the card's province.
    """
    corpus = knowledge.corpus
    taken = {
        c.id: c.asks[(len(c.asks) // 2 + shift) % len(c.asks)]
        for c in corpus.cards.values()
        if len(c.asks) > 2
    }
    cards = {
        i: replace(c, asks=tuple(a for a in c.asks if a != taken.get(i))) for i, c in corpus.cards.items()
    }
    by_scope = {scope: tuple(cards[c.id] for c in of) for scope, of in corpus.by_scope.items()}
    left = KnowledgeBase(replace(corpus, cards=cards, by_scope=by_scope), shipped_units())
    scopes = {i: cards[i].scope if cards[i].scope in SEED_PROVINCES else None for i in taken}
    return left, [(i, ask, Asker(scopes[i])) for i, ask in taken.items()]


def fit(rows: Sequence[Row]) -> list[float]:
    """Fit a logistic regression by plain descent on values of one scale; the last weight is the bias."""
    size, total = len(rows[0][0]), sum(r[2] for r in rows)
    means = [sum(r[0][k] * r[2] for r in rows) / total for k in range(size)]
    spreads = [
        (sum((r[0][k] - means[k]) ** 2 * r[2] for r in rows) / total) ** 0.5 + 1e-9 for k in range(size)
    ]
    scaled = [([(r[0][k] - means[k]) / spreads[k] for k in range(size)] + [1.0], r[1], r[2]) for r in rows]
    weights = [0.0] * (size + 1)
    for _ in range(ROUNDS):
        slope = [0.0] * (size + 1)
        for place, holds, counts in scaled:
            off = (sure([*weights[:-1], weights[-1]], tuple(place[:-1])) - holds) * counts
            for k in range(size + 1):
                slope[k] += off * place[k]
        weights = [w - STEP * (s / total + TIE * w) for w, s in zip(weights, slope, strict=True)]
    back = [w / s for w, s in zip(weights[:-1], spreads, strict=True)]
    return [*back, weights[-1] - sum(b * m for b, m in zip(back, means, strict=True))]


def sure(weights: Sequence[float], place: Sequence[float]) -> float:
    return 1 / (1 + exp(-(weights[-1] + sum(w * v for w, v in zip(weights[:-1], place, strict=True)))))


if __name__ == "__main__":
    main(sys.argv[1:])
