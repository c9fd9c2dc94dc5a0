"""The web chat: a page that posts what is typed and waits for what is said.

The page reads what was handed to this channel from the history, so nothing is lost while it is
closed. Who somebody is rests on a cookie with a random value; the chat's own name is derived from
it, so neither the database nor a log holds what opens a chat.
"""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from time import monotonic
from typing import Any, Protocol
from urllib.parse import parse_qs

import structlog
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from isobot.channels.shared import Arrivals, BodyTooLarge, clean, read_body
from isobot.channels.web_answers import (
    HEADERS,
    HERE,
    MOST_TEXT,
    PAGES,
    json_answer,
    no_such_file,
    refusal,
    rendered,
    too_long,
)
from isobot.channels.web_visits import Visit, Visitors
from isobot.chat.door import Door
from isobot.chat.history import History
from isobot.chat.outgoing import Outgoing, RenderedFile, Renderer
from isobot.chat.uploads import Uploads
from isobot.clock import Clock
from isobot.domain.attached import KINDS, LARGEST, media_type_of
from isobot.domain.chat_keys import key_of
from isobot.domain.messages import Incoming, IncomingKind
from isobot.errors import FileUnavailable

log = structlog.get_logger()

MOST_BODY_BYTES = 200_000
MOST_FORM_BYTES = 4_000
LONGEST_WAIT_SECONDS = 20.0
LOOK_SECONDS = 1.0
"""How often a waiting page looks by itself: another process may send what it waits for."""
JUST_SENT_SECONDS = 0.02
"""A message is marked as sent a moment after its delivery woke the page."""

TITLE = "Trợ lý ISO hành chính"
WORKBOOK_SIGN = b"PK\x03\x04"
"""How a workbook begins, which may hold figures to enter; whoever takes it looks closer."""

_UPLOAD_ID = re.compile(r"[A-Za-z0-9._:-]{1,60}")


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to be in the demo: "Cán bộ xã Thành Sơn" under the group "Thanh Hóa"."""

    key: str
    group: str
    label: str
    detail: str = ""


class Demo(Protocol):
    """The people of the demo, where nobody needs a code."""

    banner: str
    """What stands on top of every page: that this is a trial and its figures are not real."""

    def personas(self) -> Sequence[Persona]:
        """Return whom one can be; those of one group stand together."""

    async def enter(self, chat: str, key: str) -> None:
        """Make a chat of the web channel speak as a persona."""


class _Post(BaseModel):
    """What the page posts: a text, or a choice with the prompt that it stood under."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._:-]+$")
    text: str = ""
    choice: str = Field(default="", max_length=100)
    prompt: int = Field(default=0, ge=-1, le=10**15)

    @classmethod
    def read(cls, body: bytes) -> "_Post":
        """Read a body; half an emoji, which a cut in a browser leaves, is dropped beforehand."""
        posted = json.loads(body)
        if isinstance(posted, dict):
            posted = {
                name: clean(value) if isinstance(value, str) else value for name, value in posted.items()
            }
        return cls.model_validate(posted)


