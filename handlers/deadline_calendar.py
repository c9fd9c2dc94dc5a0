"""Which days stand in a calendar file: the last days of a year, of units or of a receiving office."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from handlers import reminder_lines
from handlers.services import Services
from isobot.clock import vietnam_day
from isobot.domain import deadlines
from isobot.domain.deadlines import Audience, Extension, Period, ReportingRule
from isobot.domain.numbers import format_date
from isobot.domain.units import Unit
from isobot.exports.calendar import CalendarData, Entry
from scheduler import wording
from scheduler.situation import ReportKey

AHEAD_DAYS = 400
REMIND_DAYS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the units: who has more time, what duties follow, and what is done."""

    extensions: Mapping[ReportKey, Extension] = field(default_factory=dict)
    events: Collection[tuple[str, str, date]] = ()
    settled: Collection[ReportKey] = ()


def deadline_calendar(
    services: Services, *, units: Sequence[str], province: str, known: Known, now: datetime
) -> tuple[CalendarData, str]:
    """Return the calendar and the name of its file."""
    today = vietnam_day(now)
    entries: list[Entry] = []
    if province:
        place = services.provinces.get(province)
        name = f"Hạn báo cáo ISO, {place.name if place else province}"
        filename = f"lich-{province}.ics"
        for rule in services.rules.for_province(province):
            if rule.is_closed_on(today):
                continue
            for period in deadlines.periods_between(rule, today, today + timedelta(days=AHEAD_DAYS)):
                entries += _of_office(rule, period, services, today)
        lead = services.directory.lead_office(province)
        entries += _of_unit(services, lead, known, today) if lead else []
    else:
        found = [unit for code in units if (unit := services.directory.get(code)) is not None]
        name = "Hạn báo cáo ISO, " + "; ".join(unit.place_name for unit in found)
        filename = "lich-bao-cao.ics"
        for unit in found:
            entries += _of_unit(services, unit, known, today)
    return CalendarData(name, now, entries, services.calendar.begins), filename


def _of_unit(services: Services, unit: Unit, known: Known, today: date) -> list[Entry]:
    entries = []
    until = today + timedelta(days=AHEAD_DAYS)
    for rule in services.rules.for_unit(unit):
        if rule.is_closed_on(today):
            continue
        for period in deadlines.periods_between(rule, today - timedelta(days=120), until):
            report = (rule.id, period.key, unit.code)
            own = period.with_extension(known.extensions.get(report))
            if not unit.active_on(period.last_day) or own.last_day < today:
                continue
            done = "Đã gửi: báo cáo" if report in known.settled else ""
            title = f"{done or 'Hạn báo cáo'} {period.label}: {unit.place_name}"
            entries.append(_entry(rule, own, services, title, unit, done=bool(done)))
    for rule in services.rules.duties_of(unit):
        for period in reminder_lines.duty_periods(rule, unit, known.events, today):
            if period.last_day < today:
                continue
            done = "Đã làm" if (rule.id, period.key, unit.code) in known.settled else ""
            title = f"{done or 'Hạn'}: {rule.title}, {unit.place_name}"
            entries.append(_entry(rule, period, services, title, unit, done=bool(done)))
    return entries


def _entry(
    rule: ReportingRule, period: Period, services: Services, title: str, unit: Unit, *, done: bool
) -> Entry:
    """Return the last day of a unit; what is done stays in the calendar, and is not reminded of."""
    lines = [rule.remark(), wording.granted_words(period), rule.cited()]
    if not services.calendar.is_working(period.last_day):
        aim = services.calendar.previous_working(period.last_day)
        lines.append(f"Hạn rơi vào ngày nghỉ; nên làm xong trước, vào {format_date(aim)}.")
    lines.append("Nơi nhận: " + rule.recipient + ".")
    remind_on = None if done else _reminder_day(period.last_day, services)
    uid = f"{rule.id}-{period.key}-{unit.code}"
    return Entry(uid, period.last_day, title, "\n".join(filter(None, lines)), remind_on)


def _reminder_day(last_day: date, services: Services) -> date:
    return services.calendar.previous_working(last_day - timedelta(days=REMIND_DAYS))


def _of_office(rule: ReportingRule, period: Period, services: Services, today: date) -> list[Entry]:
    """Return the last day of a period, and the days to come on which its digests come.

    A digest has the same name before and after the last day was moved, so that it moves in the calendar.
    """
    steps = [
        s
        for s in reminder_lines.planned(rule, period, services)
        if s.audience is Audience.RECEIVER and s.day >= today
    ]
    last = Entry(
        f"{rule.id}-{period.key}",
        period.last_day,
        f"Hạn nhận báo cáo {period.label}: {rule.title}",
        "\n".join(filter(None, [rule.remark(), rule.cited()])),
        _reminder_day(period.last_day, services),
    )
    digests = [
        Entry(
            f"{rule.id}-{period.key}-{step.rung.replace('+', 'sau').replace('-', 'truoc')}",
            step.day,
            f"Xem đơn vị chưa gửi: báo cáo {period.label}",
            "Tôi gửi anh/chị bản tổng hợp các đơn vị chưa gửi số liệu.",
        )
        for step in steps
    ]
    return [last, *digests]
