"""One door to what is done with reports beside entering them: read, receive, approve, note, stand in."""

from handlers import approval, ask, delegation, history, notes, receiving, report
from handlers import report_acts_words as words
from handlers.report_words import number_to_mend
from handlers.services import Services
from isobot.actions import receiving as acts
from isobot.actions.receiving import MEND_RETURNED
from isobot.chat.turn import Turn
from isobot.domain.reports import ReportStatus
from isobot.domain.text import fold
from isobot.errors import Refusal
from isobot.storage import reports

HEADS = ("rv", "ra", "ap", "fx", "hi", "dl")
"""How the keys of the buttons begin that belong here."""

ASIDES = ("", receiving.DIALOGUE, receiving.ACCEPT_ALL, approval.DIALOGUE, delegation.DIALOGUE)
"""The dialogues in which these words are understood; others have questions of their own open."""

_OPEN_OWN = ("xem bao cao", "xem bao cao cua toi", "xem ghi chu")


async def take(turn: Turn, services: Services, *, picked: bool) -> bool:
    """Take what was typed if it is an act on a report; False leaves it to the others."""
    dialogue = turn.conversation.dialogue
    if dialogue == report.DIALOGUE:
        if words.read_note(turn.text) is None:
            return False
        await notes.take_note(turn, services)
        await report.ask_again(turn, services)
        return True
    if picked or dialogue not in ASIDES:
        return False
    if dialogue == receiving.DIALOGUE and await _in_reading(turn, services):
        return True
    if dialogue == approval.DIALOGUE and await approval.take(turn, services):
        return True
    if dialogue == delegation.DIALOGUE:
        await delegation.take(turn, services)
        return True
    return await _anywhere(turn, services)


async def _in_reading(turn: Turn, services: Services) -> bool:
    if await receiving.take(turn, services):
        return True
    if "doing" in turn.conversation.state and turn.text.strip().endswith("?"):
        await ask.answer(turn, services, turn.text)
        turn.say(receiving.HOW_TO_RETURN)
        return True
    return False


async def _anywhere(turn: Turn, services: Services) -> bool:
    actor, said = turn.actor, fold(turn.text).strip(" .!")
    if delegation.is_one_line(turn.text):
        await delegation.take_one_line(turn, services)
    elif words.is_accept_all(turn.text) and actor.provinces_to_receive():
        await receiving.offer_all_by_word(turn, services)
    elif (said == "duyet" or words.read_return(turn.text)) and actor.units_to_approve():
        await approval.show_waiting(turn, services)
    elif actor.provinces_to_receive() and _acts_on_one(turn.text):
        turn.say("Anh/chị xem báo cáo trước: gõ “xem” kèm tên đơn vị, ví dụ: xem xã Pù Luông.")
    elif said in _OPEN_OWN and actor.units_to_see():
        await _open_own(turn, services)
    elif await _mend_returned(turn, services, said):
        return True
    elif (name := words.unit_to_see(turn.text)) and actor.provinces_to_receive():
        return await receiving.find_unit(turn, services, name)
    elif await notes.take_note(turn, services):
        return True
    elif actor.units_to_report() or actor.provinces_to_receive():
        return await notes.take_letter(turn, services)
    else:
        return False
    return True


def _acts_on_one(text: str) -> bool:
    """Tell whether a text accepts, returns or reopens a report, and none is open."""
    return words.is_accept(text) or words.read_return(text) is not None or words.read_reopen(text) is not None


async def _open_own(turn: Turn, services: Services) -> None:
    key = await notes.report_meant(turn, sent=True)
    if key is None:
        turn.say(receiving.NOT_THERE)
    else:
        await receiving.open_one(turn, services, key)


async def _mend_returned(turn: Turn, services: Services, said: str) -> bool:
    """Open the report that came back at the figure named by "sửa mục 5", as its button would."""
    number = number_to_mend(turn.text)
    units = turn.actor.units_to_report()
    if not units or not (number or said == fold(MEND_RETURNED)):
        return False
    own = await reports.of_units(turn.store.connection, units)
    back = [r for r in own if r.marks or r.returned_why or r.status == ReportStatus.RETURNED]
    for record in back:
        unit = services.directory.get(record.unit)
        form = services.forms.get(record.form, record.form_version, level=unit.level if unit else None)
        field = form.by_number(number) if number else None
        if field is not None or not number:
            await report.open_at(turn, services, record.id, field.key if field else "")
            return True
    return False


async def pick(turn: Turn, services: Services, head: str, parts: list[str]) -> bool:
    """Do what a button says; False when it is none of these."""
    match head, parts:
        case "rv", _:
            return await receiving.pick(turn, services, parts)
        case "ra", ["yes"] if turn.conversation.dialogue == receiving.ACCEPT_ALL:
            await receiving.accept_all(turn, services)
        case "ra", ["no"]:
            turn.conversation.leave()
            turn.say("Vâng, chưa tiếp nhận báo cáo nào.")
        case "ra", [rule, period, province]:
            await receiving.offer_all(turn, services, rule, period, province)
        case "ap", _:
            return await approval.pick(turn, services, parts)
        case "dl", _:
            return await delegation.pick(turn, services, parts)
        case "fx", [key, field] if _whole(key):
            await report.open_at(turn, services, int(key), field)
        case "hi", [key, before] if _whole(key, before):
            await history.show_history(turn, services, int(key), int(before))
        case _:
            return False
    return True


def _whole(*texts: str) -> bool:
    return all(t.isascii() and t.isdecimal() and len(t) < 19 for t in texts)


async def require_letter(turn: Turn, *, on: bool) -> None:
    """Turn on or off that a report is accepted only with the number of its signed letter."""
    provinces = turn.actor.provinces_to_receive()
    if not provinces:
        turn.say(acts.NOT_RECEIVER)
        return
    try:
        for province in provinces:
            await acts.require_letter(turn.store, actor=turn.actor, province=province, on=on)
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    if on:
        turn.say(
            "Từ nay chỉ tiếp nhận báo cáo đã có số văn bản ký. Tôi nhắc đơn vị ghi số khi gửi số liệu. "
            "Thôi yêu cầu thì gõ “tắt số văn bản”."
        )
    else:
        turn.say("Đã thôi yêu cầu số văn bản trước khi tiếp nhận.")
