"""Parts of a process outlive what goes wrong in them, and each other."""

import asyncio
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from isobot.errors import SettingsError, TokenRefused
from isobot.keeping import bot_at_work, kept_up
from isobot.storage import delivery, records
from isobot.storage.database import Database


async def test_a_part_that_fails_begins_again():
    tries = []

    async def part() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("the database was restarted")

    with capture_logs() as logs:
        await kept_up("engine", part, again=0)

    assert len(tries) == 3
    assert [(entry["event"], entry["part"]) for entry in logs] == [("part_failed", "engine")] * 2


async def test_what_only_a_setting_can_mend_is_told():
    async def part() -> None:
        raise SettingsError("set ISOBOT_PORT")

    with pytest.raises(SettingsError, match="ISOBOT_PORT"):
        await kept_up("web", part)


@dataclass
class RefusedBot:
    """A bot whose token the platform does not know for the first tries."""

    refusals: int
    bot: str = "telegram-kg"
    connected: bool = False

    async def work(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise TokenRefused("set ISOBOT_KG_TOKEN")
        self.connected = True
        await asyncio.Event().wait()


async def _until_noted(database: Database, bot: str, *, refused: bool) -> None:
    async with asyncio.timeout(20):
        while True:
            async with database.read() as connection:
                if bool(await records.get_meta(connection, delivery.token_key(bot))) == refused:
                    return
            await asyncio.sleep(0.01)


async def test_a_refused_token_is_noted_and_the_platform_asked_again(sqlite_file, clock):
    database = Database(f"sqlite+aiosqlite:///{sqlite_file}")
    forever = 3600.0
    refused = RefusedBot(refusals=1)
    waiting = asyncio.create_task(bot_at_work(refused, refused.work, database, clock, ask_again=forever))
    await _until_noted(database, refused.bot, refused=True)
    waiting.cancel()

    mended = RefusedBot(refusals=2)
    working = asyncio.create_task(bot_at_work(mended, mended.work, database, clock, ask_again=0))
    await _until_noted(database, mended.bot, refused=False)

    assert mended.connected
    working.cancel()
    await asyncio.gather(waiting, working, return_exceptions=True)
    await database.close()
