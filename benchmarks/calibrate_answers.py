"""Choose the thresholds of knowledge/answer.py on files of marked questions.

    python benchmarks/calibrate_answers.py QUESTIONS.jsonl [MORE.jsonl ...]

A line holds id, question, province, unit and kind; kind "refuse" marks a question that has to be
refused, any other one that has to be answered or asked back. For each threshold the script tells, over
five folds, how many decisions to answer or to refuse are right, with the value chosen on the other
four. It reads nothing else of the questions and changes nothing: the constants are set by hand.
"""

import itertools
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from knowledge import answer as engine
from knowledge.answer import Asker, KnowledgeBase, Outcome, load_knowledge

FOLDS = 5
TODAY = date(2026, 11, 21)
SCORES = (0.25, 0.3, 0.35, 0.4)
SHARES = (0.34, 0.39, 0.44, 0.49, 0.54)


def main(paths: list[str]) -> None:
    rows = [
        json.loads(line) for p in paths for line in Path(p).read_text("utf-8").splitlines() if line.strip()
    ]
    knowledge = load_knowledge()
    settings = list(itertools.product(SCORES, SHARES))
    right = {setting: [decides_right(knowledge, row, setting) for row in rows] for setting in settings}
    held_out = 0
    for fold in range(FOLDS):
        train = [i for i in range(len(rows)) if i % FOLDS != fold]
        best = max(settings, key=lambda s: sum(right[s][i] for i in train))
        held_out += sum(right[best][i] for i in range(len(rows)) if i % FOLDS == fold)
        print(f"fold {fold + 1}: score {best[0]}, share {best[1]}")
    print(f"decisions right on folds held out: {held_out}/{len(rows)}")
    for setting in sorted(settings, key=lambda s: -sum(right[s]))[:5]:
        print(f"score {setting[0]}, share {setting[1]}: {sum(right[setting])}/{len(rows)}")


def decides_right(knowledge: KnowledgeBase, row: dict[str, Any], setting: tuple[float, float]) -> bool:
    engine.ENOUGH, engine.ENOUGH_HELD = setting
    asker = Asker(row.get("province"), row.get("unit"))
    refused = knowledge.answer(row["question"], asker, today=TODAY).outcome is Outcome.REFUSED
    if row["kind"] == "false-premise":
        return True  # either is a good answer to a question that takes something wrong for granted
    return refused == (row["kind"] == "refuse")


if __name__ == "__main__":
    main(sys.argv[1:])
