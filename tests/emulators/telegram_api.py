"""A Bot API server of our own: keeps what the bot sends, and lets a test be the people.

It speaks the part of https://core.telegram.org/bots/api that a chat bot needs, over real HTTP.
In a test: `async with served(emulator.app) as base`, then `emulator.says(...)`, `emulator.presses(...)`.
By hand: `python -m tests.emulators.telegram_api --port 8081`, then POST to /control/says and read
/control/sent (the routes at the end of this file). With `--limit 30` it refuses what is beyond 30 messages
in any second, as Telegram does; with `--bots 34` so many servers stand under /0, /1, ...
"""

import argparse
import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from time import monotonic
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from tests.emulators.serve import ring_or_hang_up

TOKEN = "987654321:AAEmulatorTokenThatMustNeverBeLogged"
BOT = {"id": 987654321, "is_bot": True, "first_name": "ISO thử", "username": "iso_thu_bot"}


@dataclass
class Sent:
    """One message that the bot sent."""

    message_id: int
    chat: int
    text: str
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    filename: str = ""
    content: bytes = b""
    at: float = 0.0
    """When it arrived, in seconds of this process."""
    kind: str = ""
    """"document" or "photo" for one with a file."""

    def labels(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]


@dataclass
class Fault:
    """What a method answers instead of its result, `times` over."""

    status: int
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)
    times: int = 1
    when: Callable[[dict[str, Any]], bool] = lambda _: True


