"""What a receiving office reads of a unit's reminders and of what was done about them (nhật ký nhắc).

period ──▶ unit ──▶ newest first, a page at a time
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from handlers import deadlines_desk
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.clock import VIETNAM
from isobot.domain import deadlines
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.office_acts_words import act_line, people_of
from isobot.domain.reminder_history import Entry, entries_of
from isobot.domain.text import shorten
from isobot.domain.units import Unit
from isobot.storage import ledger_pages, people

DIALOGUE = "ledger"
HEADS = ("nk", "nu")
"""How the keys of its buttons begin: a report's page, or a unit to be asked for."""

AT_ONCE = 10
LONGEST_KEY = 60
BACK_DAYS = 400
"""How long ago a period may have ended that is offered here."""
AFTER_DAYS = 180
"""How long after the last day what was done about a unit still belongs to its report."""

SEEN_MEANS = "“Đã xem” là người nhận có bấm, trả lời hoặc nhắn cho tôi sau tin đó."


async def begin_by_word(turn: Turn, services: Services) -> None:
    """Ask which period, among those that were reminded of lately."""
    provinces = turn.actor.provinces_to_receive()
    if not provinces:
        turn.say(reminding.NOT_RECEIVER)
        return
    found = [
        (rule, period)
        for province in provinces
        for rule in services.rules.for_province(province)
        for period in _lately(rule, turn.today)
    ]
    if not found:
        turn.say("Chưa có kỳ báo cáo nào đã mở nên chưa có nhật ký.")
    elif len(found) == 1:
        await ask_unit(turn, services, found[0][0].id, found[0][1].key)
    else:
        choices = [
            Choice(f"nu:{rule.id}:{period.key}", f"{period.label}: {shorten(rule.title, 40)}", lasting=True)
            for rule, period in found[-deadlines_desk.OFFERED :]
        ]
        turn.say("Anh/chị xem nhật ký nhắc của kỳ nào?", *reversed(choices))


def _lately(rule: ReportingRule, today: date) -> list[Period]:
    late = deadlines.late_periods(rule, today, within_days=BACK_DAYS)[-2:]
    return [*late, *deadlines.open_periods(rule, today)]


async def ask_unit(turn: Turn, services: Services, rule_id: str, key: str) -> None:
    """Ask which unit; those whose report is missing are offered."""
    found = deadlines_desk.known_period(turn, services, rule_id, key)
    if found is None:
        return
    missing, _ = await deadlines_desk.missing_in(turn, services, *found)
    turn.conversation.enter(DIALOGUE, rule=rule_id, period=key)
    choices = [_of_unit(rule_id, key, unit) for unit in missing[: deadlines_desk.OFFERED]]
    offered = [choice for choice in choices if len(choice.key) <= LONGEST_KEY]
    more = " Dưới đây là đơn vị chưa gửi; đơn vị khác thì anh/chị gõ tên." if offered else " Anh/chị gõ tên."
    turn.say(f"Anh/chị xem nhật ký nhắc của đơn vị nào?{more}", *offered)


def _of_unit(rule: str, period: str, unit: Unit) -> Choice:
    return Choice(f"nk:{rule}:{period}:{unit.code}", unit.place_name, lasting=True)


async def take(turn: Turn, services: Services) -> None:
    """Take the name of a unit."""
    state = dict(turn.conversation.state)
    rule = services.rules.by_id(state["rule"])
    province = rule.province if rule else ""
    found = services.directory.find(turn.text, province=province, on=turn.today)
    if len(found) == 1:
        turn.conversation.leave()
        await show(turn, services, state["rule"], state["period"], found[0].code)
    elif found:
        choices = (_of_unit(state["rule"], state["period"], unit) for unit in found)
        turn.say("Có vài đơn vị cùng tên, anh/chị chọn:", *choices)
    else:
        turn.say("Tôi không thấy đơn vị này trong tỉnh. Anh/chị gõ lại tên, hoặc gõ “hủy” để thôi.")


async def show(
    turn: Turn, services: Services, rule_id: str, key: str, code: str, older_than: int = 0
) -> None:
    """Show the newest lines of a unit's history for one period, after leaving out so many newer ones."""
    unit = services.directory.get(code)
    rule = services.rules.get_any(rule_id, unit.province) if unit else None
    period = deadlines.find_period(rule, key) if rule else None
    if rule is None or unit is None or period is None:
        turn.say("Kỳ này hoặc đơn vị này không còn trong danh sách. Gõ “nhật ký” để xem các kỳ hiện có.")
        return
    if not turn.actor.may_receive_from(unit.province):
        turn.say(reminding.NOT_RECEIVER)
        return
    entries = await _history(turn, rule, period, unit)
    head = f"Nhật ký nhắc của {unit.place_name}, {period.label}"
    if not entries:
        turn.say(f"{head}: chưa nhắc ai và chưa có thay đổi nào.")
        return
    more_key = f"nk:{rule_id}:{key}:{code}:{older_than + AT_ONCE}"
    page = entries[older_than : older_than + AT_ONCE] if len(more_key) <= LONGEST_KEY else entries
    lines = [f"{head} ({len(entries)} dòng), mới đến cũ:", *(f"• {entry.text}" for entry in page)]
    if any(", đã xem." in entry.text for entry in page):
        lines.append(SEEN_MEANS)
    older = older_than + len(page) < len(entries)
    turn.say("\n".join(lines), *([Choice(more_key, "Xem cũ hơn", lasting=True)] if older else []))


async def _history(turn: Turn, rule: ReportingRule, period: Period, unit: Unit) -> list[Entry]:
    """Put what was told and what was done together, newest first."""
    connection = turn.store.connection
    told = await ledger_pages.told_of(connection, rule=rule.id, period=period.key, unit=unit.code)
    acts = await ledger_pages.acts_about(
        connection,
        rule=rule.id,
        period=period.key,
        unit=unit.code,
        since=_morning(period.opens),
        until=_morning(period.last_day + timedelta(days=AFTER_DAYS)),
    )
    persons = {row.person for row in told}.union(*(people_of(act) for act in acts))
    names = await people.names_of(connection, persons)
    done = (Entry(act.at, act_line(act, names)) for act in acts)
    return newest_first([*entries_of(told, names), *done])


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Order lines by their moment, the newest first."""
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=VIETNAM)


async def pick(turn: Turn, services: Services, head: str, parts: list[str]) -> bool:
    """Do what a button of the history says; False when it is none of these."""
    match head, parts:
        case "nu", [rule, period]:
            await ask_unit(turn, services, rule, period)
        case "nk", [rule, period, unit]:
            await _leave_and_show(turn, services, rule, period, unit)
        case "nk", [rule, period, unit, older] if older.isdecimal() and len(older) < 5:
            await _leave_and_show(turn, services, rule, period, unit, int(older))
        case _:
            return False
    return True


async def _leave_and_show(
    turn: Turn, services: Services, rule: str, period: str, unit: str, older_than: int = 0
) -> None:
    if turn.conversation.dialogue == DIALOGUE:
        turn.conversation.leave()
    await show(turn, services, rule, period, unit, older_than)
