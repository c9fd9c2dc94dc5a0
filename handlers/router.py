"""Who answers: a button, a command, a code, the running dialogue, or the knowledge."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from handlers import (
    ask,
    buttons,
    commands,
    curate,
    deadline_said,
    deadlines_desk,
    filled_files,
    help,
    letterhead,
    live,
    opinions,
    putting_off,
    reminder_held,
    reminder_ledger,
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
from isobot.storage.store import Store

OF_THE_REPORT = ("r", "v", "ask")
"""How the keys begin by which a running report answers its own questions."""

DIALOGUES: Mapping[str, Callable[[Turn, Services], Awaitable[None]]] = {
    letterhead.DIALOGUE: letterhead.take,
    requested.DIALOGUE: requested.take,
    **dict.fromkeys(requested_desk.DIALOGUES, requested_desk.take),
    **dict.fromkeys(deadlines_desk.DIALOGUES, deadlines_desk.take),
    reminder_ledger.DIALOGUE: reminder_ledger.take,
}
"""The dialogues that read whatever is typed into them, once nothing that goes before them has."""


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
        await reminder_held.append(turn, self._services)

    async def _route(self, turn: Turn) -> None:
        kind = turn.incoming.kind
        if kind is IncomingKind.CHOICE:
            await self._press(turn)
        elif kind is IncomingKind.TEXT:
            await self._read(turn)
        elif kind is IncomingKind.EDITED:
            await self._edited(turn)
        elif kind is IncomingKind.FILE and await filled_files.take(turn):
            await report.come_back(turn, self._services)
        elif kind in (IncomingKind.PHOTO, IncomingKind.FILE) and await report_files.take(
            turn, self._services
        ):
            return
        else:
            turn.say(help.ONLY_TEXT.get(kind.value, help.ONLY_TEXT["other"]))
            await report.come_back(turn, self._services)

    async def _press(self, turn: Turn) -> None:
        picked = turn.picked()
        if picked is None:
            turn.say(help.OLD_BUTTON)
            if turn.conversation.dialogue:
                await report.come_back(turn, self._services)
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
        elif conversation.dialogue in DIALOGUES:
            await DIALOGUES[conversation.dialogue](turn, self._services)
        elif await self._about_reminders(turn):
            return
        elif _looks_like_code(turn.text):
            await start.register(turn, self._services, turn.text)
        elif await report_start.take_figures(turn, self._services):
            return
        else:
            if "greeted" not in conversation.memory:
                conversation.memory["greeted"] = True
                turn.say(start.FIRST_WORDS)
            await ask.answer(turn, self._services, turn.text)

    async def _about_reminders(self, turn: Turn) -> bool:
        if turn.conversation.dialogue in reminders.DIALOGUES and await reminders.take(turn, self._services):
            return True
        if await deadline_said.take(turn, self._services):
            return True
        return await putting_off.take(turn, self._services)

    async def _edited(self, turn: Turn) -> None:
        if turn.conversation.dialogue == report.DIALOGUE and turn.conversation.state.get("field"):
            await report.take(turn, self._services)
            return
        turn.say(
            "Tôi thấy anh/chị vừa sửa một tin đã gửi. Tôi không trả lời lại tin cũ; "
            "anh/chị gửi câu mới giúp tôi."
        )

    async def _command(self, turn: Turn, command: str, rest: str) -> None:
        if command in COMMANDS:
            await commands.run(turn, self._services, command, rest)
            return
        turn.say(help.UNKNOWN_COMMAND.format(command="/" + command[:30]))
        await report.come_back(turn, self._services)

    async def _pick(self, turn: Turn, key: str) -> None:
        """Do what a button says; the lasting ones may come from any old message."""
        in_report = turn.conversation.dialogue == report.DIALOGUE
        if in_report and key.partition(":")[0] in OF_THE_REPORT:
            await report.take(turn, self._services)
        else:
            await buttons.follow(turn, self._services, key)


def _wants_number(turn: Turn) -> bool:
    """Tell whether the running report asks for a figure, where 0 is an answer."""
    return bool(turn.conversation.state.get("field"))


def _looks_like_code(text: str) -> bool:
    """Tell a registration code from a question: 8 signs, and a digit or the hyphen among them."""
    said = text.strip()
    return (
        plain_code(said) is not None and len(said) <= 11 and (any(c.isdecimal() for c in said) or "-" in said)
    )
