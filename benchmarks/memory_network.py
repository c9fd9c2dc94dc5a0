"""A network that answers from memory, at once: both bots under test send through it."""

import json
from itertools import count
from typing import Any

from telegram import Bot
from telegram.request import BaseRequest, RequestData

TOKEN = "1:benchmark"


class MemoryNetwork(BaseRequest):
    """Answers every call of the Bot API as Telegram would, without leaving the process."""

    def __init__(self) -> None:
        self.sent = 0
        self._numbers = count(1)

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        return

    async def shutdown(self) -> None:
        return

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        if url.endswith("getMe"):
            result: Any = {"id": 1, "is_bot": True, "first_name": "bench", "username": "bench_bot"}
        elif url.endswith("sendMessage") and request_data is not None:
            asked = request_data.json_parameters
            self.sent += 1
            result = {
                "message_id": next(self._numbers),
                "date": 1_790_000_000,
                "chat": {"id": int(asked["chat_id"]), "type": "private"},
                "text": asked["text"],
            }
        else:
            result = True
        return 200, json.dumps({"ok": True, "result": result}).encode()


def memory_bot() -> Bot:
    """Return a Bot of python-telegram-bot over the memory network."""
    return Bot(TOKEN, request=MemoryNetwork(), get_updates_request=MemoryNetwork())
