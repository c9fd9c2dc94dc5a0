"""The demo: become an officer of a unit, or the supervisor of a lead office, without a code."""

from isobot.domain.people import Actor, Role
from isobot.domain.units import Unit
from isobot.storage import people
from isobot.storage.store import Store


async def become(store: Store, *, actor: Actor, sender_key: str, unit: Unit, role: Role) -> None:
    """Give the person behind a demo chat one role in place of all others."""
    person = actor.id
    if person is None:
        person = await people.add_person(
            store.connection, sender_key=sender_key, chat_key=sender_key, name="", at=store.now
        )
    for post in actor.posts:
        await people.end_post(store.connection, post.id, at=store.now)
    await people.add_post(
        store.connection,
        person=person,
        unit=unit.code,
        province=unit.province,
        role=role,
        granted_by="demo",
        at=store.now,
    )
