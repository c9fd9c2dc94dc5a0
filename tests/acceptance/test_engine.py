"""The engine: one commit a batch, a poisonous event stays alone, and everybody else goes on."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import event as database_event

from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.engine import APOLOGY, TRIES, Engine
from isobot.chat.marks import TRIES as SENDING_TRIES
from isobot.chat.sender import Sender
from isobot.chat.turn import Turn
from isobot.domain.messages import Incoming, IncomingKind
from isobot.errors import ChannelBusy, ChatGone, MessageRefused
from isobot.storage import conversations, outbox
from isobot.storage.database import Database
from isobot.storage.store import Store
from tests.fakes import FakeChannel


class EchoRouter:
    """Repeats what was said; the word "độc" is a poison, after it has written something."""

    def __init__(self) -> None:
        self.routed: list[str] = []
        self.poison = "độc"

    async def ready(self, store: Store) -> None:
        return

    async def prefetch(self, store: Store, turns: Sequence[Turn]) -> None:
        return

    async def route(self, turn: Turn) -> None:
        self.routed.append(turn.text)
        turn.conversation.memory["last"] = turn.text
        turn.say(f"nghe: {turn.text}")
        if turn.text == self.poison:
            raise RuntimeError("a mistake in a handler")


class House:
    def __init__(self, database: Database, clock) -> None:
        self.database, self.clock = database, clock
        self.router, self.channel = EchoRouter(), FakeChannel("telegram")
        self.bell, self.outbox_bell = Bell(), Bell()
        self.door = Door(database, clock, self.bell)
        self.engine = Engine(database, self.router, clock, bell=self.bell, outbox_bell=self.outbox_bell)
        self.sender = Sender(database, [self.channel], None, clock, bell=self.outbox_bell)
        self.count = 0

    def event(self, chat: str, text: str) -> Incoming:
        self.count += 1
        return Incoming(
            "telegram",
            chat,
            chat,
            str(self.count),
            self.count,
            IncomingKind.TEXT,
            text=text,
            sender_name="Lan",
        )

    async def heard(self, chat: str) -> list[str]:
        await self.sender.drain()
        return [message.reply.text for message in self.channel.sent_to(chat)]

    async def work(self) -> None:
        while await self.engine.step():
            pass


@pytest.fixture
def house(database, clock):
    return House(database, clock)


async def test_each_chat_is_answered_in_its_order(house):
    await house.door.take([house.event(chat, f"{chat}{n}") for n in range(5) for chat in "abc"])

    await house.work()

    for chat in "abc":
        assert await house.heard(chat) == [f"nghe: {chat}{n}" for n in range(5)]


async def test_events_that_wait_together_share_one_commit(house):
    await house.door.take([house.event(str(chat), "chào") for chat in range(40)])
    commits = []
    engine = house.database._engine.sync_engine
    database_event.listen(engine, "commit", lambda _connection: commits.append(1))

    await house.engine.step()

    assert len(house.router.routed) == 40
    assert len(commits) == 2  # the look, which only reads, and the work


async def test_poison_does_not_stop_the_others_in_its_batch(house):
    await house.door.take([house.event("a", "chào"), house.event("b", "độc"), house.event("c", "chào")])

    await house.engine.step()

    assert await house.heard("a") == ["nghe: chào"]
    assert await house.heard("c") == ["nghe: chào"]
    assert await house.heard("b") == []


async def test_poison_is_tried_again_with_pauses_then_apologised_for_and_its_chat_goes_on(house):
    await house.door.take([house.event("b", "độc"), house.event("b", "chào")])

    pauses = []
    for _ in range(TRIES - 1):
        await house.work()
        assert await house.heard("b") == []
        pause = 0
        while not await house.engine.step():
            house.clock.pass_by(timedelta(seconds=1))
            pause += 1
        pauses.append(pause)
    await house.work()

    assert house.router.routed.count("độc") == TRIES
    assert pauses == sorted(pauses)
    assert pauses[0] >= 1
    assert await house.heard("b") == [APOLOGY, "nghe: chào"]


async def test_what_a_failed_event_wrote_is_undone(house):
    await house.door.take([house.event("b", "chào")])
    await house.work()
    await house.door.take([house.event("b", "độc")])

    await house.work()

    async with house.database.read() as connection:
        record = await conversations.find(connection, "telegram:b")
    assert record.memory["last"] == "chào"


async def test_mended_mistake_lets_the_event_through(house):
    await house.door.take([house.event("b", "độc")])
    await house.work()

    house.router.poison = ""
    house.clock.pass_by(timedelta(minutes=1))
    await house.work()

    assert await house.heard("b") == ["nghe: độc"]


async def test_long_queue_behind_a_poison_holds_up_nobody_else(house):
    await house.door.take([house.event("b", "độc")] + [house.event("b", "chào") for _ in range(300)])
    await house.engine.step()
    await house.door.take([house.event("z", "chào")])

    await house.engine.step()

    assert await house.heard("z") == ["nghe: chào"]


async def test_two_engines_share_the_work_and_double_nothing(house):
    twin = House(Database(house.database.url), house.clock)
    twin.router = house.router
    twin.engine = Engine(twin.database, house.router, house.clock, bell=Bell(), outbox_bell=house.outbox_bell)
    await house.door.take([house.event(str(chat), f"{chat}-{n}") for n in range(3) for chat in range(30)])

    async def until_idle(engine: Engine) -> None:
        idle = 0
        while idle < 3:
            idle = 0 if await engine.step() else idle + 1
            await asyncio.sleep(0.01)

    await asyncio.gather(until_idle(house.engine), until_idle(twin.engine))
    await twin.database.close()

    for chat in range(30):
        assert await house.heard(str(chat)) == [f"nghe: {chat}-{n}" for n in range(3)]


async def test_event_that_cannot_be_stored_takes_no_other_with_it(house):
    good, bad = house.event("a", "chào"), house.event("b", "\ud83d")

    results = await asyncio.gather(
        house.door.take([house.event("c", "đầu tiên")]),
        house.door.take([good]),
        house.door.take([bad]),
        return_exceptions=True,
    )
    await house.work()

    assert results[:2] == [1, 1]
    assert isinstance(results[2], Exception)
    assert await house.heard("a") == ["nghe: chào"]


async def test_deliveries_at_once_tell_each_how_many_were_new(house):
    event = house.event("a", "chào")

    counts = await asyncio.gather(*(house.door.take([event], gapless=True) for _ in range(5)))

    assert sorted(counts) == [0, 0, 0, 0, 1]


async def test_busy_channel_is_waited_for_and_the_chat_keeps_its_order(house):
    house.channel.fails_with.append(ChannelBusy("telegram", timedelta(seconds=20)))
    await house.door.take([house.event("a", "một"), house.event("a", "hai")])
    await house.work()

    assert await house.heard("a") == []
    house.clock.pass_by(timedelta(seconds=21))
    assert await house.heard("a") == ["nghe: một", "nghe: hai"]


async def test_refused_message_is_a_dead_letter_and_the_next_one_goes_out(house):
    house.channel.fails_with.append(MessageRefused("too odd"))
    await house.door.take([house.event("a", "một"), house.event("a", "hai")])
    await house.work()

    assert await house.heard("a") == ["nghe: hai"]
    async with house.database.read() as connection:
        assert await outbox.counts(connection) == {"dead": 1, "sent": 1}


async def test_gone_chat_is_given_up(house):
    house.channel.fails_with.append(ChatGone("blocked"))
    await house.door.take([house.event("a", "một")])
    await house.work()

    assert await house.heard("a") == []
    async with house.database.read() as connection:
        assert await outbox.counts(connection) == {"dead": 1}


async def test_message_is_given_up_after_the_last_try(house):
    house.channel.fails_with += [RuntimeError("broken") for _ in range(SENDING_TRIES)]
    await house.door.take([house.event("a", "một")])
    await house.work()

    for _ in range(SENDING_TRIES):
        assert await house.heard("a") == []
        house.clock.pass_by(timedelta(hours=1))

    async with house.database.read() as connection:
        assert await outbox.counts(connection) == {"dead": 1}
