"""What nobody was told of, as the ledger has it, and one alarm of it; on both databases."""

import asyncio
from datetime import date, datetime, timedelta

from sqlalchemy import update

from isobot.alarms import Alarms
from isobot.clock import VIETNAM
from isobot.domain.deadlines import StepKey
from isobot.domain.messages import Reply
from isobot.outages import LAST_AT_WORK
from isobot.storage import delivery, dispatch, outbox, records
from isobot.storage.delivery import Untold
from isobot.storage.dispatch import Claim
from isobot.storage.outbox import Priority
from isobot.storage.tables import dispatches

MONDAY, TUESDAY, WEDNESDAY = date(2027, 5, 31), date(2027, 6, 1), date(2027, 6, 2)


def nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=VIETNAM)


async def claim(database, day: date, at: datetime, *persons: int, status: str = "queued") -> None:
    claims = [
        Claim(StepKey("th-xa", "2027-05", "th.pu-luong", p, f"{day}"), day, status, "") for p in persons
    ]
    async with database.write() as connection:
        await dispatch.claim_many(connection, claims, at=at)


async def test_steps_that_were_not_told_on_their_day_are_counted_by_day(database):
    last, now = nine(MONDAY), nine(WEDNESDAY)
    earlier = last - timedelta(minutes=30)
    await claim(database, MONDAY, earlier, 1, status="sent")
    await claim(database, MONDAY, earlier, 2)
    async with database.write() as connection:
        left = update(dispatches).where(dispatches.c.status == "sent").values(told_at=earlier)
        await connection.execute(left)
    await claim(database, TUESDAY, now, 1, status="merged")
    await claim(database, TUESDAY, now, 2, status="cancelled")
    await claim(database, TUESDAY, now, 3, status="dead")
    await claim(database, WEDNESDAY, now, 1, 2)

    async with database.read() as connection:
        begun = delivery.day_of(now)[0]
        found = await delivery.untold(connection, since=last, today=WEDNESDAY, begun=begun)

    # Of Monday's one has not left yet; of Tuesday's one concerns somebody whom no chat reaches.
    assert found == [Untold(MONDAY, 1, 0), Untold(TUESDAY, 2, 1)]


async def test_two_processes_that_tick_at_once_tell_one_alarm(database, services, clock):
    await claim(database, TUESDAY, nine(WEDNESDAY), 1, status="merged")
    async with database.write() as connection:
        await records.set_meta(connection, LAST_AT_WORK, nine(MONDAY).isoformat())
    clock.move_to(WEDNESDAY)

    async def look() -> list[str]:
        alarms = Alarms(
            database,
            clock,
            services.calendar,
            bots=["telegram"],
            limits={},
            users={},
            falling_today=nothing,
            queued=lambda: None,
        )
        async with database.write() as connection:
            return [alarm.text for alarm in await alarms.look_back(connection)]

    first, second = await asyncio.gather(look(), look())

    (text,) = [*first, *second]
    assert "Lỡ 1 lần nhắc, của ngày 01/06/2027." in text


async def nothing() -> int:
    return 0


async def test_messages_are_counted_in_the_month_in_which_they_left(database):
    midnight = datetime(2027, 6, 1, tzinfo=VIETNAM)
    for at in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(days=20)):
        async with database.write() as connection:
            row = outbox.row_of("zalo", "1", Reply("tin"), prompt=0, priority=Priority.ANSWER, at=at)
            number = await outbox.add_one(connection, {**row, "status": "sent", "sent_at": at})
            assert number

    async with database.read() as connection:
        counts = [
            await delivery.sent_in_month(connection, "zalo", month=midnight + timedelta(days=days))
            for days in (-1, 0, 25, 31)
        ]
    assert counts == [1, 2, 2, 0]
