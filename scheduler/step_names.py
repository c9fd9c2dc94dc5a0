"""What the rungs of a ladder are called where people read them."""

from collections.abc import Iterable
from datetime import date, timedelta

from isobot.domain.deadlines import LadderStep, Period
from scheduler.ladder import MOVED


def step_words(step: str, steps: Iterable[LadderStep], period: Period, day: date) -> str:
    """Name a step that falls on a day as an office speaks of it: "trước hạn 3 ngày (T-3)".

    Where it fell on a day off and moved, that is said too, for the days then do not add up.
    """
    name, _, moved = step.partition("@")
    if name == MOVED:
        return "báo hạn mới"
    rung = next((rung for rung in steps if rung.name == name), None)
    if rung is None:
        return name
    by_new_day = ", theo hạn mới" if moved else ""
    shifted = rung.days is not None and period.last_day + timedelta(days=rung.days) != day
    return f"{_words(rung)}{by_new_day} ({name})" + (", dời vì ngày nghỉ" if shifted else "")


def _words(rung: LadderStep) -> str:
    if rung.days is None:
        return "mở kỳ"
    if rung.days == 0:
        return "ngày cuối"
    return f"trước hạn {-rung.days} ngày" if rung.days < 0 else f"sau hạn {rung.days} ngày"