class TelegramEmulator:
    """The server, and the people who write to the bot."""

    def __init__(self, token: str = TOKEN, *, limit: int | None = None) -> None:
        """Start empty; `limit` is how many messages any stretch of one second may bring."""
        self.token = token
        self.limit = limit
        self.flooded = 0
        """How many messages came beyond the limit, and got a 429."""
        self._answered: dict[int, asyncio.Future[float]] = {}
        self._lately: deque[float] = deque()
        self.sent: list[Sent] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.pending: list[dict[str, Any]] = []
        self.blocked: set[int] = set()
        self.files: dict[str, bytes] = {}
        """What people attached, by its file_id."""
        self.webhook = ""
        self.secret = ""
        self.on_acknowledge: Callable[[list[int]], Awaitable[None]] | None = None
        """Called with the updates that a poll or a webhook's 200 just acknowledged."""
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._update_ids = count(700_000_001)
        self._message_ids = count(1)
        self._bell = asyncio.Event()
        self._pollers = 0
        self.app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._method, methods=["GET", "POST"]),
                Route("/file/bot{token}/{name}", self._file),
                Route("/control/says", self._control_says, methods=["POST"]),
                Route("/control/presses", self._control_presses, methods=["POST"]),
                Route("/control/sent", self._control_sent),
                Route("/control/ask", self._control_ask, methods=["POST"]),
                Route("/control/times", self._control_times),
                Route("/control/file/{message:int}", self._control_file),
            ]
        )

    # The people

    def update(self, **content: Any) -> dict[str, Any]:
        """Make an update without handing it over."""
        return {"update_id": next(self._update_ids), **content}

    def message(self, chat: int, *, group: bool = False, sender: int | None = None, **content: Any) -> Any:
        """Make a message of a person, in a private chat unless told otherwise."""
        person = {"id": sender or abs(chat), "is_bot": False, "first_name": "Lan", "last_name": "Phạm"}
        place: dict[str, Any] = {"id": chat, "type": "private", "first_name": "Lan"}
        if group:
            place = {"id": chat, "type": "supergroup", "title": "Tổ ISO"}
        return {
            "message_id": next(self._message_ids),
            "date": 1_790_000_000,
            "from": person,
            "chat": place,
            **content,
        }

    async def says(self, chat: int, text: str, **content: Any) -> dict[str, Any]:
        """Let a person write; returns the update."""
        return await self.hand_over(self.update(message=self.message(chat, text=text, **content)))

    async def presses(self, chat: int, label: str) -> dict[str, Any]:
        """Let a person press the newest button with this label."""
        for sent in reversed(self.sent_to(chat)):
            for row in sent.buttons:
                for button in row:
                    if button["text"] == label:
                        return await self.press_data(chat, button["callback_data"], sent.message_id)
        raise AssertionError(f"no button {label!r} in {[s.labels() for s in self.sent_to(chat)]}")

    async def press_data(self, chat: int, data: str, message_id: int = 1) -> dict[str, Any]:
        """Let a person press a button with this data, whatever it is."""
        pressed = self.message(chat)
        asked = {**pressed, "message_id": message_id, "from": BOT, "text": "…"}
        query = {"id": f"q{message_id}", "from": pressed["from"], "message": asked, "data": data}
        query["chat_instance"] = "1"
        return await self.hand_over(self.update(callback_query=query))

    async def hand_over(self, update: dict[str, Any]) -> dict[str, Any]:
        """Offer an update to whoever polls, or post it to the webhook until it is taken."""
        if not self.webhook:
            self.pending.append(update)
            self._bell.set()
            return update
        for _ in range(50):
            if (await self.post(json.dumps(update).encode())).status_code == 200:
                if self.on_acknowledge is not None:
                    await self.on_acknowledge([update["update_id"]])
                return update
            await asyncio.sleep(0.1)
        raise AssertionError("the webhook never took the update")

    async def post(self, body: bytes, secret: str | None = None) -> httpx.Response:
        """Post any body to the webhook, with the right secret unless another is given."""
        async with httpx.AsyncClient(timeout=30) as client:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret if secret is None else secret}
            return await client.post(self.webhook, content=body, headers=headers)

    def sent_to(self, chat: int) -> list[Sent]:
        return [sent for sent in self.sent if sent.chat == chat]

    def called(self, method: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.calls if name == method]

    def fails(
        self,
        method: str,
        status: int,
        description: str,
        *,
        times: int = 1,
        when: Callable[[dict[str, Any]], bool] = lambda _: True,
        **parameters: Any,
    ) -> None:
        """Let the next calls of a method fail, or the next whose parameters are such."""
        self._faults[method].append(Fault(status, description, parameters, times, when))

    # The Bot API

    async def _method(self, request: Request) -> Response:
        method = request.path_params["method"]
        parameters = await _parameters(request)
        self.calls.append((method, {k: v for k, v in parameters.items() if not isinstance(v, bytes)}))
        if request.path_params["token"] != self.token:
            return _failure(401, "Unauthorized")
        for fault in self._faults[method]:
            if fault.times > 0 and fault.when(parameters):
                fault.times -= 1
                return _failure(fault.status, fault.description, fault.parameters)
        known: dict[str, Callable[[dict[str, Any]], Awaitable[Response]]] = {
            "getMe": self._get_me,
            "getUpdates": partial(self._get_updates, request=request),
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._set_webhook,
            "sendMessage": self._send,
            "sendDocument": self._send,
            "sendPhoto": self._send,
            "setMyCommands": self._yes,
            "answerCallbackQuery": self._yes,
            "sendChatAction": self._yes,
            "getFile": self._get_file,
        }
        if method not in known:
            return _failure(404, "Not Found: method not found")
        return await known[method](parameters)

    async def _get_me(self, _: dict[str, Any]) -> Response:
        return _result(BOT)

    async def _get_file(self, parameters: dict[str, Any]) -> Response:
        name = str(parameters["file_id"])
        if name not in self.files:
            return _failure(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[name])
        return _result({"file_id": name, "file_unique_id": name, "file_size": size, "file_path": name})

    async def _file(self, request: Request) -> Response:
        return Response(self.files[request.path_params["name"]])

    async def _yes(self, _: dict[str, Any]) -> Response:
        return _result(True)

    async def _set_webhook(self, parameters: dict[str, Any]) -> Response:
        self.webhook, self.secret = parameters.get("url", ""), parameters.get("secret_token", "")
        return _result(True)

    async def _get_updates(self, parameters: dict[str, Any], request: Request) -> Response:
        if self.webhook:
            return _failure(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._pollers:
            return _failure(409, "Conflict: terminated by other getUpdates request")
        self._pollers += 1
        try:
            offset = int(parameters.get("offset", 0))
            done = [u["update_id"] for u in self.pending if u["update_id"] < offset]
            self.pending = [u for u in self.pending if u["update_id"] >= offset]
            if done and self.on_acknowledge is not None:
                await self.on_acknowledge(done)
            if not self.pending:
                self._bell.clear()
                await ring_or_hang_up(self._bell, request, float(parameters.get("timeout", 0)))
            return _result(self.pending[:100])
        finally:
            self._pollers -= 1

    async def _send(self, parameters: dict[str, Any]) -> Response:
        chat = int(parameters["chat_id"])
        if self._is_too_fast():
            self.flooded += 1
            return _failure(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        if chat in self.blocked:
            return _failure(403, "Forbidden: bot was blocked by the user")
        text = parameters.get("text", parameters.get("caption", ""))
        most = 1024 if "document" in parameters else 4096
        if len(text.encode("utf-16-le")) // 2 > most:
            return _failure(400, "Bad Request: message is too long")
        buttons = json.loads(parameters.get("reply_markup", "{}")).get("inline_keyboard", [])
        if any(len(b["callback_data"].encode()) > 64 for row in buttons for b in row):
            return _failure(400, "Bad Request: BUTTON_DATA_INVALID")
        if not text and "document" not in parameters:
            return _failure(400, "Bad Request: message text is empty")
        content = parameters.get("document", b"")
        sent = Sent(
            next(self._message_ids),
            chat,
            text,
            buttons,
            parameters.get("document_name", ""),
            content,
            monotonic(),
            parameters.get("upload", ""),
        )
        self.sent.append(sent)
        if (waits := self._answered.pop(chat, None)) is not None and not waits.done():
            waits.set_result(sent.at)
        answer = self.message(chat, text=text)
        return _result({**answer, "message_id": sent.message_id, "from": BOT})

    def _is_too_fast(self) -> bool:
        """Count a message; tell whether the second before it was full."""
        if self.limit is None:
            return False
        now = monotonic()
        while self._lately and self._lately[0] <= now - 1.0:
            self._lately.popleft()
        if len(self._lately) >= self.limit:
            return True
        self._lately.append(now)
        return False

    # By hand

    async def _control_says(self, request: Request) -> Response:
        asked = await request.json()
        return JSONResponse(await self.says(int(asked["chat"]), asked["text"]))

    async def _control_ask(self, request: Request) -> Response:
        """Let a person write, wait for the first answer, and tell when either happened."""
        asked = await request.json()
        chat = int(asked["chat"])
        answered = self._answered[chat] = asyncio.get_running_loop().create_future()
        said = monotonic()
        await self.says(chat, asked["text"])
        return JSONResponse({"said": said, "answered": await answered})

    async def _control_times(self, _request: Request) -> Response:
        """Tell of every message to whom and when it came, and how many came beyond the limit."""
        return JSONResponse({"sent": [[s.chat, s.at] for s in self.sent], "flooded": self.flooded})

    async def _control_presses(self, request: Request) -> Response:
        asked = await request.json()
        return JSONResponse(await self.presses(int(asked["chat"]), asked["label"]))

    async def _control_sent(self, request: Request) -> Response:
        chat = request.query_params.get("chat")
        sent = self.sent if chat is None else self.sent_to(int(chat))
        rows = [{"id": s.message_id, "chat": s.chat, "text": s.text, "labels": s.labels()} for s in sent]
        return JSONResponse([{**row, "file": s.filename} for row, s in zip(rows, sent, strict=True)])

    async def _control_file(self, request: Request) -> Response:
        wanted = request.path_params["message"]
        return Response(next(s.content for s in self.sent if s.message_id == wanted))


async def _parameters(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith("application/json"):
        body: dict[str, Any] = await request.json()
        return {**request.query_params, **body}
    async with request.form(max_part_size=60_000_000) as form:
        parameters: dict[str, Any] = dict(request.query_params)
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                parameters["document"] = await value.read()
                parameters["document_name"] = value.filename
                parameters["upload"] = name
            elif name != "document":
                parameters[name] = value
        return parameters


def _result(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _failure(status: int, description: str, parameters: dict[str, Any] | None = None) -> Response:
    answer: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return JSONResponse(answer, status)


def main() -> None:
    import uvicorn

    parser = argparse.ArgumentParser(description="A Bot API server for trying the bot out")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--limit", type=int, help="messages that any stretch of one second may bring")
    parser.add_argument("--bots", type=int, default=0, help="so many servers, under /0, /1, ...")
    arguments = parser.parse_args()
    emulators = [TelegramEmulator(arguments.token, limit=arguments.limit) for _ in range(arguments.bots or 1)]
    app = emulators[0].app
    if arguments.bots:
        app = Starlette(routes=[Mount(f"/{place}", each.app) for place, each in enumerate(emulators)])
    uvicorn.run(app, host="127.0.0.1", port=arguments.port, log_level="warning")


if __name__ == "__main__":
    main()
