"""What a receiving office sees of the reminders to come: which days, how many units, how many people."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from handlers import deadlines_desk
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.domain.deadlines import Kind, Period, ReportingRule, find_period
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.text import shorten
from scheduler import rounds, wording
from scheduler.dispatch import Loaded
from scheduler.falling import Falling
from scheduler.plan import UnitIndex

AHEAD_DAYS = 10


async def show(turn: Turn, services: Services) -> None:
    """Show a receiver what will be reminded in the next days, and how many it reaches."""
    for province in turn.actor.provinces_to_receive():
        loaded = await deadlines_desk.loaded_now(turn, services, province)
        lines = _coming(turn, services, province, loaded)
        said = "\n".join([f"Lịch nhắc {AHEAD_DAYS} ngày tới của tỉnh:", *lines])
        choices = [
            Choice(
                f"dg:{rule.id}:{period.key}:{province}",
                f"Xử lý {period.label}: {shorten(rule.title, 30)}",
                lasting=True,
            )
            for rule, period in deadlines_desk.periods_now(turn, services, province)
        ]
        turn.say(
            said if lines else f"{AHEAD_DAYS} ngày tới không có lần nhắc nào trong tỉnh.",
            *choices,
            Choice("go:hanbaocao", "Đổi hạn báo cáo", lasting=True),
            Choice("go:viechangnam", "Bật, tắt việc hằng năm", lasting=True),
            Choice("go:dotbaocao", "Đợt báo cáo đột xuất", lasting=True),
            Choice("ic:office", "Tải lịch của cơ quan (.ics)", lasting=True),
        )


def _coming(turn: Turn, services: Services, province: str, loaded: Loaded) -> list[str]:
    units = UnitIndex(u for u in services.directory if u.province == province)
    lines: list[str] = []
    for n in range(AHEAD_DAYS + 1):
        day = turn.today + timedelta(days=n)
        falling, digests = rounds.falling_on(day, loaded.timetable, units, loaded.situation)
        for (rule, period), told in _together(falling).items():
            people = {p for f in told for p in f.people} - set(loaded.situation.unreachable)
            lines.append(
                f"• {format_date(day)}, {wording.days_left(period, day)}: "
                f"{_name(rule, period, loaded.timetable.rules.for_province(province))}, "
                f"{len(told)} đơn vị, {len(people)} người nhận tin."
            )
        lines += [
            f"• {format_date(day)}: bản tổng hợp {d.period.label} gửi anh/chị ({len(d.missing)} đơn vị)."
            for d in digests
        ]
        lines += [
            f"• {format_date(day)}: nhắc riêng các đơn vị còn im lặng, "
            f"báo cáo {_label(services, rule_id, key)}, như cơ quan đã nhờ."
            for rule_id, key, on in sorted(loaded.situation.nudges)
            if on == day and any(r.id == rule_id for r in services.rules.for_province(province))
        ]
    return lines


def _label(services: Services, rule_id: str, key: str) -> str:
    rule = services.rules.by_id(rule_id)
    period = find_period(rule, key) if rule else None
    return period.label if period else key


def _together(falling: Iterable[Falling]) -> dict[tuple[ReportingRule, Period], list[Falling]]:
    """Put what falls on one day together by rule and last day, which differs where somebody has more time."""
    found: dict[tuple[str, str, date], list[Falling]] = defaultdict(list)
    for each in falling:
        found[each.rule.id, each.period.key, each.period.last_day].append(each)
    return {(told[0].rule, told[0].period): told for told in found.values()}


def _name(rule: ReportingRule, period: Period, rules: Sequence[ReportingRule]) -> str:
    """Name a period, with who reports where another rule of the province has a period of that name."""
    if rule.kind is Kind.DUTY:
        return shorten(rule.title[:1].lower() + rule.title[1:], 80)
    others = [r for r in rules if r.once is None and r.id != rule.id]
    if rule.once is not None or rule not in rules or not others:
        return f"báo cáo {period.label}"
    return f"báo cáo {period.label} của {wording.levels_of(rule)}"
