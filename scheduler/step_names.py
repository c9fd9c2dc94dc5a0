"""What the rungs of a ladder are called where people read them."""

from collections.abc import Iterable

from isobot.domain.deadlines import LadderStep
from scheduler.ladder import MOVED


def step_words(step: str, steps: Iterable[LadderStep]) -> str:
    """Name a step as an office speaks of it, with its name in the ladder: "trước hạn 3 ngày (T-3)"."""
    name, _, moved = step.partition("@")
    if name == MOVED:
        return "báo hạn mới"
    rung = next((rung for rung in steps if rung.name == name), None)
    if rung is None:
        return name
    by_new_day = ", theo hạn mới" if moved else ""
    return f"{_words(rung)}{by_new_day} ({name})"


def _words(rung: LadderStep) -> str:
    if rung.days is None:
        return "mở kỳ"
    if rung.days == 0:
        return "ngày cuối"
    return f"trước hạn {-rung.days} ngày" if rung.days < 0 else f"sau hạn {rung.days} ngày"
