"""The bots of an installation: rows that name a token's variable, a channel, a province, and rates."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.storage.statements import insert_if_absent
from isobot.storage.tables import bots


@dataclass(frozen=True, slots=True)
class BotRow:
    """One bot.

    `token_env` names the variable of the environment that holds the token, "" for the first bot of a
    channel, whose token is a setting. A rate that is None is the setting's.
    """

    key: str
    channel: str
    province: str = ""
    address: str = ""
    token_env: str = ""
    per_second: int | None = None
    monthly: int | None = None
    users: int | None = None
    off: bool = False


async def all_bots(connection: AsyncConnection) -> tuple[BotRow, ...]:
    """Return every bot, by key."""
    found = await connection.execute(select(bots).order_by(bots.c.key))
    return tuple(
        BotRow(
            key=row.key,
            channel=row.channel,
            province=row.province,
            address=row.address,
            token_env=row.token_env,
            per_second=row.per_second,
            monthly=row.monthly,
            users=row.users,
            off=row.off,
        )
        for row in found
    )


async def add(connection: AsyncConnection, *, key: str, channel: str, province: str, token_env: str) -> bool:
    """Add a bot; False when there is one of that key."""
    row = {"key": key, "channel": channel, "province": province, "address": "", "token_env": token_env}
    statement = insert_if_absent(connection, bots).values(**row, poll_offset=0).returning(bots.c.key)
    return (await connection.execute(statement)).first() is not None


async def change(connection: AsyncConnection, key: str, **values: Any) -> bool:
    """Change columns of a bot; False when there is none of that key."""
    done = await connection.execute(update(bots).where(bots.c.key == key).values(**values))
    return done.rowcount == 1
