"""What the tests of answers share."""

from collections.abc import Callable
from datetime import date

import pytest

from knowledge.answer import Answer, Asker, KnowledgeBase

ASKED_ON = date(2026, 11, 21)


@pytest.fixture(scope="session")
def ask(knowledge: KnowledgeBase) -> Callable[..., Answer]:
    """Ask one question on a day that never changes, as somebody of a province or a unit."""

    def ask_one(question: str, province: str | None = None, unit: str | None = None, **more) -> Answer:
        return knowledge.answer(question, Asker(province, unit), today=ASKED_ON, **more)

    return ask_one
