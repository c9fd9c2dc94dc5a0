"""What every command that works on the database does around its work."""

import asyncio
from collections.abc import Awaitable, Callable

from isobot.core import Core, opened
from isobot.starting import settings_with_logs


def with_core(work: Callable[[Core], Awaitable[None]]) -> None:
    """Do the work on an open core, with settings and logs ready."""

    async def go() -> None:
        async with opened(settings_with_logs()) as core:
            await work(core)

    asyncio.run(go())
