"""What a message becomes on Telegram: texts that are short enough, a file or picture, buttons."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message
from telegram.constants import MessageLimit

from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.domain.messages import Choice, split_text

PICTURE = "image/png"
SHORT_LABEL = 14
"""Two buttons with labels up to this length fit side by side on a narrow phone."""

Part = Callable[[], Coroutine[Any, Any, Message]]
"""Sends one part of a message."""


def parts_of(api: Bot, message: Outgoing, file: RenderedFile | None) -> list[Part]:
    """Return the parts that a message is sent in, in order; the buttons stand under the last."""
    chat, reply = int(message.chat), message.reply
    keyboard = _keyboard(reply.choices, message.prompt)
    texts = split_text(reply.text, MessageLimit.MAX_TEXT_LENGTH) if reply.text.strip() else []
    caption = None
    if file is not None and len(split_text(reply.text, MessageLimit.CAPTION_LENGTH)) == 1:
        caption, texts = reply.text or None, []

    def text_part(text: str, *, last: bool) -> Part:
        return lambda: api.send_message(
            chat,
            text,
            reply_markup=keyboard if last else None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    parts = [
        text_part(text, last=file is None and place == len(texts)) for place, text in enumerate(texts, 1)
    ]
    if file is not None:
        parts.append(_file_part(api, chat, file, caption, keyboard))
    return parts


def _file_part(
    api: Bot, chat: int, file: RenderedFile, caption: str | None, keyboard: InlineKeyboardMarkup | None
) -> Part:
    """Send a picture as one that is seen at once, and anything else as a file to open."""
    content = InputFile(file.content, filename=file.filename)
    if file.media_type == PICTURE:
        return lambda: api.send_photo(chat, content, caption=caption, reply_markup=keyboard)
    return lambda: api.send_document(chat, content, caption=caption, reply_markup=keyboard)


def _keyboard(choices: Sequence[Choice], prompt: int) -> InlineKeyboardMarkup | None:
    """Draw choices as buttons; a lasting one under prompt 0, which is never out of date."""
    if not choices:
        return None
    buttons = [
        InlineKeyboardButton(c.label, callback_data=f"{0 if c.lasting else prompt}|{c.key}") for c in choices
    ]
    wide = 2 if all(len(c.label) <= SHORT_LABEL for c in choices) else 1
    return InlineKeyboardMarkup([buttons[at : at + wide] for at in range(0, len(buttons), wide)])
