"""A Zalo Bot Platform of our own: keeps what the bot sends, and lets a test be the people.

As far as the platform's behaviour is known; where reports differ (an update consumed by the poll that
gives it, or given again at every poll; one event or a list), the test says which. By hand:
`python -m tests.emulators.zalo_api --port 8082`, then POST to /control/says and read /control/sent.
"""

import argparse
import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.emulators.serve import ring_or_hang_up

TOKEN = "1234567890:ZaloEmulatorSecretThatMustNeverBeLogged"
FIRST_DATE = 1_790_000_000_000


@dataclass
class Sent:
    """One message that the bot sent."""

    chat: str
    text: str


@dataclass
class Fault:
    """What a method answers instead of its result, `times` over."""

    status: int
    body: Any
    times: int
    when: Callable[[dict[str, Any]], bool]


class ZaloEmulator:
    """The server, and the people who write to the bot."""

    def __init__(self, token: str = TOKEN, *, replays: bool = False, as_list: bool = False) -> None:
        self.token = token
        self.replays = replays
        self.as_list = as_list
        self.sent: list[Sent] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.pending: list[dict[str, Any]] = []
        self.webhook = ""
        self.secret = ""
        self.wrapped = True
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._numbers = count(1)
        self._bell = asyncio.Event()
        self.app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._method, methods=["GET", "POST"]),
                Route("/control/says", self._control_says, methods=["POST"]),
                Route("/control/sent", self._control_sent),
            ]
        )

    # The people

    def event(self, chat: str, name: str = "text", *, group: str = "", **content: Any) -> dict[str, Any]:
        """Make an event without handing it over; `group` is the group that `chat` speaks in."""
        number = next(self._numbers)
        place = {"id": group, "chat_type": "GROUP"} if group else {"id": chat, "chat_type": "PRIVATE"}
        message = {
            "message_id": f"7b1f0c2e4d6a{number:08x}",
            "date": FIRST_DATE + number,
            "from": {"id": chat, "display_name": "Lan", "is_bot": False},
            "chat": place,
        }
        return {"event_name": f"message.{name}.received", "message": {**message, **content}}

    async def says(self, chat: str, text: str, **content: Any) -> dict[str, Any]:
        """Let a person write; returns the event."""
        return await self.hand_over(self.event(chat, text=text, **content))

    async def hand_over(self, event: dict[str, Any]) -> dict[str, Any]:
        """Offer an event to whoever polls, or post it to the webhook until it is taken."""
        if not self.webhook:
            self.pending.append(event)
            self._bell.set()
            return event
        body = {"ok": True, "result": event} if self.wrapped else event
        for _ in range(50):
            if (await self.post(json.dumps(body).encode())).status_code == 200:
                return event
            await asyncio.sleep(0.1)
        raise AssertionError("the webhook never took the event")

    async def post(self, body: bytes, secret: str | None = None) -> httpx.Response:
        """Post any body to the webhook, with the right secret unless another is given."""
        async with httpx.AsyncClient(timeout=30) as client:
            headers = {
                "X-Bot-Api-Secret-Token": self.secret if secret is None else secret,
                "User-Agent": "Java/21.0.4",
            }
            return await client.post(self.webhook, content=body, headers=headers)

    def sent_to(self, chat: str) -> list[str]:
        return [sent.text for sent in self.sent if sent.chat == chat]

    def called(self, method: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.calls if name == method]

    def fails(
        self,
        method: str,
        code: int,
        description: str,
        *,
        status: int | None = None,
        times: int = 1,
        when: Callable[[dict[str, Any]], bool] = lambda _: True,
    ) -> None:
        """Let the next calls of a method fail; under HTTP 200 where `status` says so."""
        body = {"ok": False, "error_code": code, "description": description}
        self._faults[method].append(Fault(status or code, body, times, when))

    def answers(self, method: str, status: int, body: Any) -> None:
        """Let the next call of a method get any answer; a string goes out as it is."""
        self._faults[method].append(Fault(status, body, 1, lambda _: True))

    # The platform

    async def _method(self, request: Request) -> Response:
        method = request.path_params["method"]
        parameters: dict[str, Any] = await request.json() if await request.body() else {}
        self.calls.append((method, parameters))
        if request.path_params["token"] != self.token:
            return _failure(401, "Unauthorized")
        for fault in self._faults[method]:
            if fault.times > 0 and fault.when(parameters):
                fault.times -= 1
                if isinstance(fault.body, str):
                    return PlainTextResponse(fault.body, fault.status)
                return JSONResponse(fault.body, fault.status)
        if method == "getUpdates":
            return await self._get_updates(request, parameters)
        if method == "getMe":
            names = {"account_name": "bot.iso", "display_name": "Bot ISO thử"}
            return _result({"id": "9", **names, "account_type": "BASIC", "can_join_groups": True})
        if method == "getWebhookInfo":
            return _result({"url": self.webhook}) if self.webhook else _failure(404, "Not found")
        if method in ("setWebhook", "deleteWebhook"):
            return await self._set_webhook(parameters)
        if method == "sendMessage":
            return self._send(parameters)
        if method == "sendChatAction":
            return JSONResponse({"ok": True})
        return _failure(400, "Bad request")

    async def _get_updates(self, request: Request, parameters: dict[str, Any]) -> Response:
        if self.webhook:
            return _failure(400, "Webhook is set; delete it first")
        if not self.pending:
            self._bell.clear()
            await ring_or_hang_up(self._bell, request, float(parameters.get("timeout", 30)))
        if not self.pending:
            return _failure(408, "Request timeout")
        given = self.pending if self.as_list else self.pending[0]
        if self.replays:
            # Given again and again; a younger one takes the place of an older.
            self.pending = self.pending[-1:] if self.as_list else self.pending[1:] or self.pending
        else:
            self.pending = [] if self.as_list else self.pending[1:]
        return _result(given)

    async def _set_webhook(self, parameters: dict[str, Any]) -> Response:
        self.webhook, self.secret = parameters.get("url", ""), parameters.get("secret_token", "")
        answer: dict[str, Any] = {"url": self.webhook, "updated_at": FIRST_DATE}
        if self.webhook:
            try:
                async with httpx.AsyncClient() as client:
                    status = (await client.post(self.webhook)).status_code
                outcome = "webhook.ok" if status == 200 else f"webhook.http.{status}"
            except httpx.HTTPError:
                status, outcome = 0, "webhook.err.conn"
            answer["verification"] = {"ok": status == 200, "status_code": status, "outcome": outcome}
        return _result(answer)

    def _send(self, parameters: dict[str, Any]) -> Response:
        text = parameters["text"]
        if not 1 <= len(text.encode("utf-16-le")) // 2 <= 2000:
            return _failure(400, "Bad request: text length")
        self.sent.append(Sent(parameters["chat_id"], text))
        return _result({"message_id": f"m{len(self.sent)}", "date": FIRST_DATE})

    # By hand

    async def _control_says(self, request: Request) -> Response:
        asked = await request.json()
        return JSONResponse(await self.says(str(asked["chat"]), asked["text"]))

    async def _control_sent(self, request: Request) -> Response:
        chat = request.query_params.get("chat")
        rows = [{"chat": s.chat, "text": s.text} for s in self.sent if chat in (None, s.chat)]
        return JSONResponse(rows)


def _result(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _failure(code: int, description: str) -> Response:
    return JSONResponse({"ok": False, "error_code": code, "description": description}, code)


def main() -> None:
    import uvicorn

    parser = argparse.ArgumentParser(description="A Zalo Bot Platform for trying the bot out")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--replays", action="store_true", help="give the last update at every poll")
    arguments = parser.parse_args()
    emulator = ZaloEmulator(arguments.token, replays=arguments.replays)
    uvicorn.run(emulator.app, host="127.0.0.1", port=arguments.port)


if __name__ == "__main__":
    main()
