"""The plan of reminders in words: which days, and who is told when nothing comes (lịch nhắc)."""

from collections.abc import Collection
from datetime import date

from handlers.services import Services
from isobot.domain import deadlines
from isobot.domain.deadlines import Audience, Period, ReportingRule, event_period
from isobot.domain.numbers import format_date
from isobot.domain.units import Unit
from scheduler.plan import DueStep, PlannedStep, ladder

SHOWN = 5
ESCALATION = (
    (Audience.DEPUTY, "báo người thay thế"),
    (Audience.HEAD, "báo lãnh đạo đơn vị"),
    (Audience.RECEIVER, "vào danh sách của cơ quan nhận"),
)


def planned(rule: ReportingRule, period: Period, services: Services) -> tuple[PlannedStep, ...]:
    """Return the ladder of a period."""
    return ladder(period, services.calendar, services.timetable.ladder_of(rule))


def steps_of(rule: ReportingRule, period: Period, services: Services, today: date) -> tuple[list[str], bool]:
    """Write the coming reminders of a period and its escalation; tell whether any is left."""
    steps = [s for s in planned(rule, period, services) if s.day >= today]
    own = [s for s in steps if s.audience is Audience.REPORTER]
    days = ", ".join(format_date(s.day) for s in own[:SHOWN]) or "không còn lần nhắc nào"
    lines = [f"• {period.label}, hạn {format_date(period.last_day)}: nhắc {days}."]
    if not services.calendar.is_working(period.last_day):
        aim = services.calendar.previous_working(period.last_day)
        lines.append(f"  Ngày hạn là ngày nghỉ; anh/chị nên xong trước, vào {format_date(aim)}.")
    parts = []
    for audience, words in ESCALATION:
        on = [format_date(s.day) for s in steps if s.audience is audience]
        if on:
            parts.append(f"{words} {', '.join(on)}")
    if parts:
        lines.append(f"  Nếu chưa gửi: {'; '.join(parts)}.")
    return lines, bool(own)


def next_step(
    rule: ReportingRule, period: Period, unit: Unit, services: Services, today: date
) -> DueStep | None:
    """Return the reporter's next reminder, as it will be told if the report is not in."""
    steps = (s for s in planned(rule, period, services) if s.audience is Audience.REPORTER)
    found = next((s for s in steps if s.day >= today), None)
    if found is None:
        return None
    return DueStep(rule, period, unit, found.step, Audience.REPORTER, 0, found.day)


def duty_periods(
    rule: ReportingRule, unit: Unit, events: Collection[tuple[str, str, date]], today: date
) -> list[Period]:
    """Return what a duty asks of a unit about now: the open or next one, or one for each event told."""
    if rule.follows_event:
        mine = sorted(day for known, code, day in events if (known, code) == (rule.id, unit.code))
        return [event_period(rule, day) for day in mine]
    now_open = deadlines.open_periods(rule, today)
    coming = deadlines.next_period(rule, today)
    late = deadlines.late_periods(rule, today, within_days=31)
    return [*late[-1:], *(now_open or ([coming] if coming else []))]
