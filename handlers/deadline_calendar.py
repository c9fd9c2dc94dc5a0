"""Which days stand in a calendar file: the last days of a year, of units or of a receiving office."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from handlers import reminder_lines
from handlers.services import Services
from isobot.clock import vietnam_day
from isobot.domain import deadlines
from isobot.domain.deadlines import Audience, Extension, Period, ReportingRule
from isobot.domain.numbers import format_date
from isobot.domain.units import Unit
from isobot.exports.calendar import CalendarData, Entry

AHEAD_DAYS = 400


def deadline_calendar(
    services: Services,
    *,
    units: Sequence[str],
    province: str,
    extensions: Mapping[tuple[str, str, str], Extension],
    events: Collection[tuple[str, str, date]],
    now: datetime,
) -> tuple[CalendarData, str]:
    """Return the calendar and the name of its file."""
    today = vietnam_day(now)
    entries: list[Entry] = []
    if province:
        known = services.provinces.get(province)
        name = f"Hạn báo cáo ISO, {known.name if known else province}"
        filename = f"lich-{province}.ics"
        for rule in services.rules.for_province(province):
            if rule.is_closed_on(today):
                continue
            for period in deadlines.periods_between(rule, today, today + timedelta(days=AHEAD_DAYS)):
                entries += _of_office(rule, period, services)
        lead = services.directory.lead_office(province)
        entries += _of_unit(services, lead, extensions, events, today) if lead else []
    else:
        found = [unit for code in units if (unit := services.directory.get(code)) is not None]
        name = "Hạn báo cáo ISO, " + "; ".join(unit.place_name for unit in found)
        filename = "lich-bao-cao.ics"
        for unit in found:
            entries += _of_unit(services, unit, extensions, events, today)
    return CalendarData(name, now, entries), filename


def _of_unit(
    services: Services,
    unit: Unit,
    extensions: Mapping[tuple[str, str, str], Extension],
    events: Collection[tuple[str, str, date]],
    today: date,
) -> list[Entry]:
    entries = []
    until = today + timedelta(days=AHEAD_DAYS)
    for rule in services.rules.for_unit(unit):
        if rule.is_closed_on(today):
            continue
        for period in deadlines.periods_between(rule, today - timedelta(days=120), until):
            own = period.with_extension(extensions.get((rule.id, period.key, unit.code)))
            if unit.active_on(period.last_day) and own.last_day >= today:
                entries.append(
                    _entry(rule, own, services, f"Hạn báo cáo {period.label}: {unit.place_name}", unit)
                )
    for rule in services.rules.duties_of(unit):
        entries += [
            _entry(rule, period, services, f"Hạn: {rule.title}, {unit.place_name}", unit)
            for period in reminder_lines.duty_periods(rule, unit, events, today)
            if period.last_day >= today
        ]
    return entries


def _entry(rule: ReportingRule, period: Period, services: Services, title: str, unit: Unit) -> Entry:
    lines = [rule.remark()]
    if not services.calendar.is_working(period.last_day):
        aim = services.calendar.previous_working(period.last_day)
        lines.append(f"Ngày hạn là ngày nghỉ; nên xong trước, vào {format_date(aim)}.")
    lines.append("Nơi nhận: " + rule.recipient + ".")
    return Entry(f"{rule.id}-{period.key}-{unit.code}", period.last_day, title, "\n".join(lines))


def _of_office(rule: ReportingRule, period: Period, services: Services) -> list[Entry]:
    """Return the last day of a period, and the days on which its digests come."""
    steps = [s for s in reminder_lines.planned(rule, period, services) if s.audience is Audience.RECEIVER]
    last = Entry(
        f"{rule.id}-{period.key}",
        period.last_day,
        f"Hạn nhận báo cáo {period.label}: {rule.title}",
        rule.remark(),
    )
    digests = [
        Entry(
            f"{rule.id}-{period.key}-{step.step.replace('+', 'sau').replace('-', 'truoc')}",
            step.day,
            f"Xem đơn vị chưa gửi: báo cáo {period.label}",
            "Bot gửi bản tổng hợp các đơn vị chưa gửi số liệu.",
            remind_days=0,
        )
        for step in steps
    ]
    return [last, *digests]
