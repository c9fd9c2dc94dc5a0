"""Updates a second: isobot's durable path beside ConversationHandler with PicklePersistence."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.officers import ANSWERS, load_form
from benchmarks.ourbot import OurBot
from benchmarks.picklebot import PickleBot
from isobot.domain.forms import Form
from knowledge.answer import KnowledgeBase, load_knowledge

ANSWERED = 2
"""Every chat stands in mid-form, with so many answers given."""

FEW, MANY, SMALLEST = 500, 10_000, 100
TIMED = 200
ROUNDS = 4


async def run(console: Console) -> bool:
    """Measure and print; tell whether every promise held."""
    form, knowledge = load_form(), load_knowledge()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        console.print(f"{FEW} chats, {ROUNDS} answers each, all figures compared afterwards ...")
        theirs = await _pickle(form, folder / "few.pickle", FEW, _all(FEW), ROUNDS)
        ours = await _ours(form, folder / "few.db", FEW, _all(FEW), ROUNDS, knowledge)
        webhooks = await _ours(form, folder / "hooks.db", FEW, _all(FEW), ROUNDS, knowledge, poll=1)
        console.print(f"{MANY} chats preloaded, {TIMED} updates timed ...")
        some = list(range(1, MANY + 1, MANY // TIMED))
        their_many = await _pickle(form, folder / "many.pickle", MANY, some, 1)
        our_many = await _ours(form, folder / "many.db", MANY, some, 1, knowledge)
        console.print(f"isobot with {SMALLEST} chats ...")
        small = await _ours(form, folder / "small.db", SMALLEST, _all(SMALLEST), ROUNDS * 2, knowledge)
        large = await _ours(form, folder / "large.db", MANY, some[::2], ROUNDS * 2, knowledge)
    rival = Table("updates a second", "isobot", "PicklePersistence", "ratio", "promised", "kept")
    kept = [
        _compare(rival, f"{FEW} chats", ours, theirs, at_least=3),
        _compare(rival, f"{FEW} chats, one event a webhook", webhooks, theirs, at_least=3),
        _compare(rival, f"{MANY} chats preloaded, {TIMED} answer", our_many, their_many, at_least=20),
    ]
    console.print(rival)
    flat = Table("updates a second", f"{SMALLEST} chats", f"{MANY} chats", "slower by", "promised", "kept")
    slower = small / large
    kept.append(slower <= 1.3)
    flat.add_row(
        f"isobot, {SMALLEST} answer at once",
        f"{small:.0f}",
        f"{large:.0f}",
        f"{slower:.2f}",
        "<= 1.3",
        _yes(kept[-1]),
    )
    console.print(flat)
    return all(kept)


def _compare(table: Table, label: str, ours: float, theirs: float, *, at_least: int) -> bool:
    ratio = ours / theirs
    row = (f"{ours:.0f}", f"{theirs:.0f}", f"{ratio:.1f}", f">= {at_least}", _yes(ratio >= at_least))
    table.add_row(label, *row)
    return ratio >= at_least


def _yes(kept: bool) -> str:
    return "yes" if kept else "NO"


def _all(chats: int) -> list[int]:
    return list(range(1, chats + 1))


async def _pickle(form: Form, file: Path, chats: int, answering: Sequence[int], rounds: int) -> float:
    bot = PickleBot(form, file)
    await bot.start()
    try:
        await bot.preload(chats, ANSWERED)
        seconds = 0.0
        for number in range(ANSWERED, ANSWERED + rounds):
            seconds += await bot.timed_answers(list(answering), number)
        for chat in answering:
            _same(bot.figures_of(chat), form, rounds)
    finally:
        await bot.stop()
    return len(answering) * rounds / seconds


async def _ours(
    form: Form,
    file: Path,
    chats: int,
    answering: Sequence[int],
    rounds: int,
    knowledge: KnowledgeBase,
    *,
    poll: int = 100,
) -> float:
    bot = OurBot(form, file, chats, knowledge)
    await bot.preload(ANSWERED)
    async with bot.running():
        seconds = 0.0
        for number in range(ANSWERED, ANSWERED + rounds):
            seconds += await bot.timed_answers(list(answering), number, poll=poll)
        for chat in answering:
            _same(await bot.figures_of(chat), form, rounds)
    return len(answering) * rounds / seconds


def _same(figures: dict[str, object], form: Form, rounds: int) -> None:
    """Check that what was kept is what was said: speed without that counts for nothing."""
    wanted = {
        key: form.field(key).parse(text, today=date(2027, 5, 20)).to_json()
        for key, text in ANSWERS[: ANSWERED + rounds]
    }
    if figures != wanted:
        raise AssertionError(f"kept {figures}, said {wanted}")
