"""Who answers: a button, a command, a code, the running dialogue, or the knowledge."""

from collections.abc import Sequence

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
    filled_files,
    help,
    history,
    letterhead,
    live,
    opinions,
    original,
    papers,
    periods,
    progress,
    reminder_page,
    reminders,
    report,
    report_acts,
    report_files,
    report_start,
    requested,
    requested_desk,
    start,
    totals,
    writing,
)
from handlers.services import Services
from handlers.words import COMMANDS, command_in
from isobot.actions.registration import plain_code
from isobot.chat.turn import Turn
from isobot.domain.curation import editor_of
from isobot.domain.messages import IncomingKind
from isobot.exports.names import BEFORE_SIGNING
from isobot.storage.store import Store

ASIDE = {"trogiup", "toi", "tiendo", "tonghop", "nhac", "lichsu"}
"""Commands that only show something: an open report goes on after them."""

BY_DEADLINES = (
    *("sn", "pp", "nm", "mn", "dd", "wd", "ev", "ic", "snooze", "paper", "done"),
    *("dg", "na", "ex", "re", "xu", "ru", "ro", "rc", "lt", "lm", "le", "hd", "du", "rq"),
)
"""How keys begin that belong to reminders and to the desk of deadlines."""


class DialogueRouter:
    """Routes every event; the order of the questions below is the whole policy."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def ready(self, store: Store) -> None:
        """Answer from the cards as they are now, whichever process changed them."""
        await live.refresh(store, self._services)

    async def prefetch(self, store: Store, turns: Sequence[Turn]) -> None:
        """Load the drafts of all chats that are in a report."""
        await report.prefetch(store, self._services, turns)

    async def route(self, turn: Turn) -> None:
        """Deal with one event; a reminder that waits for this form's next prompt stands under it."""
        await self._route(turn)
        await reminders.append_held(turn, self._services)

    async def _route(self, turn: Turn) -> None:
        kind = turn.incoming.kind
        if kind is IncomingKind.CHOICE:
            await self._press(turn)
        elif kind is IncomingKind.TEXT:
            await self._read(turn)
        elif kind is IncomingKind.EDITED:
            await self._edited(turn)
        elif kind is IncomingKind.FILE and await filled_files.take(turn):
            await self._go_on(turn)
        elif kind in (IncomingKind.PHOTO, IncomingKind.FILE) and await report_files.take(
            turn, self._services
        ):
            return
        else:
            turn.say(help.ONLY_TEXT.get(kind.value, help.ONLY_TEXT["other"]))
            await self._go_on(turn)

    async def _press(self, turn: Turn) -> None:
        picked = turn.picked()
        if picked is None:
            turn.say(help.OLD_BUTTON)
            if turn.conversation.dialogue:
                await self._go_on(turn)
            else:
                help.show(turn)
            return
        await self._pick(turn, picked.key)

    async def _read(self, turn: Turn) -> None:
        conversation = turn.conversation
        command = command_in(turn.text)
        if command is not None and not (command[0] == "quaylai" and conversation.dialogue):
            await self._command(turn, *command)
            return
        if turn.text.strip() == "0" and conversation.dialogue == report.DIALOGUE and not _wants_number(turn):
            await self._command(turn, "quaylai", "")
            return
        picked = turn.picked()
        if await report_acts.take(turn, self._services, picked=picked is not None):
            return
        if conversation.dialogue == report.DIALOGUE:
            await report.take(turn, self._services)
        elif conversation.dialogue == writing.DIALOGUE:
            await writing.take(turn, self._services)
        elif picked is not None:
            await self._pick(turn, picked.key)
        elif conversation.dialogue == curate.DIALOGUE:
            await curate.take(turn, self._services)
        elif writing.card_named(turn.text) and editor_of(turn.actor).may_edit:
            await writing.edit(turn, self._services, writing.card_named(turn.text))
        elif conversation.dialogue in totals.BESIDE and await totals.take(turn, self._services):
            return
        elif opinions.said_alone(turn.text):
            turn.say(opinions.WHICH_ONE)
        elif conversation.dialogue == letterhead.DIALOGUE:
            await letterhead.take(turn, self._services)
        elif conversation.dialogue == requested.DIALOGUE:
            await requested.take(turn, self._services)
        elif conversation.dialogue in requested_desk.DIALOGUES:
            await requested_desk.take(turn, self._services)
        elif conversation.dialogue in deadlines_desk.DIALOGUES:
            await deadlines_desk.take(turn, self._services)
        elif conversation.dialogue in reminders.DIALOGUES and await reminders.take(turn, self._services):
            return
        elif _looks_like_code(turn.text):
            await start.register(turn, self._services, turn.text)
        elif await report_start.take_figures(turn, self._services):
            return
        else:
            first = "greeted" not in conversation.memory
            if first:
                conversation.memory["greeted"] = True
                turn.say(start.FIRST_WORDS)
            await ask.answer(turn, self._services, turn.text)

    async def _edited(self, turn: Turn) -> None:
        if turn.conversation.dialogue == report.DIALOGUE and turn.conversation.state.get("field"):
            await report.take(turn, self._services)
            return
        turn.say(
            "Tôi thấy anh/chị vừa sửa một tin đã gửi. Tôi không trả lời lại tin cũ; "
            "anh/chị gửi câu mới giúp tôi."
        )

    async def _command(self, turn: Turn, command: str, rest: str) -> None:
        services = self._services
        in_report = turn.conversation.dialogue == report.DIALOGUE
        if command not in COMMANDS:
            turn.say(help.UNKNOWN_COMMAND.format(command="/" + command[:30]))
            await self._go_on(turn)
            return
        if in_report and command not in ASIDE and command not in ("huy", "quaylai", "baocao"):
            await report.pause(turn, services)
        match command:
            case "start":
                await start.greet(turn, services, rest)
            case "cancu":
                ask.show_groups(turn, services)
            case "cacbuoc":
                turn.conversation.leave()
                ask.show_step(turn, services)
            case "baocao":
                await periods.show_list(turn, services)
            case "tiendo":
                await progress.show(turn, services)
            case "maunhap":
                await entry_template.show(turn, services)
            case "tonghop":
                await totals.begin(turn, services)
            case "nhac":
                await reminder_page.show(turn, services)
                await deadline_campaign.show(turn, services)
            case "bangiay":
                await reminders.choose_unit(turn, services, "pp", "Anh/chị đã gửi bản giấy của báo cáo nào?")
            case "khongphaitoi":
                await reminders.choose_unit(turn, services, "nm", "Anh/chị không phụ trách đơn vị nào?")
            case "dalam":
                await reminders.choose_unit(turn, services, "dd", "Anh/chị đã làm xong việc nào?")
            case "nhachet" | "giahan" | "doinguoi":
                what = {"nhachet": "nudge", "giahan": "extend", "doinguoi": "reassign"}[command]
                await deadlines_desk.begin_by_word(turn, services, what)
            case "hanbaocao":
                await deadline_dates.show(turn, services)
            case "viechangnam":
                await deadline_duties.show(turn, services)
            case "themviec":
                await reminders.choose_unit(turn, services, "ev", "Anh/chị cần tôi nhắc việc của đơn vị nào?")
            case "dotbaocao":
                await requested_desk.show_list(turn)
            case "modot":
                requested.begin(turn, services)
            case "lichsu":
                await history.show_history(turn, services)
            case "duyet":
                await approval.show_waiting(turn, services)
            case "batduyet" | "tatduyet":
                await approval.switch(turn, services, on=command == "batduyet")
            case "uyquyen":
                await delegation.begin(turn, services)
            case "batsovanban" | "tatsovanban":
                await report_acts.require_letter(turn, on=command == "batsovanban")
            case "thethuc":
                await letterhead.begin(turn, services)
            case "truocky":
                turn.say(BEFORE_SIGNING)
            case "bieudo" | "bangtonghop" | "baocaotonghop":
                papers.send_by_word(turn, services, command)
            case "toi":
                await start.show_me(turn, services)
            case "roi":
                await start.ask_which_to_leave(turn, services)
            case "xoa":
                await start.ask_to_erase(turn)
            case "bang":
                turn.say("Bảng điều hành trên web chưa có trong bản này. Gõ “tiến độ” để xem và tải bảng.")
            case "bientap":
                await curate.show(turn, services)
            case "huy":
                await self._cancel(turn)
            case "quaylai":
                turn.say(help.NOTHING_TO_LEAVE)
            case "trogiup":
                help.show(turn)
        if in_report and command in ASIDE:
            await report.ask_again(turn, services)

    async def _cancel(self, turn: Turn) -> None:
        if turn.conversation.dialogue == report.DIALOGUE:
            await report.pause(turn, self._services)
        elif turn.conversation.dialogue:
            turn.conversation.leave()
            turn.say("Đã dừng.")
        else:
            turn.say(help.NOTHING_TO_LEAVE)

    async def _go_on(self, turn: Turn) -> None:
        """Come back to the running report, if there is one."""
        if turn.conversation.dialogue == report.DIALOGUE:
            await report.ask_again(turn, self._services)

    async def _pick(self, turn: Turn, key: str) -> None:
        """Do what a button says; the lasting ones may come from any old message."""
        services = self._services
        head, _, rest = key.partition(":")
        parts = rest.split(":")
        in_report = turn.conversation.dialogue == report.DIALOGUE
        if in_report and head in ("r", "v", "ask"):
            await report.take(turn, services)
        elif head == "go" and rest in COMMANDS:
            await self._command(turn, rest, "")
        elif head == "rp" and rest == "practice":
            await report.practise(turn, services)
        elif head == "rp" and len(parts) == 3:
            await report.open_report(turn, services, *parts)
        elif head in (papers.TABLE, papers.REPORT, papers.PICTURES) and len(parts) == 3:
            papers.send(turn, services, head, *parts)
        elif head == "lh":
            await self._leave_report(turn)
            await letterhead.pick(turn, services, parts)
        elif head == filled_files.KEY and len(parts) == 2 and await filled_files.pick(turn, *parts):
            await self._go_on(turn)
        elif head == entry_template.KEY and len(parts) == 3:
            entry_template.send(turn, services, *parts)
        elif head == "ask" and rest.isdecimal() and len(rest) < 4:
            await ask.refine(turn, services, int(rest))
        elif head == "card":
            await ask.show_card(turn, services, rest)
            await self._go_on(turn)
        elif head == "grp":
            await self._leave_report(turn)
            ask.show_group(turn, services, rest)
        elif head == "top":
            await self._leave_report(turn)
            await ask.show_topic(turn, services, rest)
        elif head == "step" and rest.isdecimal() and len(rest) < 4:
            await self._leave_report(turn)
            ask.show_step(turn, services, int(rest))
        elif head == "me":
            await self._about_me(turn, parts)
        elif head == "lf" and await report_files.pick(turn, services, rest):
            return
        elif head == "rf" and await report_files.send(turn, rest):
            await self._go_on(turn)
        elif head == "qa" and len(parts) == 2:
            await opinions.take(turn, *parts)
            await self._go_on(turn)
        elif head == "src" and len(parts) == 2:
            await original.show(turn, services, *parts)
            await self._go_on(turn)
        elif head == "cu":
            await self._leave_report(turn)
            await curate.press(turn, services, rest)
        elif head == "w" and turn.conversation.dialogue == writing.DIALOGUE:
            await writing.take(turn, services)
        elif head in report_acts.HEADS:
            await self._leave_report(turn)
            if not await report_acts.pick(turn, services, head, parts):
                turn.say(help.OLD_BUTTON)
        elif head in totals.HEADS:
            await self._leave_report(turn)
            if not await totals.pick(turn, services, head, parts):
                turn.say(help.OLD_BUTTON)
        elif head in BY_DEADLINES:
            await self._about_deadlines(turn, head, parts)
        else:
            turn.say(help.OLD_BUTTON)
            await self._go_on(turn)

    async def _about_deadlines(self, turn: Turn, head: str, parts: list[str]) -> None:
        await self._leave_report(turn)
        if head == "rq":
            if not await requested_desk.pick(turn, self._services, parts):
                turn.say(help.OLD_BUTTON)
            return
        if head == "du":
            if not await deadline_duties.pick(turn, self._services, parts):
                turn.say(help.OLD_BUTTON)
            return
        done = await reminders.pick(turn, self._services, head, parts)
        if not done and not await deadlines_desk.pick(turn, self._services, head, parts):
            turn.say(help.OLD_BUTTON)

    async def _leave_report(self, turn: Turn) -> None:
        if turn.conversation.dialogue == report.DIALOGUE:
            await report.pause(turn, self._services)

    async def _about_me(self, turn: Turn, parts: list[str]) -> None:
        services = self._services
        lasting = turn.incoming.kind is IncomingKind.CHOICE and turn.incoming.prompt == 0
        match parts:
            case ["link"]:
                await start.give_link_code(turn)
            case ["province"]:
                start.forget_province(turn)
            case ["leave", post] if post.isdecimal() and not lasting:
                await start.leave(turn, services, int(post))
            case ["erase"] if not lasting:
                await start.erase(turn)
            case ["stay"]:
                turn.say("Vâng, giữ nguyên như cũ.")
            case _:
                turn.say(help.OLD_BUTTON)


def _wants_number(turn: Turn) -> bool:
    """Tell whether the running report asks for a figure, where 0 is an answer."""
    return bool(turn.conversation.state.get("field"))


def _looks_like_code(text: str) -> bool:
    """Tell a registration code from a question: 8 signs, and a digit or the hyphen among them."""
    said = text.strip()
    return (
        plain_code(said) is not None and len(said) <= 11 and (any(c.isdecimal() for c in said) or "-" in said)
    )
