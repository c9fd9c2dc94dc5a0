"""Tells those concerned what became of a report: one message a person, in the chat used last."""

from collections.abc import Collection, Iterable

from isobot.clock import vietnam_day
from isobot.domain.chat_keys import bot_and_chat
from isobot.domain.messages import Reply
from isobot.domain.people import Role
from isobot.storage import people, unit_ways
from isobot.storage.outbox import Priority
from isobot.storage.people import Holder
from isobot.storage.store import Store

OFFICERS = (Role.REPORTER, Role.DEPUTY)


async def tell_unit(
    store: Store,
    unit: str,
    reply: Reply,
    *,
    roles: Collection[Role] = OFFICERS,
    apart_from: int | None = None,
    priority: Priority = Priority.ANSWER,
) -> int:
    """Tell whoever holds one of the roles in a unit, or stands in for them; return how many were told."""
    held = await people.holders(store.connection, units=[unit])
    wanted = {h.person for h in held if h.post.role in roles}
    today = vietnam_day(store.now)
    for lent in await unit_ways.delegations_of(store.connection, [unit], on=today):
        if lent.giver in wanted and lent.since <= today:
            wanted.add(lent.taker)
    return _tell(store, held, wanted - {apart_from}, reply, priority)


async def tell_receivers(
    store: Store,
    province: str,
    reply: Reply,
    *,
    only: Collection[int] = (),
    apart_from: int | None = None,
) -> int:
    """Tell the receiving office of a province; with `only`, just those of its people if they still serve."""
    held = await people.receivers(store.connection, province)
    wanted = {h.person for h in held} - {apart_from}
    chosen = wanted & set(only) or wanted
    return _tell(store, held, chosen, reply, Priority.ANSWER)


async def tell_person(store: Store, unit: str, person: int, reply: Reply) -> int:
    """Tell one person who holds a post in a unit; return 0 where no chat of theirs takes messages."""
    held = await people.holders(store.connection, units=[unit])
    return _tell(store, held, {person}, reply, Priority.ANSWER)


def _tell(
    store: Store, held: Iterable[Holder], wanted: Collection[int | None], reply: Reply, priority: Priority
) -> int:
    chats = {h.person: h.chats[0] for h in held if h.person in wanted and h.chats}
    for key in chats.values():
        bot, chat = bot_and_chat(key)
        store.send(bot, chat, reply, priority=priority)
    return len(chats)
