"""`isobot chat`: one person at a terminal, over the same engine and database."""

import asyncio
import contextlib
from pathlib import Path

from handlers.router import DialogueRouter
from isobot.attachments import FileMaker
from isobot.channels.terminal import TerminalChannel
from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.engine import Engine
from isobot.chat.fetcher import Fetcher
from isobot.chat.sender import Sender
from isobot.core import Core
from scheduler.dispatch import LastLook


async def chat_in_terminal(core: Core, *, name: str, folder: Path) -> None:
    """Talk until the input ends."""
    inbox_bell, outbox_bell = Bell(), Bell()
    door = Door(core.database, core.clock, inbox_bell)
    channel = TerminalChannel(door, core.clock, user=name, folder=folder)
    engine = Engine(
        core.database, DialogueRouter(core.services), core.clock, bell=inbox_bell, outbox_bell=outbox_bell
    )
    files = FileMaker(core.database, core.services, core.clock)
    sender = Sender(
        core.database,
        [channel],
        files.make,
        core.clock,
        bell=outbox_bell,
        last_look=LastLook(core.database, core.timetable, lambda: core.services.directory, core.clock),
    )
    fetcher = Fetcher(core.database, [channel], core.clock, told=outbox_bell.ring)
    tasks = [asyncio.ensure_future(work.run()) for work in (engine, sender, fetcher)]
    try:
        await channel.run()
        while await engine.step():
            pass
        await asyncio.sleep(0.1)
        while await fetcher.step():
            pass
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
        await sender.drain()
