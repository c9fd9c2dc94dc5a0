"""Looks at reminders once more before they leave: what is settled meanwhile is not told."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from isobot.clock import Clock, vietnam_day
from isobot.domain.messages import Reply
from isobot.domain.units import UnitDirectory
from isobot.storage import dispatch
from isobot.storage.database import Database
from isobot.storage.dispatch import Connection
from isobot.storage.outbox import Outgoing
from scheduler import rounds, wording
from scheduler.loading import situation_of
from scheduler.plan import DueStep, UnitIndex
from scheduler.rounds import Queued, Timetable


@dataclass(frozen=True, slots=True)
class Look:
    """What a last look found: what each message says now, of which steps, and what is to be written down."""

    said: dict[int, Reply | None]
    ends: list[tuple[int, str, str]]
    dropped: list[int]
    later: dict[datetime, list[int]]
    changed: dict[int, Reply]
    steps: dict[int, tuple[DueStep, ...]]

    @property
    def is_quiet(self) -> bool:
        """Tell whether everything is as it was when the messages were queued."""
        return not (self.ends or self.dropped or self.later or self.changed)


async def examine(
    connection: Connection,
    messages: Sequence[Outgoing],
    *,
    timetable: Timetable,
    directory: UnitDirectory,
    index: UnitIndex,
    now: datetime,
) -> Look:
    """Look at waiting reminders once more: is each still wanted, and what does it say now.

    Messages that no step of the ledger stands behind stay as they are.
    """
    look = Look({message.id: message.reply for message in messages}, [], [], defaultdict(list), {}, {})
    rows = await dispatch.waiting_rows(connection, list(look.said))
    if not rows:
        return look
    today = vietnam_day(now)
    current, situation = await situation_of(connection, rows, timetable, directory, today)
    for message, found in rows.items():
        # An officer who waits for an answer is not to wait for all of these.
        await asyncio.sleep(0)
        queued = [Queued(row.key, row.due_on) for row in found]
        verdict = rounds.look_again(queued, current, index, situation, now=now)
        number = {row.key: row.id for row in found}
        look.ends.extend((number[key], "cancelled", why) for key, why in verdict.cancelled)
        look.ends.extend((number[key], "merged", "") for key in verdict.merged)
        if verdict.wait_until is not None:
            look.said[message] = None
            look.later[verdict.wait_until].append(message)
        elif not verdict.tell:
            look.said[message] = None
            look.dropped.append(message)
        else:
            look.steps[message] = verdict.tell
            reply = wording.reminder(
                verdict.tell, today=today, directory=directory, calendar=current.calendar
            )
            if reply != look.said[message]:
                look.said[message] = look.changed[message] = reply
    return look


async def write_down(connection: Connection, look: Look) -> None:
    """End the steps that are not told any more, let messages wait, and keep their new words."""
    await dispatch.end_steps(connection, look.ends)
    await dispatch.drop_messages(connection, look.dropped)
    for until, messages in look.later.items():
        await dispatch.put_off(connection, messages, until=until)
    await dispatch.reword(connection, {message: reply.as_body() for message, reply in look.changed.items()})


class LastLook:
    """Looks at reminders once more before they leave: what is settled meanwhile is not told.

    The sender asks it about the campaign messages it is about to send.
    """

    def __init__(
        self,
        database: Database,
        timetable: Timetable,
        directory: Callable[[], UnitDirectory],
        clock: Clock,
    ) -> None:
        self._database = database
        self._timetable = timetable
        self._directory = directory
        self._clock = clock
        self._indexed: tuple[UnitDirectory, UnitIndex] | None = None

    async def __call__(self, messages: Sequence[Outgoing]) -> dict[int, Reply | None]:
        """Return what each message says now; None where it is not to leave now, or not at all."""
        directory = self._directory()
        async with self._database.read() as connection:
            look = await examine(
                connection,
                messages,
                timetable=self._timetable,
                directory=directory,
                index=self._index(directory),
                now=self._clock.now(),
            )
        if not look.is_quiet:
            async with self._database.write() as connection:
                await write_down(connection, look)
        return look.said

    def _index(self, directory: UnitDirectory) -> UnitIndex:
        if self._indexed is None or self._indexed[0] is not directory:
            self._indexed = (directory, UnitIndex(directory))
        return self._indexed[1]
