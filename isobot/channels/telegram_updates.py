"""What a person did, read from an update of Telegram."""

import re
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType

from isobot.channels.shared import clean
from isobot.domain.messages import Incoming, IncomingKind

_COMMAND = re.compile(r"^(/\w+)@(\w+)")


@dataclass(frozen=True, slots=True)
class Myself:
    """The bot that reads, as we call it and as Telegram does; in a group much is said to others."""

    bot: str
    id: int
    username: str


def number_of(data: Any) -> int | None:
    """Return the number of an update as it came; None where there is none."""
    number = data.get("update_id") if isinstance(data, dict) else None
    return number if type(number) is int else None


def incoming_from(update: Update, me: Myself) -> Incoming | None:
    """Read what a person did from an update; None for what does not concern the bot."""
    if update.callback_query is not None:
        return _pressed(me, update.update_id, update.callback_query)
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    private = message.chat.type == ChatType.PRIVATE
    text = clean(message.text or message.caption or "")
    command = _COMMAND.match(text)
    if not private and not _is_addressed(me, message, command):
        return None
    kind = _kind_of(message)
    if update.edited_message is not None:
        # A live location "edits" its message every few seconds; only wording counts.
        kind = IncomingKind.EDITED if text else None
    if kind is None:
        return None
    if command is not None:
        text = command[1] + text[command.end() :]
    return Incoming(
        bot=me.bot,
        chat=str(message.chat.id),
        sender=str(message.from_user.id),
        event_id=str(update.update_id),
        order=update.update_id,
        kind=kind,
        text=text,
        sender_name=clean(message.from_user.full_name),
        private=private,
        file=_file_of(message) if kind in (IncomingKind.PHOTO, IncomingKind.FILE) else None,
    )


def _pressed(me: Myself, update_id: int, query: CallbackQuery) -> Incoming | None:
    if query.message is None:
        return None
    prompt, bar, key = (query.data or "").partition("|")
    if not (bar and prompt.isascii() and prompt.isdecimal() and len(prompt) < 16):
        prompt, key = "-1", ""  # no prompt has this number, so it is answered as an old button
    return Incoming(
        bot=me.bot,
        chat=str(query.message.chat.id),
        sender=str(query.from_user.id),
        event_id=str(update_id),
        order=update_id,
        kind=IncomingKind.CHOICE,
        choice=clean(key),
        prompt=int(prompt),
        sender_name=clean(query.from_user.full_name),
        private=query.message.chat.type == ChatType.PRIVATE,
    )


def _is_addressed(me: Myself, message: Message, command: re.Match[str] | None) -> bool:
    """Tell whether words in a group are meant for this bot; it stays out of all others."""
    if command is not None:
        return command[2].casefold() == me.username.casefold()
    answered = message.reply_to_message
    return answered is not None and answered.from_user is not None and answered.from_user.id == me.id


def _kind_of(message: Message) -> IncomingKind | None:
    """Tell what a message is; None for notes of the platform itself, such as a pinned message."""
    if message.text is not None:
        return IncomingKind.TEXT
    if message.voice or message.audio or message.video_note:
        return IncomingKind.VOICE
    if message.photo:
        return IncomingKind.PHOTO
    if message.document or message.video or message.animation:
        return IncomingKind.FILE
    if message.sticker:
        return IncomingKind.STICKER
    others = (message.contact, message.location, message.venue, message.poll, message.dice, message.story)
    return IncomingKind.OTHER if any(others) else None


def _file_of(message: Message) -> dict[str, Any] | None:
    """Name what was attached as Telegram does; of a photo the largest of its sizes."""
    if message.photo:
        photo = message.photo[-1]
        return {"file_id": photo.file_id, "size": photo.file_size}
    document = message.document
    if document is None:
        return None
    return {
        "file_id": document.file_id,
        "name": clean(document.file_name or ""),
        "size": document.file_size,
    }
