"""The last days that an office itself sets, and how it changes one (đổi hạn).

/hanbaocao ──▶ which day ──▶ new day ──▶ reason
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from handlers import reminder_lines
from handlers.deadline_asking import asking_again, day_and_reason
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date, read_date
from isobot.domain.text import shorten
from isobot.errors import Refusal
from isobot.storage import rulebook
from scheduler import wording

DIALOGUE = "move"


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
        lines = ["Hạn do cơ quan đặt, anh/chị đổi được:"] if movable else []
        lines += [f"• {r.title}, {p.label}: {format_date(p.last_day)}." for p, r, _ in movable]
        fixed = [
            r for r in services.rules.for_province(province) if r.date_nature is not deadlines.Nature.OFFICE
        ]
        lines += [f"• {r.title}: ngày theo {r.date_nature.label}, không đổi ở đây." for r in fixed]
        lines += [f"  {words}" for r in fixed if (words := r.cited())]
        if not lines:
            lines = [services.rules.silence(province) or "Tỉnh không có hạn nào do cơ quan đặt."]
        choices = [
            Choice(f"hd:{r.id}:{number}:{p.key}", f"{p.label}: {shorten(r.title, 35)}", lasting=True)
            for p, r, number in movable
        ]
        turn.say("\n".join(lines), *choices)


def _next_of(rule: ReportingRule, number: int, turn: Turn) -> Period | None:
    """Return the period of an occurrence that ends next."""
    prefix = rule.occurrences[number].key
    coming = deadlines.periods_between(rule, turn.today, turn.today + timedelta(days=366))
    return next((p for p in coming if prefix.format(year=p.key[:4]) == p.key), None)


def ask(turn: Turn, services: Services, rule_id: str, number: str, key: str) -> None:
    """Ask for the new last day of a period."""
    rule = services.rules.get_any(rule_id)
    period = deadlines.find_period(rule, key) if rule else None
    if rule is None or period is None or not turn.actor.may_receive_from(rule.province):
        turn.say(reminding.NOT_RECEIVER)
        return
    if rule.date_nature is not deadlines.Nature.OFFICE:
        turn.say(f"Ngày này theo {rule.date_nature.label}, cơ quan không tự đổi được. {rule.cited()}")
        return
    turn.conversation.enter(DIALOGUE, rule=rule_id, number=int(number), period=key)
    turn.say(
        f"{rule.title}, {period.label}: hạn đang là {format_date(period.last_day)}. "
        f"Hạn mới là ngày nào? Ví dụ: {format_date(period.last_day - timedelta(days=3))}."
    )


async def take(turn: Turn, services: Services, state: Mapping[str, Any]) -> None:
    """Take the new day, which is checked at once, then the reason."""
    rule = services.rules.get_any(state["rule"])
    period = deadlines.find_period(rule, state["period"]) if rule else None
    if rule is None or period is None:
        raise Refusal(reminding.NO_PERIOD)

    def read(said: str) -> date:
        day = read_date(said, today=turn.today, past=False)
        reminding.check_move(rule, period, day, today=turn.today)
        return day

    def say(day: date) -> str:
        off = wording.day_off_words(day, turn.today, services.calendar)
        return f"Đổi hạn thành {format_date(day)}, áp dụng từ kỳ này và các năm sau. {off}".rstrip()

    given = day_and_reason(turn, read=read, say=say)
    if given is None:
        return
    last_day, why = given
    with asking_again(turn):
        await reminding.move_date(
            turn.store,
            actor=turn.actor,
            rules=services.rules,
            rule=rule.id,
            occurrence=state["number"],
            period=period.key,
            last_day=last_day,
            why=why,
            channel=turn.incoming.bot,
        )
    turn.conversation.leave()
    services.rules_looked_at = None  # so that this process follows at the next event
    await _tell(turn, services, rule.id, period.key)


async def _tell(turn: Turn, services: Services, rule_id: str, key: str) -> None:
    moved = await rulebook.current(turn.store.connection, services.shipped_rules)
    rule = moved.get_any(rule_id)
    period = deadlines.find_period(rule, key) if rule else None
    assert rule is not None
    assert period is not None
    days = reminder_lines.reporter_days(rule, period, services, turn.today)
    turn.say(
        f"Đã đổi hạn {period.label}: {format_date(period.last_day)}. Việc này được ghi vào nhật ký.\n"
        f"Lịch nhắc mới: {reminder_lines.days_in_words(days)}."
    )
