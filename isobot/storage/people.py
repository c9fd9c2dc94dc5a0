"""People, their chat identities, their posts, and the codes that give posts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Date,
    Select,
    bindparam,
    delete,
    insert,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.people import Actor, Post, Role
from isobot.storage.statements import insert_or_replace
from isobot.storage.tables import (
    declined,
    delegations,
    identities,
    invitations,
    people,
    person_names,
    posts,
    snoozes,
)
from isobot.storage.turns import in_turns

LENT = (Role.REPORTER, Role.DEPUTY, Role.HEAD)
"""The roles that somebody may lend while away."""

_IDENTITY = (identities.c.key, identities.c.person)
_POST = (posts.c.id, posts.c.unit, posts.c.province, posts.c.role)

SEEN_TO_THE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time code, known by its hash only (mã mời).

    It gives a role in a unit; or, with `links`, it ties one more channel to that person.
    """

    id: int
    unit: str
    province: str
    role: Role | None
    links: int | None
    expires_at: datetime
    used_at: datetime | None
    used_by: int | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a post, and the chats where they can be reached."""

    person: int
    post: Post
    name: str
    chats: tuple[str, ...]


_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
_ACTORS = (
    select(*_IDENTITY, *_POST, null().label("lent_by"))
    .select_from(
        identities.outerjoin(posts, (posts.c.person == identities.c.person) & posts.c.until.is_(None))
    )
    .where(identities.c.key.in_(_KEYS))
)
_ACTORS_AND_STAND_INS = union_all(
    _ACTORS,
    select(*_IDENTITY, *_POST, delegations.c.giver.label("lent_by"))
    .select_from(
        identities.join(delegations, delegations.c.taker == identities.c.person).join(
            posts,
            (posts.c.person == delegations.c.giver)
            & (posts.c.unit == delegations.c.unit)
            & posts.c.until.is_(None),
        )
    )
    .where(
        identities.c.key.in_(_KEYS),
        posts.c.role.in_(bindparam("roles", expanding=True)),
        delegations.c.since <= bindparam("day", type_=Date),
        delegations.c.until >= bindparam("day", type_=Date),
        delegations.c.ended_at.is_(None),
    ),
)


async def actors(
    connection: AsyncConnection, senders: Iterable[str], *, on: date | None = None
) -> dict[str, Actor]:
    """Tell who is behind each sender's key, with the posts held now, and with `on` those lent that day."""
    query: Select[Any] | CompoundSelect[Any] = _ACTORS
    values: dict[str, Any] = {"keys": list(senders)}
    if on is not None:
        query = _ACTORS_AND_STAND_INS
        values |= {"roles": [role.value for role in LENT], "day": on}
    found: dict[str, Actor] = {}
    rows = (await connection.execute(query, values)).all()
    for row in sorted(rows, key=lambda row: (row.lent_by is not None, row.id or 0)):
        known = found.get(row.key, Actor(row.person))
        if row.id is not None:
            post = Post(row.id, row.unit, row.province, Role(row.role), row.lent_by)
            known = Actor(row.person, (*known.posts, post))
        found[row.key] = known
    return found


async def add_person(
    connection: AsyncConnection, *, sender_key: str, chat_key: str, name: str, at: datetime
) -> int:
    """Make a person known by one chat identity, and return the person's key."""
    done = await connection.execute(insert(people).values(created_at=at).returning(people.c.id))
    person: int = done.scalar_one()
    if name:
        await connection.execute(insert(person_names).values(person=person, name=name, contact=""))
    await add_identity(connection, person=person, sender_key=sender_key, chat_key=chat_key, at=at)
    return person


async def add_identity(
    connection: AsyncConnection, *, person: int, sender_key: str, chat_key: str, at: datetime
) -> None:
    """Tie a chat identity to a person; a later tie of the same identity replaces the earlier."""
    row = {
        "key": sender_key,
        "person": person,
        "chat_key": chat_key,
        "since": at,
        "gone_at": None,
        "last_seen": at,
    }
    await connection.execute(insert_or_replace(connection, identities, ["key"], row))


async def touch(connection: AsyncConnection, senders: Iterable[str], *, at: datetime) -> None:
    """Note that people were seen, to the hour: reminders go to the chat that was used last."""
    keys = list(senders)
    if keys:
        await connection.execute(
            update(identities)
            .where(identities.c.key.in_(keys), identities.c.last_seen < at - SEEN_TO_THE)
            .values(last_seen=at, gone_at=None)
        )


async def name_of(connection: AsyncConnection, person: int) -> str:
    """Return a person's name, or "" when none is kept."""
    found = await connection.execute(select(person_names.c.name).where(person_names.c.person == person))
    return found.scalar() or ""


async def names_of(connection: AsyncConnection, persons: Iterable[int]) -> dict[int, str]:
    """Return the names that are kept of some people; of an erased one there is none."""
    query = select(person_names.c.person, person_names.c.name).where(person_names.c.person.in_(list(persons)))
    return {row.person: row.name for row in await connection.execute(query)}


async def named(connection: AsyncConnection, name: str) -> list[int]:
    """Return the people who are kept under exactly this name."""
    found = await connection.execute(select(person_names.c.person).where(person_names.c.name == name))
    return list(found.scalars())


