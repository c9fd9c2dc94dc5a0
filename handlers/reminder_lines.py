"""The plan of reminders in words: which days, and who is told when nothing comes (lịch nhắc)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from handlers.reminder_past import Coming, Past, digest_of
from handlers.services import Services
from isobot.domain import deadlines
from isobot.domain.deadlines import Audience, Kind, Period, ReportingRule, event_period
from isobot.domain.numbers import format_date
from isobot.domain.units import Unit
from scheduler import wording
from scheduler.plan import MOVED, DueStep, PlannedStep, ReportKey, ladder

SHOWN = 5
ESCALATION = (
    (Audience.DEPUTY, "báo người thay thế"),
    (Audience.HEAD, "báo lãnh đạo đơn vị"),
    (Audience.RECEIVER, "vào danh sách của cơ quan nhận"),
)


def planned(rule: ReportingRule, period: Period, services: Services) -> tuple[PlannedStep, ...]:
    """Return the ladder of a period."""
    return ladder(period, services.calendar, services.timetable.ladder_of(rule))


def days_in_words(days: Iterable[date]) -> str:
    """Name the first days of reminders, and how many more follow."""
    known = list(days)
    if not known:
        return "không còn lần nhắc nào"
    more = f" và {len(known) - SHOWN} lần sau đó" if len(known) > SHOWN else ""
    return ", ".join(format_date(day) for day in known[:SHOWN]) + more


def reporter_days(rule: ReportingRule, period: Period, services: Services, today: date) -> list[date]:
    """Return the days that lie ahead on which whoever reports is reminded."""
    steps = planned(rule, period, services)
    return [s.day for s in steps if s.audience is Audience.REPORTER and s.day >= today]


def days_after_news(rule: ReportingRule, period: Period, services: Services, today: date) -> list[date]:
    """Return the days of reminders that follow the news of another last day, which was told already."""
    steps = planned(rule, period, services)
    return [s.day for s in steps if s.audience is Audience.REPORTER and s.day >= today and s.rung != MOVED]


def steps_of(
    name: str,
    rule: ReportingRule,
    period: Period,
    unit: Unit,
    services: Services,
    today: date,
    past: Past,
    *,
    audience: Audience = Audience.REPORTER,
    alone: bool = False,
) -> tuple[list[str], bool]:
    """Write the coming reminders of a period and its escalation for somebody who is told as `audience`.

    Where that person is `alone`, there is nobody to tell when nothing comes.
    The second value tells whether a reminder to whoever reports is left.
    """
    report = (rule.id, period.key, unit.code)
    coming = {
        whose: coming_steps(rule, period, unit, services, today, past, whose=whose, own=whose is audience)
        for whose in Audience
    }
    last = format_date(period.last_day)
    days_late = (today - period.last_day).days
    if not any(coming.values()) and days_late > 0:
        return [f"• {name}: quá hạn {days_late} ngày (hạn {last}), tôi không nhắc nữa."], False
    own = [day for day, _ in coming[Audience.REPORTER]]
    mine = audience is Audience.REPORTER
    told = _told_and_coming(own, past, report) if mine else _others_days(own)
    late = f" (quá hạn {days_late} ngày)" if days_late > 0 else ""
    lines = [f"• {name}, hạn {last}{late}: {told}."]
    if off := wording.day_off_words(period.last_day, today, services.calendar):
        lines.append(f"  {off}")
    if granted := wording.granted_words(period):
        lines.append(f"  {granted}")
    parts = []
    for whose, words in () if alone else ESCALATION:
        if whose is Audience.RECEIVER and rule.province == deadlines.NATIONAL:
            continue  # what goes to a ministry is in no list of a receiving office
        on = [format_date(day) for day, _ in coming[whose]]
        if on:
            parts.append(f"{words}{' (anh/chị)' if whose is audience else ''} {', '.join(on)}")
    if parts:
        missing = "chưa gửi" if rule.kind is Kind.REPORT else "chưa làm"
        lines.append(f"  Nếu {missing}: {'; '.join(parts)}.")
    return lines, bool(own)


def coming_steps(
    rule: ReportingRule,
    period: Period,
    unit: Unit,
    services: Services,
    today: date,
    past: Past,
    *,
    whose: Audience,
    own: bool,
) -> list[Coming]:
    """Return what is still to be told of a unit's report as `whose`."""
    steps = planned(rule, period, services)
    report = (rule.id, period.key, unit.code)
    # A unit with time of its own has digests of its own; the others stand under the receiving office.
    also = [digest_of(report, services.directory)] if whose is Audience.RECEIVER else []
    return past.coming(report, steps, period, services.calendar, whose=whose, own=own, today=today, also=also)


def _others_days(days: Sequence[date]) -> str:
    return f"nhắc người phụ trách {days_in_words(days)}" if days else "không còn lần nhắc nào"


def _told_and_coming(days: Sequence[date], past: Past, report: ReportKey) -> str:
    """Say when somebody was reminded last, what was put off, and which days are still to come."""
    until, last = past.quiet_until(report), past.last_told(report)
    if until is not None:
        again = f"từ đó tôi nhắc {days_in_words(days)}" if days else "khi đó không còn lần nhắc nào"
        return f"anh/chị đang hoãn đến {format_date(until)}, {again}"
    before = f"đã nhắc {format_date(last)}, còn " if last is not None and days else ""
    return f"{before}nhắc {days_in_words(days)}" if days else "không còn lần nhắc nào"


def in_short(name: str, rule: ReportingRule, period: Period, services: Services, today: date) -> str:
    """Write a period that opens later in one line, with the first day of its reminders."""
    days = reporter_days(rule, period, services, today)
    since = f", tôi nhắc từ {format_date(days[0])}" if days else ""
    return f"• Kỳ tới: {name}, hạn {format_date(period.last_day)}{since}."


def next_step(
    rule: ReportingRule,
    period: Period,
    unit: Unit,
    services: Services,
    today: date,
    past: Past,
    *,
    whose: Audience,
    own: bool,
) -> DueStep | None:
    """Return the next step told as `whose`, on its day and as it will be told if the report is not in."""
    coming = coming_steps(rule, period, unit, services, today, past, whose=whose, own=own)
    return next((DueStep(rule, period, unit, s.step, whose, 0, day) for day, s in coming), None)


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
    found = [*late[-1:], *(now_open or ([coming] if coming else []))]
    return [period for period in found if rule.asks_of(unit, period)]


def estimate_words(days: Iterable[date], services: Services) -> str:
    """Say of which years the days off are only estimated; "" where the official list is known."""
    years = sorted({day.year for day in days if not services.calendar.is_official(day.year)})
    if not years:
        return ""
    named = ", ".join(map(str, years))
    return f"Lịch nghỉ năm {named} chưa có thông báo chính thức, nên các ngày nhắc có thể đổi."
