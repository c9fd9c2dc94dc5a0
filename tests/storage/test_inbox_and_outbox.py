"""The inbox keeps each event once and in order; the outbox gives messages out in order."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from isobot.domain.messages import Choice, Incoming, IncomingKind, Reply
from isobot.storage import conversations, inbox, outbox
from isobot.storage.database import Database
from isobot.storage.inbox import GAP_PATIENCE
from isobot.storage.outbox import Priority


def event(number: int, *, chat: str = "1", order: int | None = None, bot: str = "telegram") -> Incoming:
    return Incoming(
        bot,
        chat,
        chat,
        str(number),
        number if order is None else order,
        IncomingKind.TEXT,
        text=f"tin {number} ạ",
    )


async def first(database, now) -> list[Incoming]:
    async with database.read() as connection:
        places = await inbox.first_in_line(connection, now=now, most=100)
        waiting = await inbox.first_events(connection, [p.chat_key for p in places], now=now)
    assert {w.id for w in waiting} == {p.id for p in places}
    return [w.incoming for w in waiting]


async def done(database, now) -> None:
    async with database.write() as connection:
        places = await inbox.first_in_line(connection, now=now, most=100)
        await inbox.mark_done(connection, [place.id for place in places], at=now)


async def store(database, events, now, **how) -> set[tuple[str, str]]:
    async with database.write() as connection:
        return await inbox.store(connection, events, at=now, **how)


async def test_event_comes_back_as_it_was_stored(database, clock):
    given = replace(event(1), kind=IncomingKind.CHOICE, choice="v:1", prompt=7, sender_name="Lê Thị Ánh 📌")

    await store(database, [given], clock.now())

    assert await first(database, clock.now()) == [given]


async def test_event_seen_before_is_dropped_even_within_one_delivery(database, clock):
    assert await store(database, [event(1), event(1)], clock.now()) == {("telegram", "1")}
    assert await store(database, [event(1), event(2)], clock.now()) == {("telegram", "2")}
    assert await store(database, [event(1, bot="zalo")], clock.now()) == {("zalo", "1")}


async def test_event_done_long_ago_stays_dropped(database, clock):
    await store(database, [event(1)], clock.now())
    await done(database, clock.now())

    assert await store(database, [event(1)], clock.now() + timedelta(days=3)) == set()
    assert await first(database, clock.now() + timedelta(days=3)) == []


async def test_chat_is_taken_in_the_platforms_order_whatever_came_first(database, clock):
    await store(database, [event(3), event(1), event(2)], clock.now())

    seen = []
    while waiting := await first(database, clock.now()):
        seen += [each.event_id for each in waiting]
        await done(database, clock.now())
    assert seen == ["1", "2", "3"]


async def test_event_whose_forerunner_is_missing_waits_a_moment_for_it(database, clock):
    await store(database, [event(1)], clock.now())
    await done(database, clock.now())

    await store(database, [event(3)], clock.now(), out_of_turn={"telegram"})
    assert await first(database, clock.now()) == []
    await store(database, [event(2)], clock.now(), out_of_turn={"telegram"})

    assert [e.event_id for e in await first(database, clock.now())] == ["2"]
    await done(database, clock.now())
    assert [e.event_id for e in await first(database, clock.now())] == ["3"], "it need not wait any longer"


async def test_very_first_event_of_a_bot_waits_for_none(database, clock):
    await store(database, [event(5)], clock.now(), out_of_turn={"telegram"})

    assert [e.event_id for e in await first(database, clock.now())] == ["5"]


async def test_forerunner_that_never_comes_is_not_waited_for_longer(database, clock):
    await store(database, [event(1)], clock.now())
    await done(database, clock.now())
    await store(database, [event(5)], clock.now(), out_of_turn={"telegram"})

    async with database.read() as connection:
        due = await inbox.next_moment(connection, after=clock.now())

    assert due == clock.now() + GAP_PATIENCE
    assert [e.event_id for e in await first(database, due)] == ["5"]


async def test_without_numbering_nothing_is_held(database, clock):
    await store(database, [event(5)], clock.now())

    assert [e.event_id for e in await first(database, clock.now())] == ["5"]


async def test_parallel_deliveries_store_each_event_once(database, clock):
    events = [event(number) for number in range(30)]

    fresh = await asyncio.gather(
        *(store(database, events[start:], clock.now()) for start in (0, 5, 10, 0, 20))
    )

    assert sum(len(each) for each in fresh) == 30


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_chat_is_held_by_whoever_loads_it(database_url, database, clock):
    await store(database, [event(1), event(2, chat="2")], clock.now())
    other = Database(database_url)
    async with database.write() as connection:
        held = await conversations.load(connection, ["telegram:1"])
        async with other.write() as second:
            free = await conversations.load(second, ["telegram:1", "telegram:2"])
    await other.close()

    assert list(held) == ["telegram:1"]
    assert list(free) == ["telegram:2"]


def message(text: str, clock, *, chat: str = "1", priority=Priority.ANSWER) -> dict:
    reply = Reply(text, (Choice("a", "Đồng ý", lasting=True), Choice("b", "Để sau", by_word=True)))
    return outbox.row_of("telegram", chat, reply, prompt=3, priority=priority, at=clock.now())


async def queued(database, clock, **how) -> list[str]:
    async with database.read() as connection:
        found = await outbox.due_of_each(connection, {"telegram": 100}, now=clock.now(), **how)
    return [each.reply.text for each in found]


async def add(database, *rows) -> list[int]:
    async with database.write() as connection:
        return [await outbox.add_one(connection, row) for row in rows]


async def test_message_comes_back_as_it_was_queued(database, clock):
    await add(database, message("Đã nhận", clock))

    async with database.read() as connection:
        (found,) = await outbox.due_of_each(connection, {"telegram": 9}, now=clock.now())

    assert found.reply.choices == (
        Choice("a", "Đồng ý", lasting=True),
        Choice("b", "Để sau", by_word=True),
    )
    assert (found.chat, found.prompt, found.attempts) == ("1", 3, 0)


async def test_each_of_several_bots_gets_its_share_and_some_get_answers_only(database, clock):
    def of(bot, text, chat, priority=Priority.ANSWER):
        return outbox.row_of(bot, chat, Reply(text), prompt=0, priority=priority, at=clock.now())

    rows = [of("a", f"a{n}", str(n)) for n in range(5)]
    rows += [of("b", "b0", "1"), of("b", "b1", "2"), of("b", "b2", "3")]
    rows += [of(bot, f"nhắc {bot}", "9", Priority.CAMPAIGN) for bot in "abc"]
    numbers = await add(database, *rows)

    async with database.read() as connection:
        found = await outbox.due_of_each(
            connection,
            {"a": 3, "b": 3, "c": 1},
            now=clock.now(),
            apart_from={"a": ["a:1"], "b": ["b:1"]},
            not_these={"b": [numbers[6]]},
            answers_only={"a", "b"},
        )

    assert [each.reply.text for each in found] == ["a0", "a2", "a3", "b2", "nhắc c"]


async def test_messages_go_out_in_order_answers_before_campaigns(database, clock):
    await add(
        database,
        message("nhắc", clock, priority=Priority.CAMPAIGN),
        message("một", clock),
        message("hai", clock, chat="2"),
        message("ba", clock),
    )

    assert await queued(database, clock) == ["một", "hai", "ba", "nhắc"]
    assert await queued(database, clock, apart_from={"telegram": ["telegram:1"]}) == ["hai"]


async def test_message_that_waits_holds_back_the_later_ones_of_its_chat_only(database, clock):
    first_one, *_ = await add(
        database, message("một", clock), message("hai", clock), message("ba", clock, chat="2")
    )
    until = clock.now() + timedelta(seconds=30)
    async with database.write() as connection:
        await outbox.mark_waiting(connection, first_one, attempts=1, until=until, why="busy")

    assert await queued(database, clock) == ["ba"]
    clock.pass_by(timedelta(seconds=30))
    assert await queued(database, clock) == ["một", "hai", "ba"]


async def test_sent_and_dead_messages_are_not_given_out_again(database, clock):
    sent, dead = await add(database, message("một", clock), message("hai", clock))
    async with database.write() as connection:
        await outbox.mark_sent(connection, [(sent, "99")], at=clock.now())
        await outbox.mark_dead(connection, dead, attempts=8, why="refused")

    assert await queued(database, clock) == []
    async with database.read() as connection:
        assert await outbox.counts(connection) == {"sent": 1, "dead": 1}


async def test_messages_of_other_bots_are_left_to_their_sender(database, clock):
    await add(database, {**message("một", clock), "bot": "zalo"})

    assert await queued(database, clock) == []
