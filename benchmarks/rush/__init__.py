"""The rush of a 14 December: every officer of a province is reminded while others ask questions.

One process of isobot with its real parts (dispatcher, ledger, outbox, sender, python-telegram-bot) on a
SQLite file; the Bot API is a process of its own that refuses what is beyond its limit in any second. All
times are those of that server. The best possible time is what the limit allows for everything that was
sent meanwhile, answers counted.
"""

import asyncio
import random
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.rush.installation import Installation
from benchmarks.rush.outcome import ANSWER_SECONDS, FIRST_OFFICER, SLACK, Answer, Outcome, Size, outcome_of
from benchmarks.rush.server import Platform, platform

QUESTIONS = (
    "xã báo cáo tháng nào",
    "nộp báo cáo cho ai",
    "trợ giúp",
    "một năm đánh giá nội bộ mấy lần",
    "kinh phí lấy từ đâu",
    "báo cáo năm nộp trước ngày nào",
)

FULL = Size(bots=1, people=20_000, a_second=30, officers=12, thinking_seconds=6.0)
SMALL = Size(bots=1, people=600, a_second=30, officers=6, thinking_seconds=3.0)
COUNTRY = Size(bots=34, people=150, a_second=1, officers=1, thinking_seconds=30.0)
"""A bot for each province. One message a second each, since 34 times 30 is more than two cores send."""
SMALL_COUNTRY = Size(bots=34, people=15, a_second=1, officers=1, thinking_seconds=20.0)


async def rush(size: Size) -> Outcome:
    """Run one rush to its end."""
    with tempfile.TemporaryDirectory() as folder:
        async with platform(size) as server:
            installation = Installation(size, Path(folder) / "rush.db", server)
            await installation.preload()
            answers: list[Answer] = []
            async with installation.running():
                officers = [
                    asyncio.create_task(_officer(server, bot, number, size, answers))
                    for bot in range(size.bots)
                    for number in range(size.officers)
                ]
                await _until_all_is_sent(installation, size)
                for officer in officers:
                    officer.cancel()
                await asyncio.gather(*officers, return_exceptions=True)
                ledger_rows = await installation.ledger_rows()
            seen = [await server.seen(bot) for bot in range(size.bots)]
            return outcome_of(size, seen, answers, ledger_rows)


async def _officer(server: Platform, bot: int, number: int, size: Size, answers: list[Answer]) -> None:
    """Ask, read, think, ask again."""
    chance = random.Random(bot * 1000 + number)
    while True:
        await asyncio.sleep(chance.expovariate(1 / size.thinking_seconds))
        question = chance.choice(QUESTIONS)
        answers.append(await server.ask(bot, FIRST_OFFICER + number, question))


async def _until_all_is_sent(installation: Installation, size: Size) -> None:
    everybody = size.bots * size.people
    async with asyncio.timeout(60 + 2 * size.people / size.a_second):
        while await installation.reminders_sent() < everybody:
            await asyncio.sleep(0.5)


async def run(console: Console, size: Size = FULL) -> bool:
    """Measure one rush, print it, and tell whether every promise held."""
    console.print(
        f"{size.bots} x {size.people} reminders at {size.a_second} messages a second, "
        f"{size.bots * size.officers} officers asking meanwhile ..."
    )
    outcome = await rush(size)
    quick = f"< {ANSWER_SECONDS * 1000:.0f} ms"
    table = Table("rush", "measured", "promised")
    for name, measured, promised in (
        ("seconds", f"{outcome.seconds:.1f}", ""),
        ("best possible seconds", f"{outcome.best_seconds:.1f}", ""),
        ("longer by", f"{(outcome.ratio - 1) * 100:+.2f} %", f"<= {(SLACK - 1) * 100:.0f} %"),
        ("reminders, answers", f"{outcome.reminders}, {outcome.answers}", ""),
        ("ledger rows sent", f"{outcome.ledger_rows}", f"{size.bots * size.people}"),
        ("refused with 429", f"{outcome.flooded}", "0"),
        ("lost, twice", f"{outcome.lost}, {outcome.twice}", "0, 0"),
        ("answers: median", f"{outcome.median * 1000:.0f} ms", "" if size.is_slow else quick),
        (
            "answers: median beyond what the limit forces",
            f"{outcome.own_median * 1000:.0f} ms",
            quick if size.is_slow else "",
        ),
        ("answers: 99 in 100 within", f"{outcome.at(0.99) * 1000:.0f} ms", ""),
    ):
        table.add_row(name, measured, promised)
    console.print(table)
    return outcome.keeps_its_promises()
