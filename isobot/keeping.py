"""Keeps the parts of a process at work: what fails is begun again, and the others go on meanwhile.

A database that is restarted, or a platform that takes a bot's token back, must end no process: nobody may
be there to start it again.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from isobot.clock import Clock
from isobot.errors import SettingsError, TokenRefused
from isobot.storage import delivery
from isobot.storage.database import Database

log = structlog.get_logger()

AGAIN_SECONDS = 1.0
LONGEST_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A part that worked for so long begins again at once, whatever went before."""
ASK_AGAIN_SECONDS = 300.0
"""Between two tries with a token, or an address for webhooks, that a platform refused."""
CONNECTED_LOOK_SECONDS = 0.5


THREADS_TURN_SECONDS = 0.0005
"""A thread that plans a whole country gives way so often. Python's own 5 ms, at each of the many steps of a
message, would slow down a campaign for as long as the planning takes."""


def take_short_turns() -> None:
    """Let the threads of this process take turns quickly."""
    sys.setswitchinterval(THREADS_TURN_SECONDS)


async def kept_up(name: str, part: Callable[[], Awaitable[None]], *, again: float = AGAIN_SECONDS) -> None:
    """Do a part until it ends by itself or is cancelled, and again whenever it fails.

    Raises:
        SettingsError: only a change of the settings helps.
    """
    loop = asyncio.get_running_loop()
    wait = again
    while True:
        began = loop.time()
        try:
            return await part()
        except SettingsError:
            raise
        except Exception:
            if loop.time() - began >= STEADY_SECONDS:
                wait = again
            log.exception("part_failed", part=name, wait_seconds=wait)
        await asyncio.sleep(wait)
        wait = min(LONGEST_SECONDS, 2 * wait)


class Bot(Protocol):
    """What is asked of a bot here."""

    bot: str
    connected: bool
    """The platform knew the token when it was asked last."""


async def bot_at_work(
    bot: Bot,
    part: Callable[[], Awaitable[None]],
    database: Database,
    clock: Clock,
    *,
    ask_again: float = ASK_AGAIN_SECONDS,
) -> None:
    """Let one bot take what people write, whatever its platform says: the others do not wait for it.

    A refused token is noted, so that the administrators hear of it, until the platform knows it again.
    """
    while True:
        noting = asyncio.create_task(kept_up("token", lambda: _note_connected(bot, database, clock)))
        try:
            return await kept_up(bot.bot, part)
        except SettingsError as error:
            log.error("bot_not_at_work", bot=bot.bot, problem=str(error), again_seconds=ask_again)
            if isinstance(error, TokenRefused):
                await kept_up("token", lambda: _note_token(bot, database, clock, refused=True))
        finally:
            noting.cancel()
        await asyncio.sleep(ask_again)


async def _note_connected(bot: Bot, database: Database, clock: Clock) -> None:
    while not bot.connected:
        await asyncio.sleep(CONNECTED_LOOK_SECONDS)
    await _note_token(bot, database, clock, refused=False)


async def _note_token(bot: Bot, database: Database, clock: Clock, *, refused: bool) -> None:
    async with database.write() as connection:
        await delivery.note_token(connection, bot.bot, refused=refused, at=clock.now())
