"""Questions with expected answers, and the program that judges answers to them.

Neither comes with isobot: both are named on the command line. The judging program is a Python file with
`load`, `parse_question`, `Answer`, `judge`, `normalise`, `contains` and `names_document`.
"""

import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isobot.domain.law import Citation
from knowledge.model import Answer

LEFT_OUT = frozenset({"refuse", "clarify", "roster"})
"""Kinds whose right answer is no card: withheld, asked back, or read from the rosters of units."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The judging program, loaded."""

    program: Any

    def questions(self, paths: Iterable[Path]) -> list[Any]:
        """Read files of questions; `topic` is put beside each, which the program itself may not keep."""
        found = []
        for path in paths:
            found += self.program.load(path, self.program.parse_question).values()
        return found

    def right(self, question: Any, answer: Answer) -> bool:
        """Tell whether the judging program takes an answer for right: its text, its sources, its outcome."""
        cited = tuple((c.document.number, c.section) for c in answer.citations)
        given = self.program.Answer(question.id, answer.text, cited, answer.outcome.value)
        return bool(self.program.judge(question, given).right)

    def fits(self, question: Any, text: str, citations: Iterable[Citation]) -> bool:
        """Tell whether a card would do as the answer, or as one part of a comparison."""
        numbers = [c.document.number for c in citations]
        if question.docs and not any(
            self.program.names_document(number, doc) for number in numbers for doc in question.docs
        ):
            return False
        shown = self.program.normalise(text)
        met = [any(self.program.contains(shown, way) for way in group) for group in question.must]
        if any(self.program.contains(shown, wrong) for wrong in question.must_not):
            return False
        return any(met) if question.kind == "compare" else all(met) and bool(met)


def load_judge(path: Path) -> Judge:
    """Load the judging program."""
    spec = importlib.util.spec_from_file_location("judging_program", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return Judge(module)
