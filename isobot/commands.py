"""What every command that works on the database does around its work."""

import asyncio
import os
import pwd
from collections.abc import Awaitable, Callable

import typer

from isobot.core import Core, opened
from isobot.domain.curation import Editor, operator
from isobot.starting import settings_with_logs


def with_core(work: Callable[[Core], Awaitable[None]]) -> None:
    """Do the work on an open core, with settings and logs ready."""

    async def go() -> None:
        async with opened(settings_with_logs()) as core:
            await work(core)

    asyncio.run(go())


def with_core_or_fail(work: Callable[[Core], Awaitable[bool]]) -> None:
    """Do the work on an open core, with settings and logs ready; exit with code 1 where it returns False."""

    async def go() -> bool:
        async with opened(settings_with_logs()) as core:
            return await work(core)

    if not asyncio.run(go()):
        raise typer.Exit(1)


def this_operator() -> Editor:
    """Return who works at the server's command line."""
    # Not getpass: it believes the environment, and one person would be two.
    return operator(pwd.getpwuid(os.getuid()).pw_name)
