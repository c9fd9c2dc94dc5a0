"""A lead office turns duties without a form on and off for its province (việc hằng năm)."""

from collections.abc import Sequence

from handlers import reminder_lines
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.deadlines import ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.text import shorten
from isobot.domain.units import Unit
from isobot.errors import Refusal


async def show(turn: Turn, services: Services) -> None:
    """List the duties, whether they are on in the province, until when they are due, and where they stand."""
    provinces = turn.actor.provinces_to_receive()
    if not provinces:
        turn.say(reminding.NOT_RECEIVER)
        return
    for province in provinces:
        rules = services.rules.offered_duties(province)
        lines = ["Những việc không có biểu mẫu mà tôi nhắc được cho các đơn vị trong tỉnh:"]
        choices = []
        for rule in rules:
            on = services.rules.has_on(rule.id, province)
            lines.append(f"• {rule.title}: {'đang bật' if on else 'đang tắt'}, {_when(rule, turn)}.")
            lines += [f"  {words}" for words in (rule.remark(), rule.cited())]
            verb, word = ("Tắt", "off") if on else ("Bật", "on")
            label = f"{verb}: {shorten(rule.title, 45)}"
            choices.append(Choice(f"du:{word}:{rule.id}:{province}", label, lasting=True))
        turn.say("\n".join(lines), *choices)


def _when(rule: ReportingRule, turn: Turn) -> str:
    if rule.follows_event:
        return f"hạn {rule.span} sau {rule.event}"
    found = deadlines.open_periods(rule, turn.today) or tuple(
        filter(None, [deadlines.next_period(rule, turn.today)])
    )
    return f"hạn {format_date(found[0].last_day)}" if found else "không còn kỳ nào"


async def pick(turn: Turn, services: Services, parts: Sequence[str]) -> bool:
    """Turn a duty on or off; False when the button says neither."""
    match parts:
        case [("on" | "off") as word, rule_id, province]:
            await _turn(turn, services, rule_id, province, on=word == "on")
            return True
    return False


async def _turn(turn: Turn, services: Services, rule_id: str, province: str, *, on: bool) -> None:
    try:
        rule = await reminding.turn_duty(
            turn.store,
            actor=turn.actor,
            rules=services.rules,
            province=province,
            rule=rule_id,
            on=on,
            channel=turn.incoming.bot,
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    services.rules_looked_at = None  # so that this process follows at the next event
    everywhere = services.shipped_rules.offered_duties(province)
    size = sum(r.binds(u) for r in everywhere if r.id == rule.id for u in _units(services, province, turn))
    lines = [f"Đã {'bật' if on else 'tắt'}: {rule.title}, cho {size} đơn vị. Việc này được ghi vào nhật ký."]
    if on and rule.follows_event:
        lines.append("Tôi nhắc đơn vị nào tự báo ngày, bằng cách gõ “thêm việc”.")
    elif on:
        lines += _first_days(rule, turn, services)
    turn.say("\n".join(lines))


def _units(services: Services, province: str, turn: Turn) -> Sequence[Unit]:
    return services.directory.active_on(turn.today, province)


def _first_days(rule: ReportingRule, turn: Turn, services: Services) -> list[str]:
    """Say when the next period of a duty is reminded of."""
    coming = deadlines.next_period(rule, turn.today)
    found = [*deadlines.open_periods(rule, turn.today), *([coming] if coming else [])]
    if not found:
        return []
    days = reminder_lines.reporter_days(rule, found[0], services, turn.today)
    return [f"Lịch nhắc {found[0].label}: {reminder_lines.days_in_words(days)}."]
