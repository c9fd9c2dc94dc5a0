"""The rival: the same twelve questions as python-telegram-bot's own way of keeping a conversation.

ConversationHandler holds the state, PicklePersistence writes it, and to be as safe as the inbox and
outbox are, it is written after every update. It is written once an update (`on_flush`), which is the
fastest way to do that; the library does not ask the disk to sync, and nothing here makes it.
"""

import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from telegram import Chat, Message, Update, User
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    PicklePersistence,
    filters,
)

from benchmarks.memory_network import memory_bot
from benchmarks.officers import ANSWERS
from isobot.domain.forms import Form
from isobot.errors import AnswerRefused

TODAY = date(2027, 5, 20)
SENT_AT = datetime(2027, 5, 20, 3, tzinfo=UTC)


class PickleBot:
    """A bot that asks the form; each answer is validated by the form itself, as isobot's are."""

    def __init__(self, form: Form, file: Path) -> None:
        self._fields = [form.field(key) for key, _ in ANSWERS]
        self._questions = [form.question(key) for key, _ in ANSWERS]
        self._persistence = PicklePersistence(
            file,
            on_flush=True,
            store_data=PersistenceInput(bot_data=False, chat_data=False, callback_data=False),
        )
        self._application: Application[Any, Any, Any, Any, Any, Any] = (
            ApplicationBuilder().bot(memory_bot()).updater(None).persistence(self._persistence).build()
        )
        steps = range(len(self._fields))
        answer: Any = MessageHandler(filters.TEXT & ~filters.COMMAND, self._answer)
        self._application.add_handler(
            ConversationHandler(
                entry_points=[CommandHandler("baocao", self._begin)],
                states={step: [answer] for step in steps},
                fallbacks=[CommandHandler("huy", self._stop)],
                name="report",
                persistent=True,
            )
        )
        self._updates = 0

    async def start(self) -> None:
        await self._application.initialize()

    async def stop(self) -> None:
        await self._application.shutdown()

    async def preload(self, chats: int, answered: int) -> None:
        """Bring chats into mid-form, and write them once."""
        for chat in range(1, chats + 1):
            for text in ("/baocao", *(text for _, text in ANSWERS[:answered])):
                await self._application.process_update(self._update(chat, text))
        await self._write()

    async def timed_answers(self, chats: list[int], number: int) -> float:
        """Let chats give one answer each, kept after every one; return the seconds it took."""
        updates = [self._update(chat, ANSWERS[number][1]) for chat in chats]
        begun = time.perf_counter()
        for update in updates:
            await self._application.process_update(update)
            await self._write()
        return time.perf_counter() - begun

    def figures_of(self, chat: int) -> dict[str, Any]:
        figures: dict[str, Any] = self._application.user_data[chat]["figures"]
        return figures

    async def _write(self) -> None:
        await self._application.update_persistence()
        await self._persistence.flush()

    async def _begin(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        assert context.user_data is not None
        assert update.message is not None
        context.user_data["figures"] = {}
        await update.message.reply_text(self._questions[0])
        return 0

    async def _answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        assert context.user_data is not None
        assert update.message is not None
        figures = context.user_data["figures"]
        step = len(figures)
        field = self._fields[step]
        try:
            value = field.parse(update.message.text or "", today=TODAY)
        except AnswerRefused as refused:
            await update.message.reply_text(str(refused))
            return step
        figures[field.key] = value.to_json()
        if step + 1 == len(self._fields):
            await update.message.reply_text("Đã nhận số liệu.")
            return ConversationHandler.END
        await update.message.reply_text(self._questions[step + 1])
        return step + 1

    async def _stop(self, _update: Update, _context: ContextTypes.DEFAULT_TYPE) -> int:
        return ConversationHandler.END

    def _update(self, chat: int, text: str) -> Update:
        self._updates += 1
        entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
        message = Message.de_json(
            {
                "message_id": self._updates,
                "date": int(SENT_AT.timestamp()),
                "chat": Chat(chat, "private").to_dict(),
                "from": User(chat, "Lan", False).to_dict(),
                "text": text,
                "entities": entities,
            },
            self._application.bot,
        )
        return Update(self._updates, message=message)
