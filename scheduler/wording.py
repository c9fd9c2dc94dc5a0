"""What a reminder says: computed from the days that remain, since a step may be told late."""

from collections.abc import Sequence
from datetime import date

from isobot.domain.deadlines import Audience
from isobot.domain.messages import Choice, Reply
from isobot.domain.numbers import format_date
from isobot.domain.units import Unit, UnitDirectory
from scheduler.plan import DueStep

NAMED = 10
LONGEST_KEY = 60

CHOICES = (
    Choice("go:baocao", "Nhập báo cáo", lasting=True, by_word=True),
    Choice("go:nhac", "Hoãn nhắc", lasting=True, by_word=True),
)


def reminder(steps: Sequence[DueStep], *, today: date, directory: UnitDirectory) -> Reply:
    """Write one message of everything that one person is to be told today."""
    own = [step for step in steps if step.audience is not Audience.RECEIVER]
    digests = [step for step in steps if step.audience is Audience.RECEIVER]
    parts = [_own(step, today, directory) for step in own] + [_digest(step, today) for step in digests]
    choices: tuple[Choice, ...] = CHOICES if own else ()
    if digests:
        choices = (*choices, Choice("go:tiendo", "Tiến độ", lasting=True, by_word=True))
    return Reply("\n\n".join(parts), choices)


def _own(step: DueStep, today: date, directory: UnitDirectory) -> str:
    period = step.period
    left = (period.last_day - today).days
    if left > 0:
        head = f"⏰ Còn {left} ngày đến hạn báo cáo {period.label} ({format_date(period.last_day)})."
    elif left == 0:
        head = f"⏰ Hôm nay, {format_date(period.last_day)}, là ngày cuối của báo cáo {period.label}."
    else:
        head = f"⚠ Báo cáo {period.label} đã quá hạn {-left} ngày (hạn {format_date(period.last_day)})."
    lines = [head, f"Đơn vị: {step.unit.place_name}{_former(step.unit, directory)}."]
    if step.audience is Audience.HEAD:
        lines.append("Đơn vị chưa gửi số liệu; kính báo lãnh đạo đơn vị.")
    else:
        lines.append("Tôi chưa nhận được số liệu. Gõ “báo cáo” để nhập, khoảng 5 phút.")
    lines.append(step.rule.remark())
    return "\n".join(lines)


def _former(unit: Unit, directory: UnitDirectory) -> str:
    """Name the units of the plan that this one followed (đơn vị cũ)."""
    former = directory.predecessors_of(unit.code)
    names = ", ".join(each.place_name.removeprefix("UBND ") for each in former)
    return f" (gồm đơn vị trong kế hoạch cũ: {names})" if former else ""


def _digest(step: DueStep, today: date) -> str:
    period, missing = step.period, step.missing
    left = (period.last_day - today).days
    when = (
        f"còn {left} ngày" if left > 0 else ("hôm nay là ngày cuối" if left == 0 else f"quá hạn {-left} ngày")
    )
    names = "; ".join(unit.place_name for unit in missing[:NAMED])
    more = f"; và {len(missing) - NAMED} đơn vị khác" if len(missing) > NAMED else ""
    return (
        f"📋 Báo cáo {period.label}, hạn {format_date(period.last_day)} ({when}).\n"
        f"Còn {len(missing)} đơn vị chưa gửi số liệu: {names}{more}.\n"
        "Gõ “tiến độ” để xem và tải bảng."
    )
