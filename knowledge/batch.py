"""Answering files of questions (`isobot ask --batch`): one JSON object a line, in and out."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from knowledge.answer import Asker, KnowledgeBase


def answer_line(knowledge: KnowledgeBase, row: dict[str, Any], *, today: date) -> dict[str, Any]:
    """Answer one line: id, question, province and unit in; id, answer, citations and outcome out."""
    asker = Asker(province=row.get("province") or None, unit=row.get("unit") or None)
    answer = knowledge.answer(str(row["question"]), asker, today=today)
    return {
        "id": row["id"],
        "answer": answer.text,
        "citations": [{"doc_number": c.document.number, "section": c.section} for c in answer.citations],
        "outcome": answer.outcome.value,
    }


def answer_lines(knowledge: KnowledgeBase, lines: Iterable[str], *, today: date) -> Iterator[str]:
    """Answer JSON Lines; blank lines are skipped.

    Raises:
        ValueError: a line is no JSON object with an id and a question; it names the line.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            made = answer_line(knowledge, row, today=today)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(
                f"line {number}: needs a JSON object with `id` and `question` ({error})"
            ) from error
        yield json.dumps(made, ensure_ascii=False)
