"""What each button does, by how its key begins; the lasting ones may come from any old message."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from handlers import (
    ask,
    commands,
    curate,
    deadline_duties,
    deadlines_desk,
    entry_template,
    filled_files,
    help,
    letterhead,
    opinions,
    original,
    papers,
    reminder_ledger,
    reminders,
    report,
    report_acts,
    report_files,
    requested_desk,
    start,
    totals,
    writing,
)
from handlers.services import Services
from handlers.words import COMMANDS
from isobot.chat.turn import Turn
from isobot.domain.messages import IncomingKind


class Meanwhile(Enum):
    """What becomes of a running report (báo cáo đang nhập dở) when a button is pressed."""

    LEFT_TO_IT = auto()
    """The button deals with the report itself, or opens another."""
    SET_ASIDE = auto()
    """The report is kept and left before the button is followed."""
    ASKED_AGAIN = auto()
    """The button only shows something, and the report's question is asked again under it."""


Press = Callable[[Turn, Services, str, list[str]], Awaitable[bool]]
"""Follows a button, given how its key begins and its parts; False when it means nothing any more."""


@dataclass(frozen=True, slots=True)
class Button:
    """One kind of button."""

    press: Press
    meanwhile: Meanwhile = Meanwhile.LEFT_TO_IT


async def follow(turn: Turn, services: Services, key: str) -> None:
    """Do what a button says, and say so when it is of a time gone by."""
    head, _, rest = key.partition(":")
    button = BUTTONS.get(head)
    if button is None or not await _press(turn, services, button, head, rest.split(":")):
        turn.say(help.OLD_BUTTON)
        await report.come_back(turn, services)


async def _press(turn: Turn, services: Services, button: Button, head: str, parts: list[str]) -> bool:
    if button.meanwhile is Meanwhile.SET_ASIDE:
        await report.set_aside(turn, services)
    done = await button.press(turn, services, head, parts)
    if done and button.meanwhile is Meanwhile.ASKED_AGAIN:
        await report.come_back(turn, services)
    return done


async def _command(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    match parts:
        case [command] if command in COMMANDS:
            await commands.run(turn, services, command)
            return True
    return False


async def _report(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    match parts:
        case ["practice"]:
            await report.practise(turn, services)
        case [rule, period, unit]:
            await report.open_report(turn, services, rule, period, unit)
        case _:
            return False
    return True


async def _paper(turn: Turn, services: Services, head: str, parts: list[str]) -> bool:
    match parts:
        case [rule, period, province]:
            papers.send(turn, services, head, rule, period, province)
            return True
    return False


async def _workbook(turn: Turn, _services: Services, _head: str, parts: list[str]) -> bool:
    match parts:
        case [number, what]:
            return await filled_files.pick(turn, number, what)
    return False


async def _template(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    match parts:
        case [rule, period, province]:
            entry_template.send(turn, services, rule, period, province)
            return True
    return False


async def _letterhead(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    await letterhead.pick(turn, services, parts)
    return True


async def _refine(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    number = _number(parts)
    if number is not None:
        await ask.refine(turn, services, number)
    return number is not None


async def _step(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    number = _number(parts)
    if number is not None:
        ask.show_step(turn, services, number)
    return number is not None


async def _card(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    await ask.show_card(turn, services, ":".join(parts))
    return True


async def _group(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    ask.show_group(turn, services, ":".join(parts))
    return True


async def _topic(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    await ask.show_topic(turn, services, ":".join(parts))
    return True


async def _opinion(turn: Turn, _services: Services, _head: str, parts: list[str]) -> bool:
    match parts:
        case [opinion, ref]:
            await opinions.take(turn, opinion, ref)
            return True
    return False


async def _original(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    match parts:
        case [card, number]:
            await original.show(turn, services, card, number)
            return True
    return False


async def _letter_found(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    return await report_files.pick(turn, services, ":".join(parts))


async def _kept_file(turn: Turn, _services: Services, _head: str, parts: list[str]) -> bool:
    return await report_files.send(turn, ":".join(parts))


async def _curate(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    await curate.press(turn, services, ":".join(parts))
    return True


async def _write(turn: Turn, services: Services, _head: str, _parts: list[str]) -> bool:
    writes = turn.conversation.dialogue == writing.DIALOGUE
    if writes:
        await writing.take(turn, services)
    return writes


async def _round(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    return await requested_desk.pick(turn, services, parts)


async def _duty(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
    return await deadline_duties.pick(turn, services, parts)


async def _me(turn: Turn, services: Services, _head: str, parts: list[str]) -> bool:
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
            return False
    return True


def _number(parts: list[str]) -> int | None:
    """Read the small number that is all of a key's rest."""
    match parts:
        case [number] if number.isdecimal() and len(number) < 4:
            return int(number)
    return None


def _all(heads: Iterable[str], press: Press, meanwhile: Meanwhile) -> dict[str, Button]:
    return dict.fromkeys(heads, Button(press, meanwhile))


BUTTONS: Mapping[str, Button] = {
    **_all(report_acts.HEADS, report_acts.pick, Meanwhile.SET_ASIDE),
    **_all(totals.HEADS, totals.pick, Meanwhile.SET_ASIDE),
    **_all(reminders.HEADS, reminders.pick, Meanwhile.SET_ASIDE),
    **_all(deadlines_desk.HEADS, deadlines_desk.pick, Meanwhile.SET_ASIDE),
    **_all(reminder_ledger.HEADS, reminder_ledger.pick, Meanwhile.SET_ASIDE),
    **_all((papers.TABLE, papers.REPORT, papers.PICTURES), _paper, Meanwhile.LEFT_TO_IT),
    "go": Button(_command),
    "rp": Button(_report),
    entry_template.KEY: Button(_template),
    "ask": Button(_refine),
    "me": Button(_me),
    "lf": Button(_letter_found),
    "w": Button(_write),
    "lh": Button(_letterhead, Meanwhile.SET_ASIDE),
    "grp": Button(_group, Meanwhile.SET_ASIDE),
    "top": Button(_topic, Meanwhile.SET_ASIDE),
    "step": Button(_step, Meanwhile.SET_ASIDE),
    "cu": Button(_curate, Meanwhile.SET_ASIDE),
    "rq": Button(_round, Meanwhile.SET_ASIDE),
    "du": Button(_duty, Meanwhile.SET_ASIDE),
    filled_files.KEY: Button(_workbook, Meanwhile.ASKED_AGAIN),
    "card": Button(_card, Meanwhile.ASKED_AGAIN),
    "rf": Button(_kept_file, Meanwhile.ASKED_AGAIN),
    "qa": Button(_opinion, Meanwhile.ASKED_AGAIN),
    "src": Button(_original, Meanwhile.ASKED_AGAIN),
}