async def identities_of(connection: AsyncConnection, person: int) -> list[str]:
    """Return the keys of a person's chat identities."""
    found = await connection.execute(
        select(identities.c.key).where(identities.c.person == person).order_by(identities.c.since)
    )
    return list(found.scalars())


async def add_post(
    connection: AsyncConnection,
    *,
    person: int,
    unit: str,
    province: str,
    role: Role,
    granted_by: str,
    at: datetime,
) -> None:
    """Give a person a role in a unit."""
    await connection.execute(
        insert(posts).values(
            person=person, unit=unit, province=province, role=role.value, since=at, granted_by=granted_by
        )
    )


async def end_post(connection: AsyncConnection, post: int, *, at: datetime) -> None:
    """End a role; the row stays."""
    await connection.execute(update(posts).where(posts.c.id == post).values(until=at))


async def erase(connection: AsyncConnection, person: int, *, at: datetime) -> None:
    """Erase name and chat identities; the key stays in reports, with nothing behind it."""
    await connection.execute(delete(person_names).where(person_names.c.person == person))
    await connection.execute(delete(identities).where(identities.c.person == person))
    await connection.execute(delete(snoozes).where(snoozes.c.person == person))
    await connection.execute(delete(declined).where(declined.c.person == person))
    await connection.execute(
        update(posts).where(posts.c.person == person, posts.c.until.is_(None)).values(until=at)
    )
    await connection.execute(
        update(delegations)
        .where(
            or_(delegations.c.giver == person, delegations.c.taker == person),
            delegations.c.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
    await connection.execute(update(people).where(people.c.id == person).values(erased_at=at))


async def mark_gone(connection: AsyncConnection, chat_key: str, *, at: datetime) -> None:
    """Note that a chat takes no more messages."""
    await connection.execute(update(identities).where(identities.c.chat_key == chat_key).values(gone_at=at))


async def holders(
    connection: AsyncConnection,
    *,
    provinces: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
) -> list[Holder]:
    """List everybody who holds a post now, with the chats that still take messages, the latest first."""
    query = (
        select(
            posts.c.id,
            posts.c.person,
            posts.c.unit,
            posts.c.province,
            posts.c.role,
            person_names.c.name,
            identities.c.chat_key,
        )
        .select_from(
            posts.outerjoin(person_names, person_names.c.person == posts.c.person).outerjoin(
                identities, (identities.c.person == posts.c.person) & identities.c.gone_at.is_(None)
            )
        )
        .where(posts.c.until.is_(None))
        .order_by(posts.c.id, identities.c.last_seen.desc())
    )
    if provinces is not None:
        query = query.where(posts.c.province.in_(provinces))
    if units is not None:
        query = query.where(posts.c.unit.in_(units))
    found: dict[int, Holder] = {}
    async for row in in_turns(await connection.execute(query)):
        known = found.get(row.id)
        chats = (row.chat_key,) if row.chat_key else ()
        if known is None:
            post = Post(row.id, row.unit, row.province, Role(row.role))
            found[row.id] = Holder(row.person, post, row.name or "", chats)
        else:
            found[row.id] = Holder(known.person, known.post, known.name, (*known.chats, *chats))
    return list(found.values())


async def receivers(connection: AsyncConnection, province: str) -> list[Holder]:
    """List who receives a province's reports now, wherever the province's other people are."""
    query = select(posts.c.person, posts.c.unit).where(
        posts.c.province == province, posts.c.role == Role.RECEIVER.value, posts.c.until.is_(None)
    )
    units = {row.unit for row in await connection.execute(query)}
    held = await holders(connection, units=sorted(units)) if units else []
    return [h for h in held if h.post.role is Role.RECEIVER and h.post.province == province]


async def posts_held(connection: AsyncConnection, persons: Iterable[int]) -> list[tuple[int, Post]]:
    """List the posts that some people hold now."""
    query = select(posts.c.id, posts.c.person, posts.c.unit, posts.c.province, posts.c.role).where(
        posts.c.person.in_(list(persons)), posts.c.until.is_(None)
    )
    return [
        (row.person, Post(row.id, row.unit, row.province, Role(row.role)))
        for row in await connection.execute(query)
    ]


async def add_invitation(
    connection: AsyncConnection,
    *,
    code_hash: str,
    unit: str = "",
    province: str = "",
    role: Role | None = None,
    links: int | None = None,
    created_by: str,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keep a new code, by its hash."""
    await connection.execute(
        insert(invitations).values(
            code_hash=code_hash,
            unit=unit,
            province=province,
            role=role.value if role else "",
            links=links,
            created_at=at,
            created_by=created_by,
            expires_at=expires_at,
        )
    )


async def find_invitation(connection: AsyncConnection, code_hash: str) -> Invitation | None:
    """Find a code by its hash, used or not."""
    found = await connection.execute(select(invitations).where(invitations.c.code_hash == code_hash))
    row = found.first()
    if row is None:
        return None
    role = Role(row.role) if row.role else None
    return Invitation(
        row.id, row.unit, row.province, role, row.links, row.expires_at, row.used_at, row.used_by
    )


async def use_invitation(connection: AsyncConnection, key: int, *, person: int, at: datetime) -> bool:
    """Spend a code; False when somebody else was faster."""
    done = await connection.execute(
        update(invitations)
        .where(invitations.c.id == key, invitations.c.used_at.is_(None))
        .values(used_at=at, used_by=person)
    )
    return done.rowcount == 1
