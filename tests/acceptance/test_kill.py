"""A real process, killed in the midst of a conversation again and again: nothing is lost or doubled."""

import asyncio
import json
import os
import random
import re
import signal
import socket
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from tests.acceptance.conftest import ANSWERS
from tests.emulators.serve import served
from tests.emulators.telegram_api import TOKEN, TelegramEmulator

ROOT = Path(__file__).parents[2]
CHAT = 4242
PATIENCE_SECONDS = 60
"""How long a story waits for one thing; a loaded machine may need ten seconds to start a process."""

KILLS = ("handed over", "acknowledged", "sending", "sent", "a moment later")


class Bot:
    """`isobot run` as a process of its own."""

    def __init__(self, folder: Path, api_base: str, **settings: str) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ISOBOT_")},
            "PYTHONPATH": str(ROOT),
            "ISOBOT_DATA_DIR": str(folder / "data"),
            "ISOBOT_TELEGRAM_TOKEN": TOKEN,
            "ISOBOT_TELEGRAM_API_BASE": api_base,
            "ISOBOT_PORT": "0",
            "ISOBOT_WEB_CHAT": "false",
            **settings,
        }
        self.process: asyncio.subprocess.Process | None = None
        self.kills = 0

    async def start(self) -> None:
        with (self.folder / "log.txt").open("ab") as log:
            self.process = await self._run("run", stdout=log, stderr=log)

    async def kill(self) -> None:
        """Kill without warning, as a power cut does."""
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            self.kills += 1
            process.send_signal(signal.SIGKILL)
            await process.wait()

    @property
    def ended(self) -> bool:
        """Tell whether the process stopped by itself, which it never should."""
        return self.process is not None and self.process.returncode is not None

    async def invite(self, unit: str) -> str:
        process = await self._run("invite", "--unit", unit, "--no-qr", stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        found = re.search(rb"[A-Z0-9]{4}-[A-Z0-9]{4}", output)
        assert found is not None, output.decode()
        return found[0].decode()

    async def _run(self, *arguments: str, **streams: Any) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "isobot.cli", *arguments, cwd=self.folder, env=self.environment, **streams
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.folder / 'data' / 'isobot.db'}?mode=ro", uri=True) as connection:
            return connection.execute(query).fetchall()

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")[-3000:]


class DeadlyTelegram(TelegramEmulator):
    """Telegram, which kills the bot at the point that the test has set, and starts it again."""

    def __init__(self) -> None:
        super().__init__()
        self.bot: Bot | None = None
        self.point = ""
        self._striking = asyncio.Lock()
        self.on_acknowledge = self._acknowledged

    async def strike(self, point: str) -> None:
        if self.point == point and self.bot is not None:
            self.point = ""
            # The story may have gone on to its next point while the last one's process still starts.
            async with self._striking:
                await self.bot.kill()
                await self.bot.start()

    async def _acknowledged(self, _updates: list[int]) -> None:
        await self.strike("acknowledged")

    async def _send(self, parameters: dict[str, Any]) -> Response:
        await self.strike("sending")
        answer = await super()._send(parameters)
        await self.strike("sent")
        return answer


async def _until(condition: Any, bot: Bot, what: str) -> Any:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := condition()):
                assert not bot.ended, f"the process ended; its log ends:\n{bot.log()}"
                await asyncio.sleep(0.01)
            return found
    except TimeoutError:
        raise AssertionError(f"waited in vain for {what}; the log ends:\n{bot.log()}") from None


@asynccontextmanager
async def _running(bot: Bot) -> AsyncIterator[Bot]:
    await bot.start()
    try:
        yield bot
    finally:
        await bot.kill()


def _button(telegram: TelegramEmulator, words: str) -> str | None:
    for sent in reversed(telegram.sent_to(CHAT)):
        for row in sent.buttons:
            for button in row:
                if words in button["text"]:
                    return button["callback_data"]
    return None


@pytest.mark.slow
@pytest.mark.alone
async def test_nothing_is_lost_or_doubled_however_often_the_process_is_killed(tmp_path):
    telegram = DeadlyTelegram()
    async with served(telegram.app) as base, _running(Bot(tmp_path, base)) as bot:
        telegram.bot = bot
        await _until(lambda: telegram.called("getUpdates"), bot, "the first poll")
        code = await bot.invite("th.pu-luong")
        points = iter(KILLS * 3)
        said = 0

        async def says(text: str) -> None:
            nonlocal said
            said += 1
            before = len(telegram.sent_to(CHAT))
            telegram.point = next(points, "")
            await telegram.says(CHAT, text)
            if telegram.point == "handed over":
                await telegram.strike("handed over")
            if telegram.point == "a moment later":
                await asyncio.sleep(random.Random(said).uniform(0.0, 0.08))
                await telegram.strike("a moment later")
            await _until(lambda: len(telegram.sent_to(CHAT)) > before, bot, f"an answer to {text!r}")

        await says(code)
        await says("/baocao")
        await _until(lambda: _button(telegram, "Nhập tháng"), bot, "a period to report on")
        said += 1
        await telegram.press_data(CHAT, _button(telegram, "Nhập tháng") or "")
        for answer in ANSWERS.values():
            await says(answer)
        await says("gửi báo cáo")
        await _until(
            lambda: any(s.text.startswith("Đã nhận số liệu") for s in telegram.sent), bot, "the receipt"
        )
        await _until(
            lambda: not bot.rows("SELECT 1 FROM outbox WHERE status = 'queued'"), bot, "an empty outbox"
        )

        assert bot.kills >= 12
        _check_inbox(bot, said)
        _check_report(bot)
        _check_deliveries(bot, telegram)


