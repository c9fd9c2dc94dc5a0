"""Kills, turns and zones at every await: what a process does is cut or held up wherever it gives way."""

import asyncio
import os
import random
import sys
import time
import types
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any

OURS = ("/isobot/", "/scheduler/", "/handlers/", "/knowledge/", "/tests/")
LONGEST_HOLD = 6
"""How many turns of the loop a coroutine is held up at an await."""


class Process:
    """Coroutines that live and die together, like those of one process.

    The tasks that they start are theirs too; those of the database's driver are not, as it closes what
    a killed process leaves open.
    """

    def __init__(self, *, kill_at: int = 0, seed: int | None = None, zone: str = "") -> None:
        """Prepare to be killed at an await, counted from 1; to dawdle by a seed; to live in a time zone."""
        self.awaits = 0
        self.killed = False
        self._kill_at = kill_at
        self._draw = None if seed is None else random.Random(seed)
        self._zone = zone
        self._tasks: set[asyncio.Task[Any]] = set()

    async def run(self, work: Coroutine[Any, Any, Any]) -> bool:
        """Do the work to its end; False when it was killed before."""
        task = self._begin(asyncio.get_running_loop(), work)
        await asyncio.wait([task])
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if not self.killed:
            task.result()
        return not self.killed

    def _begin(self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.Task(self._live(work), loop=loop)
        task.add_done_callback(lambda _: work.close())  # killed before it began, it was never awaited
        self._tasks.add(task)
        return task

    async def _live(self, work: Coroutine[Any, Any, Any]) -> Any:
        return await self._steps(work)

    @types.coroutine
    def _steps(self, work: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Hand on what the work waits for, and come in between at each await."""
        answer: Any = None
        error: BaseException | None = None
        while True:
            with _Place(self, self._zone):
                try:
                    waits = work.send(answer) if error is None else work.throw(error)
                except StopIteration as done:
                    return done.value
            self._give_way()
            try:
                answer, error = (yield waits), None
                for _ in range(self._draw.randrange(LONGEST_HOLD) if self._draw else 0):
                    yield None
            except BaseException as raised:
                error = raised

    def _give_way(self) -> None:
        self.awaits += 1
        if self.awaits == self._kill_at:
            self.killed = True
            for task in self._tasks:
                task.cancel()


class _Place:
    """Where a step of a process is done: tasks begun meanwhile are its own, and its zone is the system's."""

    def __init__(self, process: Process, zone: str) -> None:
        self._process, self._zone = process, zone

    def __enter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._factory = self._loop.get_task_factory()
        self._loop.set_task_factory(self._task)
        if self._zone:
            self._before = os.environ.get("TZ")
            _set_zone(self._zone)

    def __exit__(self, *_: object) -> None:
        self._loop.set_task_factory(self._factory)
        if self._zone:
            _set_zone(self._before)

    def _task(self, loop: asyncio.AbstractEventLoop, work: Any, **others: Any) -> asyncio.Task[Any]:
        code = getattr(work, "cr_code", None)
        file = Path(code.co_filename).as_posix() if code is not None else ""
        if "site-packages" not in file and any(room in file for room in OURS):
            return self._process._begin(loop, work)
        return asyncio.Task(work, loop=loop, **others)


def _set_zone(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    if sys.platform != "win32":
        time.tzset()
