"""What people did, read from the events of Zalo, whose bodies differ from what is documented."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from isobot.channels.shared import clean
from isobot.domain.messages import Incoming, IncomingKind

log = structlog.get_logger()

_KINDS = {
    "message.text.received": IncomingKind.TEXT,
    "message.image.received": IncomingKind.PHOTO,
    "message.sticker.received": IncomingKind.STICKER,
    "message.voice.received": IncomingKind.VOICE,
    "message.unsupported.received": IncomingKind.OTHER,
}
_SECONDS_UNTIL = 10**12
"""A date below this is in seconds: some bodies give them, where the documents say milliseconds."""


@dataclass(frozen=True, slots=True)
class Myself:
    """The bot that reads: as we call it, and by the names that people mention it with in groups."""

    bot: str
    names: Sequence[str]


class _Person(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str
    display_name: str = ""
    name: str = ""
    is_bot: bool = False


class _Chat(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str
    chat_type: str = "PRIVATE"


class _Message(BaseModel):
    """What counts of a message; a picture is an address under one of two names, as bodies differ."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    message_id: str = Field(min_length=1, max_length=120)
    date: int | None = None
    sender: _Person = Field(alias="from")
    chat: _Chat
    text: str | None = None
    caption: str | None = None
    photo: str | None = None
    photo_url: str | None = None


def unwrapped(body: Any) -> Any:
    """Take the event out of `{"ok": true, "result": event}`; bodies without the wrapper were seen too.

    Raises:
        ValueError: there is no event in it.
    """
    if not isinstance(body, dict) or not ("result" in body or "event_name" in body):
        raise ValueError("no event")
    return body if "event_name" in body else body["result"]


def incoming_from(result: Any, me: Myself, *, now: datetime, strict: bool = False) -> list[Incoming]:
    """Read one event, a list of them, or none: all three have been seen.

    `now` is the moment of a message that names none.

    Raises:
        ValueError: an event has another shape and `strict` was asked for; it is left out otherwise.
    """
    found: list[Incoming] = []
    for event in result if isinstance(result, list) else [result] if result else []:
        try:
            incoming = _incoming(event, me, now)
        except ValueError:
            if strict:
                raise
            log.warning("zalo_event_malformed")
            continue
        if incoming is not None:
            found.append(incoming)
    return found


def _incoming(event: Any, me: Myself, now: datetime) -> Incoming | None:
    """Read an event; None for kinds that do not concern the bot, such as those yet to be invented."""
    if not isinstance(event, dict) or not isinstance(event.get("event_name"), str):
        raise ValueError("no event_name")
    kind = _KINDS.get(event["event_name"])
    if kind is None:
        return None
    try:
        message = _Message.model_validate(event.get("message"))
    except ValidationError:
        raise ValueError("not a message") from None  # the first one quotes what people wrote
    if message.sender.is_bot:
        return None
    private = message.chat.chat_type.upper() != "GROUP"
    text = clean(message.text or message.caption or "")
    picture = message.photo_url or message.photo
    return Incoming(
        bot=me.bot,
        chat=message.chat.id,
        sender=message.sender.id,
        event_id=message.message_id,
        order=_milliseconds(message.date, now),
        kind=kind,
        text=text if private else _without_mention(text, me.names),
        sender_name=clean(message.sender.display_name or message.sender.name),
        private=private,
        file={"url": picture} if kind is IncomingKind.PHOTO and picture else None,
    )


def _milliseconds(date: int | None, now: datetime) -> int:
    if date is None or not 0 < date < 10**15:
        return int(now.timestamp() * 1000)
    return date * 1000 if date < _SECONDS_UNTIL else date


def _without_mention(text: str, names: Sequence[str]) -> str:
    """Take the bot's own name out of what was said in a group."""
    for name in sorted(names, key=len, reverse=True):
        text, taken = re.subn("@" + re.escape(name), " ", text, count=1, flags=re.IGNORECASE)
        if taken:
            break
    return text.strip()