def _check_inbox(bot: Bot, said: int) -> None:
    events = bot.rows("SELECT event_id, done_at, failure FROM inbox")
    assert len(events) == said
    assert all(done is not None and failure is None for _, done, failure in events)


def _check_report(bot: Bot) -> None:
    ((draft, version, history),) = bot.rows("SELECT draft, version, events FROM reports")
    figures = {key: next(iter(value.items())) for key, value in json.loads(draft).items()}
    assert figures == {
        "status": ("given", "dang-xay-dung"),
        "tthc_total": ("given", 120),
        "tthc_in": ("given", 120),
        "proc_changes": ("given", 6),
        "legal_changes": ("none_arising", True),
        "ia_count": ("given", 0),
        "mr_count": ("none_arising", True),
        "nc_found": ("given", 0),
        "complaints": ("none_arising", True),
        "train_people": ("given", 25),
        "fund_spent": ("none_arising", True),
        "difficulties": ("none_arising", True),
    }
    assert version == 1
    assert bot.rows("SELECT count(*) FROM report_versions") == [(1,)]
    written = bot.rows("SELECT kind, field FROM report_events ORDER BY number")
    assert written == [*(("figure", key) for key in ANSWERS), ("submit", "")]
    assert history == len(written)


def _check_deliveries(bot: Bot, telegram: TelegramEmulator) -> None:
    rows = bot.rows("SELECT status, body FROM outbox ORDER BY id")
    assert {status for status, _ in rows} == {"sent"}
    queued = [json.loads(body)["text"] for _, body in rows]
    arrived = [sent.text for sent in telegram.sent_to(CHAT)]
    # A message may come twice in a row, where the kill fell between its sending and its mark.
    once = [arrived[0], *(later for earlier, later in pairwise(arrived) if later != earlier)]
    assert once == queued
    assert len(arrived) - len(queued) <= bot.kills
    receipts = {word for text in arrived for word in re.findall(r"TH-\d{4}-\w+-\w", text)}
    assert len(receipts) == 1
    assert Counter(queued).most_common(1)[0][1] == 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.slow
@pytest.mark.alone
async def test_parallel_and_repeated_webhooks_of_one_chat_are_handled_once_and_in_order(tmp_path):
    telegram = TelegramEmulator()
    port = _free_port()
    settings = {
        "ISOBOT_PORT": str(port),
        "ISOBOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ISOBOT_WEBHOOK_SECRET": "a-secret-of-the-tests",
    }
    async with (
        served(telegram.app) as base,
        _running(Bot(tmp_path, base, **settings)) as bot,
        httpx.AsyncClient(timeout=30) as client,
    ):
        await _until(lambda: telegram.webhook, bot, "the webhook to be set")

        async def post(update: dict[str, Any], secret: str = telegram.secret) -> int:
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            return (await client.post(telegram.webhook, json=update, headers=headers)).status_code

        def written(text: str) -> dict[str, Any]:
            return telegram.update(message=telegram.message(CHAT, text=text))

        for text in (await bot.invite("th.pu-luong"), "/baocao"):
            assert await post(written(text)) == 200
        opening = await _until(lambda: _button(telegram, "Nhập tháng"), bot, "a period to report on")
        await telegram.press_data(CHAT, opening)
        await _until(lambda: "1/12" in telegram.sent_to(CHAT)[-1].text, bot, "the first question")

        answers = [written(text) for text in ANSWERS.values()]
        shuffled = random.Random(7).sample(answers * 2, len(answers) * 2)
        statuses = await asyncio.gather(*(post(update) for update in shuffled))

        await _until(lambda: telegram.sent_to(CHAT)[-1].text.startswith("Tóm tắt"), bot, "the summary")
        assert set(statuses) == {200}
        assert await post(written("/toi"), secret="a-wrong-secret") in (401, 403)
        assert bot.rows("SELECT kind, field FROM report_events ORDER BY number") == [
            ("figure", key) for key in ANSWERS
        ]
        before = len(telegram.sent)
        assert {await post(update) for update in answers} == {200}
        await asyncio.sleep(0.5)
        assert len(telegram.sent) == before
        _check_inbox(bot, said=3 + len(answers))
