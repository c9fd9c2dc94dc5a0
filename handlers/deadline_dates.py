"""The last days that an office itself sets, and how it changes one for its province (đổi hạn).

/hanbaocao ──▶ which day ──▶ new day ──▶ reason
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from handlers import reminder_lines
from handlers.deadline_asking import asking_again, day_and_reason
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.deadlines import NATIONAL, Nature, Period, ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date, read_date
from isobot.domain.text import capital, shorten
from isobot.errors import Refusal
from isobot.storage import rulebook
from scheduler import wording

DIALOGUE = "move"

Movable = tuple[Period, ReportingRule, int]
"""A period whose last day the office may set, its rule, and the place of its occurrence in it."""


async def show(turn: Turn, services: Services) -> None:
    """List the last days that the office itself sets, the next first, and those it cannot change."""
    provinces = turn.actor.provinces_to_receive()
    if not provinces:
        turn.say(reminding.NOT_RECEIVER)
        return
    for province in provinces:
        movable = [
            (period, rule, number)
            for rule, number in reminding.movable(services.rules, province)
            if (period := _next_of(rule, number, turn)) is not None
        ]
        movable.sort(key=lambda found: found[0].last_day)
        own = [found for found in movable if found[1].province != NATIONAL]
        shared = [found for found in movable if found[1].province == NATIONAL]
        lines = ["Hạn do cơ quan đặt, anh/chị chọn hạn cần đổi:", *map(_line, own)] if own else []
        if shared:
            name = _name(services, province)
            lines.append(f"Hạn đặt chung cho cả nước, anh/chị đổi được riêng cho các đơn vị của {name}:")
            lines += map(_line, shared)
        if fixed := _fixed(services.rules.reminded_in(province)):
            lines += ["Hạn không đổi ở đây:", *fixed]
        if not own and (silence := services.rules.silence(province)):
            lines.insert(0, silence)
        choices = [
            Choice(
                f"hd:{rule.id}:{number}:{period.key}:{province}",
                capital(f"{period.label}: {shorten(rule.title, 35)}"),
                lasting=True,
            )
            for period, rule, number in movable
        ]
        turn.say("\n".join(lines) or "Tỉnh không có hạn nào do cơ quan đặt.", *choices)


def _name(services: Services, province: str) -> str:
    known = services.provinces.get(province)
    return f"tỉnh {known.name}" if known else "tỉnh mình"


def _line(found: Movable) -> str:
    period, rule, _ = found
    before = f" (trước khi đổi: {format_date(period.was.last_day)})" if period.was else ""
    return f"• {rule.title}, {period.label}: {format_date(period.last_day)}{before}."


def _fixed(rules: Sequence[ReportingRule]) -> list[str]:
    """Say which last days law or plan sets, and after which events the days are counted."""
    lines = []
    for rule in rules:
        if rule.date_nature is not Nature.OFFICE:
            span = f"{rule.span} sau {rule.event}, " if rule.follows_event else "ngày "
            lines.append(f"• {rule.title}: {span}theo {rule.date_nature.label}.")
            lines.append(f"  {rule.cited()}")
        elif rule.follows_event:
            lines.append(
                f"• {rule.title}: {rule.span} sau {rule.event}, do cơ quan đặt; "
                "muốn đổi số ngày, anh/chị báo người quản trị."
            )
    return lines


def _next_of(rule: ReportingRule, number: int, turn: Turn) -> Period | None:
    """Return the period of an occurrence that ends next."""
    prefix = rule.occurrences[number].key
    coming = deadlines.periods_between(rule, turn.today, turn.today + timedelta(days=366))
    return next((p for p in coming if prefix.format(year=p.key[:4]) == p.key), None)


def ask(turn: Turn, services: Services, rule_id: str, number: str, key: str, province: str) -> None:
    """Ask for the new last day of a period; an old button names no province, and means the rule's own."""
    province = province or _own_province(services, rule_id)
    rule = services.rules.get_any(rule_id, province)
    period = deadlines.find_period(rule, key) if rule else None
    if rule is None or period is None or not turn.actor.may_receive_from(province):
        turn.say(reminding.NOT_RECEIVER)
        return
    if rule.date_nature is not Nature.OFFICE:
        turn.say(f"Ngày này theo {rule.date_nature.label}, cơ quan không tự đổi được. {rule.cited()}")
        return
    turn.conversation.enter(DIALOGUE, rule=rule_id, number=int(number), period=key, province=province)
    only = f" Hạn mới chỉ áp dụng cho {_name(services, province)}." if rule.province == NATIONAL else ""
    turn.say(
        f"{rule.title}, {period.label}: hạn đang là {format_date(period.last_day)}. "
        f"Hạn mới là ngày nào? Ví dụ: {format_date(_example(period, turn))}.{only}"
    )


def _own_province(services: Services, rule_id: str) -> str:
    known = services.rules.by_id(rule_id)
    return known.province if known else ""


def _example(period: Period, turn: Turn) -> date:
    """Return a day that would do: some days earlier, or later where that has gone by."""
    earlier = period.last_day - timedelta(days=3)
    return earlier if earlier >= turn.today else period.last_day + timedelta(days=3)


async def take(turn: Turn, services: Services, state: Mapping[str, Any]) -> None:
    """Take the new day, which is checked at once, then the reason."""
    province = state.get("province") or _own_province(services, state["rule"])
    rule = services.rules.get_any(state["rule"], province)
    period = deadlines.find_period(rule, state["period"]) if rule else None
    if rule is None or period is None:
        raise Refusal(reminding.NO_PERIOD)

    def read(said: str) -> date:
        day = read_date(said, today=turn.today, past=False)
        reminding.check_move(rule, period, day, today=turn.today)
        return day

    def say(day: date) -> str:
        off = wording.day_off_words(day, turn.today, services.calendar)
        return f"Đổi hạn thành {format_date(day)}, áp dụng từ kỳ này trở đi. {off}".rstrip()

    given = day_and_reason(turn, read=read, say=say)
    if given is None:
        return
    last_day, why = given
    with asking_again(turn):
        await reminding.move_date(
            turn.store,
            actor=turn.actor,
            rules=services.rules,
            province=province,
            rule=rule.id,
            occurrence=state["number"],
            period=period.key,
            last_day=last_day,
            why=why,
            channel=turn.incoming.bot,
        )
    turn.conversation.leave()
    services.rules_looked_at = None  # so that this process follows at the next event
    await _tell(turn, services, rule.id, period.key, province)


async def _tell(turn: Turn, services: Services, rule_id: str, key: str, province: str) -> None:
    moved = await rulebook.current(turn.store.connection, services.shipped_rules)
    rule = moved.get_any(rule_id, province)
    period = deadlines.find_period(rule, key) if rule else None
    assert rule is not None
    assert period is not None
    days = reminder_lines.reporter_days(rule, period, services, turn.today)
    where = f" cho {_name(services, province)}, các tỉnh khác giữ nguyên" if rule.province == NATIONAL else ""
    turn.say(
        f"Đã đổi hạn {period.label} thành {format_date(period.last_day)}{where}. "
        "Việc này được ghi vào nhật ký.\n"
        f"Lịch nhắc mới: {reminder_lines.days_in_words(days)}."
    )
