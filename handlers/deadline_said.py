"""What a receiver types about one unit in a sentence: “gia hạn xã Pù Luông đến 15/6”, “nhắc xã Pù Luông”."""

import re

from handlers import deadline_nudge, deadlines_desk
from handlers.deadline_asking import ASK_WHY
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain.deadlines import Period, ReportingRule
from isobot.domain.messages import IncomingKind
from isobot.domain.numbers import format_date, read_date
from isobot.domain.text import fold
from isobot.domain.units import Unit
from isobot.errors import AnswerRefused, Refusal
from isobot.storage import reports

_EXTEND = re.compile(r"gia han (?:cho )?(?P<unit>.+?) (?:den|toi)(?: het)?(?: ngay)? (?P<day>\S*\d.*)")
_KINDS = r"(?:ubnd |xa |phuong |dac khu |so |chi cuc |huyen )"
_NAMES_UNIT = re.compile(_KINDS)
_NUDGE = re.compile(rf"nhac (?:rieng )?(?P<unit>{_KINDS}.+)")
NO_SUCH_UNIT = (
    "Tôi không thấy đơn vị này trong tỉnh của anh/chị. Anh/chị xem lại tên rồi gõ lại cả câu giúp tôi."
)


async def take(turn: Turn, services: Services) -> bool:
    """Do what a receiver's sentence about one unit says; False when it is none of these."""
    said = fold(turn.text).strip(" .!")
    extend, nudge = _EXTEND.fullmatch(said), _NUDGE.fullmatch(said)
    found = extend or nudge
    if found is None or turn.incoming.kind is not IncomingKind.TEXT:
        return False
    units = [
        unit
        for province in turn.actor.provinces_to_receive()
        for unit in services.directory.find(found["unit"], province=province, on=turn.today)
    ]
    if not units and turn.actor.provinces_to_receive() and _NAMES_UNIT.match(found["unit"]):
        turn.say(NO_SUCH_UNIT)
        return True
    if len(units) != 1:
        return False
    missing = await _missing_of(turn, services, units[0])
    if not missing:
        turn.say(f"{units[0].place_name} không còn thiếu báo cáo nào của các kỳ đang mở.")
    elif len(missing) > 1:
        await deadlines_desk.begin_by_word(turn, services, "extend" if extend else "nudge")
    elif extend:
        _extend(turn, units[0], *missing[0], extend["day"])
    else:
        await deadline_nudge.one_unit(turn, services, units[0], *missing[0])
    return True


async def _missing_of(turn: Turn, services: Services, unit: Unit) -> list[tuple[ReportingRule, Period]]:
    """Return the periods of now that a unit owes and has not sent."""
    sent = await reports.moments_in(turn.store.connection, units=[unit.code])
    return [
        (rule, period)
        for rule, period in deadlines_desk.periods_now(turn, services, unit.province)
        if rule.is_owed_by(unit, period) and (rule.id, period.key, unit.code) not in sent
    ]


def _extend(turn: Turn, unit: Unit, rule: ReportingRule, due: Period, said: str) -> None:
    """Take the day at once and ask for the reason; a day that cannot be is asked for again."""
    turn.conversation.enter("extend", rule=rule.id, period=due.key, unit=unit.code)
    try:
        day = read_date(said, today=turn.today, past=False)
        reminding.check_longer(due, day, today=turn.today)
    except (AnswerRefused, Refusal) as refused:
        turn.say(f"{unit.place_name}, {due.label}: {refused} Gõ “hủy” để thôi.")
        return
    turn.conversation.state["day"] = day.isoformat()
    turn.say(f"{unit.place_name}, {due.label}: gia hạn đến {format_date(day)}. {ASK_WHY}")
