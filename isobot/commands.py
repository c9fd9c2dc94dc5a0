"""What every command that works on the database does around its work."""

import asyncio
from collections.abc import Awaitable, Callable

from isobot import logs
from isobot.app import secrets_of
from isobot.core import Core, opened
from isobot.settings import Settings, read_settings


def settings_with_logs() -> Settings:
    """Read the settings, and set up the logs with every secret masked."""
    settings = read_settings()
    logs.configure(level=settings.log_level, as_json=settings.log_json, secrets=secrets_of(settings))
    return settings


def with_core(work: Callable[[Core], Awaitable[None]]) -> None:
    """Do the work on an open core, with settings and logs ready."""

    async def go() -> None:
        async with opened(settings_with_logs()) as core:
            await work(core)

    asyncio.run(go())
