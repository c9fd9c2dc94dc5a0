"""What was said is kept for a while only; that it was handled stays provable."""

from datetime import timedelta

from sqlalchemy import select

from isobot.domain.messages import Incoming, IncomingKind, Reply
from isobot.storage import inbox, outbox, retention
from isobot.storage.outbox import Priority
from isobot.storage.tables import inbox as inbox_table
from isobot.storage.tables import outbox as outbox_table


async def said_and_answered(database, clock, *, chat="1", text="Số liệu của xã"):
    event = Incoming("web", chat, chat, f"e{chat}", 1, IncomingKind.TEXT, text=text)
    async with database.write() as connection:
        await inbox.store(connection, [event], at=clock.now())
        found = await inbox.first_events(connection, [f"web:{chat}"], now=clock.now())
        await inbox.mark_done(connection, [found[0].id], at=clock.now())
        row = outbox.row_of("web", chat, Reply(text), prompt=0, priority=Priority.ANSWER, at=clock.now())
        key = await outbox.add_one(connection, row)
        await outbox.mark_sent(connection, [(key, None)], at=clock.now())


async def bodies(database):
    async with database.read() as connection:
        read = (await connection.execute(select(inbox_table.c.payload))).scalars().all()
        written = (await connection.execute(select(outbox_table.c.body))).scalars().all()
    return str(read) + str(written), len(read) + len(written)


async def test_bodies_expire_and_their_rows_stay(database, clock):
    await said_and_answered(database, clock)

    async with database.write() as connection:
        early = await retention.expire_messages(connection, before=clock.now() - timedelta(days=1))
        late = await retention.expire_messages(connection, before=clock.now() + timedelta(seconds=1))

    text, rows = await bodies(database)
    assert (early, late) == (0, 2)
    assert "Số liệu" not in text
    assert rows == 2


async def test_forgetting_one_chat_leaves_the_others(database, clock):
    await said_and_answered(database, clock, chat="1", text="của chị Lan")
    await said_and_answered(database, clock, chat="2", text="của anh Bình")

    async with database.write() as connection:
        await retention.forget_chats(connection, ["web:1"])

    text, rows = await bodies(database)
    assert "chị Lan" not in text
    assert "anh Bình" in text
    assert rows == 4


async def test_a_resent_event_is_still_known_after_its_body_is_gone(database, clock):
    await said_and_answered(database, clock)
    async with database.write() as connection:
        await retention.expire_messages(connection, before=clock.now() + timedelta(seconds=1))

    async with database.write() as connection:
        event = Incoming("web", "1", "1", "e1", 1, IncomingKind.TEXT, text="Số liệu của xã")
        assert await inbox.store(connection, [event], at=clock.now()) == set()
