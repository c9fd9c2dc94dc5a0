"""Updates a second: isobot's durable path beside ConversationHandler with PicklePersistence."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    spread = list(range(1, MANY + 1, MANY // TIMED))
    with tempfile.TemporaryDirectory() as name:
        bench = _Bench(form, knowledge, Path(name))
        console.print(f"{FEW} chats, {ROUNDS} answers each, taken in turns, all figures compared ...")
        theirs, polled, pushed = await bench.few()
        console.print(f"{MANY} chats preloaded, {TIMED} updates timed ...")
        their_many, our_many = await bench.many(spread)
        console.print(f"{SMALLEST} chats answer, alone and among {MANY} ...")
        small, large = await bench.flat(spread[:: TIMED // SMALLEST])
    rival = Table("updates a second", "isobot", "PicklePersistence", "ratio", "promised", "kept")
    kept = [
        _compare(rival, f"{FEW} chats", polled, theirs, at_least=3),
        _compare(rival, f"{FEW} chats, one event a webhook", pushed, theirs, at_least=3),
        _compare(rival, f"{MANY} chats preloaded, {TIMED} answer", our_many, their_many, at_least=20),
    ]
    console.print(rival)
    flat = Table("updates a second", f"{SMALLEST} chats", f"{MANY} chats", "slower by", "promised", "kept")
    slower = small / large
    kept.append(slower <= 1.3)
    row = (f"{small:.0f}", f"{large:.0f}", f"{slower:.2f}", "<= 1.3", _yes(slower <= 1.3))
    flat.add_row(f"isobot, {SMALLEST} answer at once", *row)
    console.print(flat)
    return all(kept)


class _Bench:
    """Lets bots answer in turns, round by round, so that a busy moment of the machine meets all alike."""

    def __init__(self, form: Form, knowledge: KnowledgeBase, folder: Path) -> None:
        self._form = form
        self._knowledge = knowledge
        self._folder = folder

    async def few(self) -> tuple[float, float, float]:
        """Return the rates of the rival, of isobot polling, and of isobot with webhooks."""
        everybody = list(range(1, FEW + 1))
        async with self._rival(FEW) as rival, self._ours(FEW) as polled, self._ours(FEW) as pushed:
            seconds = [0.0, 0.0, 0.0]
            for number in range(ANSWERED, ANSWERED + ROUNDS):
                seconds[0] += await rival.timed_answers(everybody, number)
                seconds[1] += await polled.timed_answers(everybody, number)
                seconds[2] += await pushed.timed_answers(everybody, number, poll=1)
            for chat in everybody:
                self._compare_figures(rival.figures_of(chat), ROUNDS)
                self._compare_figures(await polled.figures_of(chat), ROUNDS)
                self._compare_figures(await pushed.figures_of(chat), ROUNDS)
        theirs, first, second = (FEW * ROUNDS / each for each in seconds)
        return theirs, first, second

    async def many(self, answering: list[int]) -> tuple[float, float]:
        """Return the rates of the rival and of isobot with many chats preloaded."""
        async with self._rival(MANY) as rival, self._ours(MANY) as ours:
            theirs = await rival.timed_answers(answering, ANSWERED)
            mine = await ours.timed_answers(answering, ANSWERED)
            for chat in answering:
                self._compare_figures(rival.figures_of(chat), 1)
                self._compare_figures(await ours.figures_of(chat), 1)
        return len(answering) / theirs, len(answering) / mine

    async def flat(self, answering: list[int]) -> tuple[float, float]:
        """Return isobot's rates where the same crowd answers, alone and among many."""
        rounds = 2 * ROUNDS
        async with self._ours(SMALLEST) as small, self._ours(MANY) as large:
            seconds = [0.0, 0.0]
            for number in range(ANSWERED, ANSWERED + rounds):
                seconds[0] += await small.timed_answers(list(range(1, SMALLEST + 1)), number)
                seconds[1] += await large.timed_answers(answering, number)
            for chat in answering:
                self._compare_figures(await large.figures_of(chat), rounds)
        return SMALLEST * rounds / seconds[0], len(answering) * rounds / seconds[1]

    @asynccontextmanager
    async def _rival(self, chats: int) -> AsyncIterator[PickleBot]:
        bot = PickleBot(self._form, self._folder / f"{chats}.pickle")
        await bot.start()
        try:
            await bot.preload(chats, ANSWERED)
            yield bot
        finally:
            await bot.stop()

    @asynccontextmanager
    async def _ours(self, chats: int) -> AsyncIterator[OurBot]:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        bot = OurBot(self._form, folder / "isobot.db", chats, self._knowledge)
        await bot.preload(ANSWERED)
        async with bot.running():
            yield bot

    def _compare_figures(self, figures: dict[str, object], rounds: int) -> None:
        """Check that what was kept is what was said: speed without that counts for nothing."""
        wanted = {
            key: self._form.field(key).parse(text, today=date(2027, 5, 20)).to_json()
            for key, text in ANSWERS[: ANSWERED + rounds]
        }
        if figures != wanted:
            raise AssertionError(f"kept {figures}, said {wanted}")


def _compare(table: Table, label: str, ours: float, theirs: float, *, at_least: int) -> bool:
    ratio = ours / theirs
    row = (f"{ours:.0f}", f"{theirs:.0f}", f"{ratio:.1f}", f">= {at_least}", _yes(ratio >= at_least))
    table.add_row(label, *row)
    return ratio >= at_least


def _yes(kept: bool) -> str:
    return "yes" if kept else "NO"
