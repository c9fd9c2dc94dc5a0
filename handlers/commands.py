"""What each command does; `handlers/words.py` has the words that people type for it."""

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable

from handlers import (
    approval,
    ask,
    curate,
    deadline_campaign,
    deadline_dates,
    deadline_duties,
    deadlines_desk,
    delegation,
    entry_template,
    help,
    history,
    letterhead,
    papers,
    periods,
    progress,
    putting_off,
    reminder_ledger,
    reminder_page,
    reminders,
    report,
    report_acts,
    requested,
    requested_desk,
    start,
    totals,
)
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.exports.names import BEFORE_SIGNING

ASIDE = {"trogiup", "toi", "tiendo", "tonghop", "nhac", "lichsu"}
"""Commands that only show something: an open report goes on after them."""

OF_THE_REPORT = {"huy", "quaylai", "baocao"}
"""Commands that deal with an open report themselves."""

Act = Callable[[Turn, Services], Awaitable[None] | None]


async def run(turn: Turn, services: Services, command: str, rest: str = "") -> None:
    """Do what a command of `words.COMMANDS` says; `rest` is what was typed behind it, a code after /start."""
    in_report = turn.conversation.dialogue == report.DIALOGUE
    if in_report and command not in ASIDE | OF_THE_REPORT:
        await report.pause(turn, services)
    if command == "start":
        await start.greet(turn, services, rest)
        return
    acting = ACTS[command](turn, services)
    if isawaitable(acting):
        await acting
    if in_report and command in ASIDE:
        await report.ask_again(turn, services)


async def _put_off(turn: Turn, services: Services) -> None:
    if turn.actor.units_to_see():
        await putting_off.begin(turn, services)
    else:
        await _reminders(turn, services)


def _steps(turn: Turn, services: Services) -> None:
    turn.conversation.leave()
    ask.show_step(turn, services)


async def _reminders(turn: Turn, services: Services) -> None:
    await reminder_page.show(turn, services)
    await deadline_campaign.show(turn, services)


async def _cancel(turn: Turn, services: Services) -> None:
    if turn.conversation.dialogue == report.DIALOGUE:
        await report.pause(turn, services)
    elif turn.conversation.dialogue:
        turn.conversation.leave()
        turn.say("Đã dừng.")
    else:
        turn.say(help.NOTHING_TO_LEAVE)


def _say(words: str) -> Act:
    return lambda turn, _services: turn.say(words)


def _ask_unit(head: str, question: str) -> Act:
    return lambda turn, services: reminders.choose_unit(turn, services, head, question)


def _desk(what: str) -> Act:
    return lambda turn, services: deadlines_desk.begin_by_word(turn, services, what)


def _paper(command: str) -> Act:
    return lambda turn, services: papers.send_by_word(turn, services, command)


ACTS: Mapping[str, Act] = {
    "cancu": ask.show_groups,
    "cacbuoc": _steps,
    "baocao": periods.show_list,
    "tiendo": progress.show,
    "maunhap": entry_template.show,
    "tonghop": totals.begin,
    "nhac": _reminders,
    "hoannhac": _put_off,
    "bangiay": _ask_unit("pp", "Anh/chị đã gửi bản giấy của báo cáo nào?"),
    "khongphaitoi": _ask_unit("nm", "Anh/chị không phụ trách đơn vị nào?"),
    "dalam": _ask_unit("dd", "Anh/chị đã làm xong việc nào?"),
    "themviec": _ask_unit("ev", "Anh/chị cần tôi nhắc việc của đơn vị nào?"),
    "nhachet": _desk("nudge"),
    "giahan": _desk("extend"),
    "doinguoi": _desk("reassign"),
    "nhatky": reminder_ledger.begin_by_word,
    "hanbaocao": deadline_dates.show,
    "viechangnam": deadline_duties.show,
    "dotbaocao": lambda turn, _services: requested_desk.show_list(turn),
    "modot": requested.begin,
    "lichsu": history.show_history,
    "duyet": approval.show_waiting,
    "batduyet": lambda turn, services: approval.switch(turn, services, on=True),
    "tatduyet": lambda turn, services: approval.switch(turn, services, on=False),
    "uyquyen": delegation.begin,
    "batsovanban": lambda turn, _services: report_acts.require_letter(turn, on=True),
    "tatsovanban": lambda turn, _services: report_acts.require_letter(turn, on=False),
    "thethuc": letterhead.begin,
    "truocky": _say(BEFORE_SIGNING),
    "bieudo": _paper("bieudo"),
    "bangtonghop": _paper("bangtonghop"),
    "baocaotonghop": _paper("baocaotonghop"),
    "toi": start.show_me,
    "roi": start.ask_which_to_leave,
    "xoa": lambda turn, _services: start.ask_to_erase(turn),
    "bang": _say("Bảng điều hành trên web chưa có trong bản này. Gõ “tiến độ” để xem và tải bảng."),
    "bientap": curate.show,
    "huy": _cancel,
    "quaylai": _say(help.NOTHING_TO_LEAVE),
    "trogiup": lambda turn, _services: help.show(turn),
}
"""Every command but /start, which alone reads what stands behind it."""