class WebChannel:
    """One chat page for everybody who opens it, each in a chat of their own."""

    bot = "web"
    sends_files = False

    def __init__(
        self,
        door: Door,
        history: History,
        render: Renderer,
        clock: Clock,
        *,
        uploads: Uploads | None = None,
        demo: Demo | None = None,
        public_url: str | None = None,
    ) -> None:
        """Prepare the page.

        `public_url` is the address that people see when a proxy stands in front; posts from any other
        are refused, and with https the cookie is never sent in the clear.
        """
        self._door = door
        self._history = history
        self._render = render
        self._demo = demo
        self._visitors = Visitors(public_url=public_url, personas=demo is not None)
        self._uploads = uploads
        self._arrivals = Arrivals(clock)
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._closing = False

    def routes(self) -> list[BaseRoute]:
        """Return every route of the page."""
        routes: list[BaseRoute] = [
            Route("/", self._page),
            Route("/chat/messages", self._take, methods=["POST"]),
            Route("/chat/messages", self._messages),
            Route("/chat/uploads", self._upload, methods=["POST"]),
            Route("/chat/files/{message:int}", self._file),
            Mount("/chat/static", StaticFiles(directory=HERE / "static")),
        ]
        if self._demo is not None:
            routes += [Route("/demo", self._personas), Route("/demo/enter", self._enter, methods=["POST"])]
        return routes

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        """Wake the page that waits; it reads the message from the history."""
        self.wake(message.chat)
        return None

    def wake(self, chat: str) -> None:
        """Let the pages of a chat that wait here read what is new."""
        for bell in self._waiting.get(chat, ()):
            bell.set()

    def stop_waiting(self) -> None:
        """Answer every waiting page now, so that the server can stop; it asks again later."""
        self._closing = True
        for bells in self._waiting.values():
            for bell in bells:
                bell.set()

    # The chat

    async def _page(self, request: Request) -> Response:
        visit = self._visitors.visit(request)
        persona = self._persona(visit.persona)
        page = PAGES.get_template("chat.html").render(
            title=TITLE,
            banner=self._demo.banner if self._demo else "",
            demo=self._demo is not None,
            persona=persona,
            chat=visit.chat[:8],
            most_text=MOST_TEXT,
        )
        return self._visitors.remember(request, visit, HTMLResponse(page, headers=HEADERS))

    async def _take(self, request: Request) -> Response:
        """Store what was typed or pressed; the same id is taken once, so a page may repeat itself."""
        if not self._visitors.is_own_page(request):
            return refusal(HTTPStatus.FORBIDDEN, "Yêu cầu này đến từ một trang khác nên không được nhận.")
        try:
            post = _Post.read(await read_body(request, MOST_BODY_BYTES))
        except BodyTooLarge:
            return too_long()
        except (ValueError, RecursionError):
            return refusal(
                HTTPStatus.BAD_REQUEST, "Tin gửi lên không đúng dạng. Anh/chị tải lại trang rồi gửi lại."
            )
        if len(post.text) > MOST_TEXT:
            return too_long()
        if not post.text.strip() and not post.choice:
            return refusal(HTTPStatus.BAD_REQUEST, "Tin chưa có nội dung. Anh/chị gõ câu hỏi rồi gửi.")
        visit = self._visitors.visit(request)
        chosen = bool(post.choice)
        event = Incoming(
            bot=self.bot,
            chat=visit.chat,
            sender=visit.chat,
            event_id=f"{visit.chat}:{post.id}",
            order=self._arrivals.next(),
            kind=IncomingKind.CHOICE if chosen else IncomingKind.TEXT,
            text="" if chosen else post.text,
            choice=post.choice,
            prompt=post.prompt if chosen else 0,
        )
        fresh = await self._door.take([event])
        return self._visitors.remember(request, visit, json_answer({"ok": True, "new": bool(fresh)}))

    async def _upload(self, request: Request) -> Response:
        """Keep a file, and store that it was sent; its name and id stand in the address."""
        if not self._visitors.is_own_page(request):
            return refusal(HTTPStatus.FORBIDDEN, "Yêu cầu này đến từ một trang khác nên không được nhận.")
        named = request.query_params.get("id", "")
        if self._uploads is None or not _UPLOAD_ID.fullmatch(named):
            return refusal(HTTPStatus.BAD_REQUEST, "Trang này chưa nhận được tệp.")
        try:
            content = await read_body(request, LARGEST)
            if not content.startswith(WORKBOOK_SIGN):
                media_type_of(content)
        except BodyTooLarge:
            return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Tệp lớn hơn 10 MB. {KINDS}")
        except FileUnavailable:
            return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Tệp này không nhận được. {KINDS}")
        visit = self._visitors.visit(request)
        name = clean(request.query_params.get("name", ""))[:200]
        try:
            key = await self._uploads.keep(content)
        except FileUnavailable as full:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(full))
        event = Incoming(
            bot=self.bot,
            chat=visit.chat,
            sender=visit.chat,
            event_id=f"{visit.chat}:{named}",
            order=self._arrivals.next(),
            kind=IncomingKind.FILE,
            file={"upload": key, "name": name, "size": len(content)},
        )
        fresh = await self._door.take([event])
        return self._visitors.remember(request, visit, json_answer({"ok": True, "new": bool(fresh)}))

    async def fetch(self, source: Mapping[str, Any], most: int) -> bytes:
        """Return what a page sent up.

        Raises:
            FileUnavailable: it was not kept so long.
        """
        content = await self._uploads.read(str(source.get("upload", ""))) if self._uploads else None
        if content is None or len(content) > most:
            raise FileUnavailable("tệp không còn trên máy chủ.")
        return content

    async def _messages(self, request: Request) -> Response:
        """Return the messages after `after` that are not among `seen`; wait up to `wait` seconds for one.

        `seen` is there because a reminder may be sent after a younger answer: the page asks from some
        messages back, and names those it has.
        """
        try:
            after = int(request.query_params.get("after", "0"))
            seen = {int(number) for number in request.query_params.get("seen", "").split(",") if number}
            wait = float(request.query_params.get("wait", LONGEST_WAIT_SECONDS))
        except ValueError:
            return refusal(HTTPStatus.BAD_REQUEST, "Địa chỉ không đúng. Anh/chị tải lại trang.")
        visit = self._visitors.visit(request)
        deadline = monotonic() + max(0.0, min(wait, LONGEST_WAIT_SECONDS))
        patience = LOOK_SECONDS
        with self._listening(visit.chat) as bell:
            while True:
                said = await self._history.after(key_of(self.bot, visit.chat), after)
                fresh = [_as_json(message) for message in said if message.id not in seen]
                left = deadline - monotonic()
                if fresh or left <= 0 or self._closing:
                    return self._visitors.remember(request, visit, json_answer({"messages": fresh}))
                if await _rung(bell, min(patience, left)):
                    patience = JUST_SENT_SECONDS
                else:
                    patience = min(patience * 2, LOOK_SECONDS)

    async def _file(self, request: Request) -> Response:
        visit = self._visitors.visit(request)
        message = await self._history.message(request.path_params["message"])
        if message is None or message.chat_key != key_of(self.bot, visit.chat):
            return no_such_file()
        return await rendered(message, self._render)

    # The demo

    async def _personas(self, request: Request) -> Response:
        demo = self._demo
        assert demo is not None
        people = demo.personas()
        if "application/json" in request.headers.get("accept", ""):
            return json_answer(
                {
                    "personas": [
                        {"key": p.key, "group": p.group, "label": p.label, "detail": p.detail} for p in people
                    ]
                }
            )
        visit = self._visitors.visit(request)
        page = PAGES.get_template("demo.html").render(
            title=TITLE,
            banner=demo.banner,
            groups=[(group, list(members)) for group, members in groupby(people, key=lambda p: p.group)],
            current=visit.persona,
        )
        return self._visitors.remember(request, visit, HTMLResponse(page, headers=HEADERS))

    async def _enter(self, request: Request) -> Response:
        """Become a persona; each one has its own chat, found again when one comes back to it."""
        demo = self._demo
        assert demo is not None
        if not self._visitors.is_own_page(request):
            return refusal(HTTPStatus.FORBIDDEN, "Yêu cầu này đến từ một trang khác nên không được nhận.")
        try:
            form = parse_qs((await read_body(request, MOST_FORM_BYTES)).decode("utf-8", "replace"))
        except BodyTooLarge:
            return too_long()
        key = form.get("key", [""])[0]
        if key and self._persona(key) is None:
            return refusal(HTTPStatus.NOT_FOUND, "Không có vai này. Anh/chị mở lại trang chọn vai.")
        old = self._visitors.visit(request)
        visit = Visit(old.session, key, fresh=True)
        if key:
            await demo.enter(visit.chat, key)
        response: Response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        if "application/json" in request.headers.get("accept", ""):
            response = json_answer({"ok": True})
        self._visitors.become(request, response, key)
        return self._visitors.remember(request, visit, response)

    def _persona(self, key: str) -> Persona | None:
        people = self._demo.personas() if self._demo is not None else ()
        return next((persona for persona in people if persona.key == key), None)

    @contextmanager
    def _listening(self, chat: str) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        self._waiting[chat].add(bell)
        try:
            yield bell
        finally:
            self._waiting[chat].discard(bell)
            if not self._waiting[chat]:
                del self._waiting[chat]


async def _rung(bell: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return False
    bell.clear()
    return True


def _as_json(message: Outgoing) -> dict[str, Any]:
    reply = message.reply
    return {
        "id": message.id,
        "text": reply.text,
        "choices": [
            {"key": c.key, "label": c.label, "prompt": 0 if c.lasting else message.prompt}
            for c in reply.choices
        ],
        "file": reply.attachment
        and {
            "name": reply.attachment.filename,
            "url": f"/chat/files/{message.id}",
            "picture": reply.attachment.filename.endswith(".png"),
        },
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
    }
