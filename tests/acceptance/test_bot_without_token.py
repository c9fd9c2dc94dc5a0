"""A bot whose token's variable is not set stays out: the others work, people's reminders find another way."""

import asyncio
import socket
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from isobot import doctor
from isobot.alarms import Alarms
from isobot.app import Application
from isobot.bots import without_token
from isobot.campaign_cost import print_cost_of_day
from isobot.core import opened, prepare
from isobot.domain.messages import Reply
from isobot.domain.people import Role
from isobot.run_cli import announce
from isobot.settings import read_settings
from isobot.storage import bots, delivery, outbox, people
from isobot.storage.leases import Leases
from isobot.storage.outbox import Priority
from isobot.storage.tables import outbox as outbox_table
from tests.emulators.serve import served
from tests.emulators.telegram_api import TOKEN, TelegramEmulator

SILENT = "telegram-ho-chi-minh-phia-nam"
"""As long as the name of a bot may be."""


@pytest.fixture
async def settings(tmp_path, monkeypatch, quick_start):
    """An installation of two bots; nobody has set the variable of the second one's token."""
    monkeypatch.chdir(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"DATA_DIR": str(tmp_path / "var"), "TELEGRAM_TOKEN": TOKEN, "PORT": str(port)}
    for name, value in given.items():
        monkeypatch.setenv(f"ISOBOT_{name}", value)
    async with opened(read_settings()) as core, core.database.write() as connection:
        row = {"key": SILENT, "channel": "telegram", "province": "", "token_env": "ISOBOT_HCM_TOKEN"}
        await bots.add(connection, **row)
    return read_settings()


async def test_the_others_start_and_everybody_is_told(settings, monkeypatch, capsys):
    telegram = TelegramEmulator()
    async with served(telegram.app) as base:
        monkeypatch.setenv("ISOBOT_TELEGRAM_API_BASE", base)
        core = await prepare(read_settings())
        application = Application(core)
        ready = asyncio.Event()
        with capture_logs() as logs:
            running = asyncio.create_task(application.run(ready=ready.set))
            async with asyncio.timeout(30):
                await ready.wait()
                while not telegram.called("getUpdates"):
                    await asyncio.sleep(0.01)
            announce(core.settings, application.switchboard)
            async with httpx.AsyncClient() as visitor:
                page = (await visitor.get(f"http://127.0.0.1:{settings.port}/metrics")).text
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        found = await doctor.examine(core.settings)
        await core.database.close()

    (line,) = [line.strip() for line in capsys.readouterr().out.splitlines() if SILENT in line]
    assert "biến ISOBOT_HCM_TOKEN chưa đặt" in line
    assert f"isobot bots set {SILENT} --off" in line
    (logged,) = [entry for entry in logs if entry["event"] == "bot_without_token"]
    assert (logged["bot"], logged["variable"]) == (SILENT, "ISOBOT_HCM_TOKEN")
    assert "--off" in logged["mend"]
    assert f'isobot_token_missing{{bot="{SILENT}"}} 1.0' in page
    (fault,) = [finding for finding in found if finding.is_fault]
    assert fault.what == f"Bot {SILENT} không chạy: biến ISOBOT_HCM_TOKEN chưa đặt."


async def somebody(connection, clock, *chats: str) -> int:
    """Make a person known, who used the first of the chats last."""
    first, *others = chats
    person = await people.add_person(
        connection, sender_key=first, chat_key=first, name="Phạm Thị Lan", at=clock.now()
    )
    for key in others:
        earlier = clock.now() - timedelta(days=3)
        await people.add_identity(connection, person=person, sender_key=key, chat_key=key, at=earlier)
    return person


async def hold(connection, clock, person: int, role: Role) -> None:
    post = {"unit": "th.pu-luong", "province": "thanh-hoa", "granted_by": "test"}
    await people.add_post(connection, person=person, role=role, at=clock.now(), **post)


async def test_administrators_hear_it_where_they_can(database, clock, content):
    """In a chat of a bot that runs, though they wrote to the silent one last; on both databases."""
    async with database.write() as connection:
        person = await somebody(connection, clock, f"{SILENT}:5", "telegram:5")
        await hold(connection, clock, person, Role.ADMIN)
        await delivery.note_token(connection, SILENT, refused=True, at=clock.now())
    row = bots.BotRow(SILENT, "telegram", token_env="ISOBOT_HCM_TOKEN")
    alarms = Alarms(
        database,
        clock,
        content.calendar,
        bots=["telegram"],
        limits={},
        users={},
        falling_today=None,
        queued=lambda: None,
        tokenless={SILENT: without_token(row)},
    )

    assert [alarm.key for alarm in await alarms.check()] == [f"no-token:{SILENT}"]
    assert await alarms.check() == []

    async with database.read() as connection:
        (told,) = (await connection.execute(select(outbox_table))).all()
    assert told.chat_key == "telegram:5"
    assert "ISOBOT_HCM_TOKEN" in told.body["text"]


async def test_a_campaign_is_reckoned_where_it_will_leave(settings, clock, monkeypatch, capsys):
    monkeypatch.setenv("ISOBOT_ZALO_MONTHLY_MESSAGES", "10")
    async with opened(read_settings()) as core:
        async with core.database.write() as connection:
            persons = [await somebody(connection, clock, f"{SILENT}:{n}", f"zalo:{n}") for n in range(10)]
            for person in persons:
                await hold(connection, clock, person, Role.REPORTER)

        await print_cost_of_day(core, persons[:9], date(2027, 5, 31))
        await print_cost_of_day(core, persons, date(2027, 5, 31))

    enough, short = (line for line in capsys.readouterr().out.splitlines() if line.startswith("Chi phí"))
    assert "kênh zalo: 9 tin" in enough
    assert "KHÔNG ĐỦ" not in enough
    assert "kênh zalo: 10 tin" in short
    assert "KHÔNG ĐỦ (giữ 1 tin cho câu trả lời)" in short


async def waiting(database, clock) -> dict[str, str]:
    """Let reminders wait for two people at the silent bot, one of whom has another chat; return the rest."""
    async with database.write() as connection:
        await somebody(connection, clock, f"{SILENT}:5", "telegram:5")
        await somebody(connection, clock, f"{SILENT}:6", "zalo:6")
        for chat in "56":
            row = outbox.row_of(
                SILENT, chat, Reply("nhắc"), prompt=0, priority=Priority.CAMPAIGN, at=clock.now()
            )
            await outbox.add_one(connection, row)
    return await where(database)


async def where(database) -> dict[str, str]:
    async with database.read() as connection:
        return {row.chat_key: row.status for row in await connection.execute(select(outbox_table))}


async def test_reminders_go_to_another_chat_or_wait(database, clock):
    await waiting(database, clock)

    for moved in (1, 0):
        async with database.write() as connection:
            assert await delivery.leave_silent_bots(connection, bots=["telegram"], at=clock.now()) == moved

    assert await where(database) == {f"{SILENT}:5": "moved", "telegram:5": "queued", f"{SILENT}:6": "queued"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_reminders_stay_with_a_bot_that_another_process_sends_for(database, clock):
    before = await waiting(database, clock)
    taken = asyncio.Event()
    leases = Leases(database.conninfo, [SILENT], taken=taken.set, let_go=None)
    elsewhere = asyncio.create_task(leases.run())
    async with asyncio.timeout(20):
        await taken.wait()

    async with database.write() as connection:
        assert await delivery.leave_silent_bots(connection, bots=["telegram"], at=clock.now()) == 0

    assert await where(database) == before
    elsewhere.cancel()
    await asyncio.gather(elsewhere, return_exceptions=True)
