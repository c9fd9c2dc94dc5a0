"""Another officer for a unit: a code for the new one, no more reminders to the one before."""

from isobot.actions import registration
from isobot.actions.office_history import write_act
from isobot.actions.reminding.rights import check_receiver
from isobot.domain.chat_keys import bot_and_chat
from isobot.domain.people import Actor, Role
from isobot.domain.units import Unit
from isobot.errors import Refusal
from isobot.storage import dispatch, office, people
from isobot.storage.people import Holder
from isobot.storage.store import Store


async def invite_for(store: Store, *, actor: Actor, unit: Unit, channel: str) -> str:
    """Make a code for another officer of a unit.

    Raises:
        Refusal: the person does not receive this province's reports.
    """
    check_receiver(actor, unit.province)
    code = await registration.invite(store, unit=unit, role=Role.REPORTER, created_by=f"person {actor.id}")
    await write_act(store, actor, channel, "reassign", province=unit.province, report=("", "", unit.code))
    return code


async def officers_of(store: Store, unit: Unit) -> list[Holder]:
    """Return who is reminded of a unit's reports now: reporters first, then deputies, each once."""
    holders = await people.holders(store.connection, provinces=[unit.province])
    declined = await office.all_declined(store.connection)
    found: dict[int, Holder] = {}
    for role in (Role.REPORTER, Role.DEPUTY):
        for holder in holders:
            mine = holder.post.unit == unit.code and holder.post.role is role
            if mine and (unit.code, holder.person) not in declined:
                found.setdefault(holder.person, holder)
    return list(found.values())


async def relieve(
    store: Store, *, actor: Actor, unit: Unit, person: int, channel: str
) -> tuple[str, str] | None:
    """End reminders to an officer whom another follows; return the chat to tell it in, if there is one.

    The role stays until the officer leaves it; what was entered stays as it is.

    Raises:
        Refusal: the person does not receive this province's reports, or the officer is not reminded.
    """
    check_receiver(actor, unit.province)
    held = next((h for h in await officers_of(store, unit) if h.person == person), None)
    if held is None:
        raise Refusal("Tôi đã không còn nhắc người này về đơn vị này.")
    await office.decline(store.connection, unit=unit.code, person=person, at=store.now)
    await dispatch.cancel_queued(store.connection, unit=unit.code, person=person, why="not-me")
    await write_act(
        store,
        actor,
        channel,
        "relieve",
        province=unit.province,
        report=("", "", unit.code),
        before=person,
    )
    return bot_and_chat(held.chats[0]) if held.chats else None
