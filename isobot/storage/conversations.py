"""The conversation record: which dialogue a chat is in, and how far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.messages import Choice
from isobot.storage.tables import conversations

_SAVED = (
    update(conversations)
    .where(conversations.c.chat_key == bindparam("key"))
    .values(
        {name: bindparam(name) for name in ("dialogue", "state", "prompt", "offered", "memory", "updated_at")}
    )
)


@dataclass(slots=True)
class Conversation:
    """One chat's record; handlers change it, the engine saves it.

    `dialogue` names the running dialogue ("" when none), `state` is its own small record.
    `prompt` numbers the questions asked with choices; `offered` are the choices of the latest one.
    `memory` outlives dialogues: the province a stranger chose, wrong codes, the first greeting.
    """

    chat_key: str
    bot: str
    chat: str
    dialogue: str = ""
    state: dict[str, Any] = field(default_factory=dict)
    prompt: int = 0
    offered: tuple[Choice, ...] = ()
    memory: dict[str, Any] = field(default_factory=dict)

    def enter(self, dialogue: str, **state: Any) -> None:
        """Start a dialogue, leaving any other."""
        self.dialogue = dialogue
        self.state = dict(state)

    def leave(self) -> None:
        """End the running dialogue."""
        self.dialogue = ""
        self.state = {}


_OF_CHATS = select(conversations).where(conversations.c.chat_key.in_(bindparam("chats", expanding=True)))
_HELD_OF_CHATS = _OF_CHATS.with_for_update(skip_locked=True)


async def load(connection: AsyncConnection, chats: Sequence[str]) -> dict[str, Conversation]:
    """Load the records of chats, and hold them: another process that wants one passes it by.

    On SQLite the writer's lock on the file does the holding.
    """
    query = _OF_CHATS if connection.dialect.name == "sqlite" else _HELD_OF_CHATS
    found = await connection.execute(query, {"chats": list(chats)})
    return {row["chat_key"]: _conversation(row) for row in found.mappings()}


async def find(connection: AsyncConnection, chat_key: str) -> Conversation | None:
    """Load one record without holding it."""
    found = await connection.execute(select(conversations).where(conversations.c.chat_key == chat_key))
    row = found.mappings().first()
    return None if row is None else _conversation(row)


def _conversation(row: Mapping[Any, Any]) -> Conversation:
    return Conversation(
        chat_key=row["chat_key"],
        bot=row["bot"],
        chat=row["chat"],
        dialogue=row["dialogue"],
        state=dict(row["state"]),
        prompt=row["prompt"],
        offered=tuple(Choice(*each) for each in row["offered"]),
        memory=dict(row["memory"]),
    )


async def save(connection: AsyncConnection, records: Iterable[Conversation], *, at: datetime) -> None:
    """Write records back."""
    rows = [
        {
            "key": record.chat_key,
            "dialogue": record.dialogue,
            "state": record.state,
            "prompt": record.prompt,
            "offered": [[c.key, c.label, c.lasting, c.by_word] for c in record.offered],
            "memory": record.memory,
            "updated_at": at,
        }
        for record in records
    ]
    if rows:
        await connection.execute(_SAVED, rows)
