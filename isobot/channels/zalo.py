"""Zalo: a bot of the Zalo Bot Platform.

The platform has no buttons, no files and no editing, so choices become a numbered list and a file
becomes a link. Its polling has no offset: an update is either gone once it was handed over, or comes
back at every poll; both have been reported. So whatever comes is stored before the next poll, each
message once by its id. A message written while nobody polls may be lost; a webhook is preferred.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Any, NoReturn

import httpx
import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from isobot.channels.shared import (
    WEBHOOK_BODY_BYTES,
    BodyTooLarge,
    Gestures,
    KeepParts,
    Progress,
    clean,
    read_body,
    same_secret,
    take_to_the_end,
    webhook_path,
)
from isobot.channels.zalo_api import ZaloApi, ZaloRefusal
from isobot.channels.zalo_updates import Myself, incoming_from, unwrapped
from isobot.chat.door import Door
from isobot.chat.files import LIFETIME
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.clock import Clock
from isobot.domain.messages import Incoming, Reply, split_text
from isobot.errors import (
    ChannelBusy,
    ChatGone,
    DeliveryError,
    MessageRefused,
    SettingsError,
    TokenRefused,
)

log = structlog.get_logger()

POLL_SECONDS = 30
FLOOR_SECONDS = 1.0
"""The least time between polls that bring nothing new: seen, an old update comes at every poll at once."""
MOST_TEXT = 2000
"""Of a message, in UTF-16 units: the platform does not say which unit, its text styles count these."""
LONGEST_BACK_OFF = 30.0
"""Short, because what people write while nobody polls may be lost."""
BUSY = timedelta(seconds=5)
OVER_QUOTA = timedelta(seconds=60)
BROKEN = timedelta(minutes=5)
NO_LINK = (
    "Tệp “{name}” chưa lấy được qua Zalo vì hệ thống chưa có địa chỉ công khai. "
    "Anh/chị lấy tệp ở kênh khác, hoặc hỏi quản trị viên."
)

_GONE = re.compile(r"\b(chat|user|recipient)(_id)?\b.*(not found|not exist|invalid|block)", re.IGNORECASE)


class ZaloChannel:
    """One Zalo bot."""

    channel = "zalo"
    sends_files = False

    def __init__(
        self,
        token: str,
        door: Door,
        clock: Clock,
        *,
        api_base: str | None = None,
        file_url: Callable[[int], str] | None = None,
        bot: str = "zalo",
        token_env: str = "ISOBOT_ZALO_TOKEN",
        poll_seconds: int = POLL_SECONDS,
        floor_seconds: float = FLOOR_SECONDS,
        keep_parts: KeepParts | None = None,
    ) -> None:
        """Prepare a bot; nothing is called yet.

        `file_url` gives the link to the file of a message; None where people cannot reach this server.
        `token_env` is the variable to name when the token is refused.
        """
        self.bot = bot
        self._api = ZaloApi(token, base=api_base)
        self._token_env = token_env
        self._door = door
        self._clock = clock
        self._file_url = file_url
        self._poll_seconds = poll_seconds
        self._floor_seconds = floor_seconds
        self._names: list[str] = []
        self.connected = False
        self._progress = Progress(keep_parts)
        self._gestures = Gestures(harmless=ZaloRefusal)

    @property
    def webhook_path(self) -> str:
        """Where the platform posts to."""
        return webhook_path(self.channel, self.bot)

    # Coming in

    async def run_polling(self) -> None:
        """Fetch updates until cancelled; what was handed over is stored before the next call.

        Raises:
            TokenRefused: Zalo does not know the token.
        """
        await self._connect()
        await self._take_webhook_away()
        log.info("zalo_polls", bot=self._names)
        failures = 0
        while True:
            begun = monotonic()
            fresh = 0
            try:
                waiting = {"timeout": str(self._poll_seconds)}
                found = await self._api.call("getUpdates", waiting, waits_seconds=self._poll_seconds)
                fresh = await self._store(self._read(found))
                failures = 0
            except ZaloRefusal as refusal:
                self._stop_when_unknown(refusal)
                if refusal.code == HTTPStatus.REQUEST_TIMEOUT:  # nobody wrote anything: the usual answer
                    failures = 0
                else:
                    failures += 1
                    await self._back_off("zalo_poll_failed", failures, refusal)
            if not fresh:
                await asyncio.sleep(max(0.0, self._floor_seconds - (monotonic() - begun)))

    def webhook_route(self, secret: str) -> Route:
        """Return the route that Zalo posts to; it answers 200 after the event was stored."""

        async def receive(request: Request) -> Response:
            try:
                body = await read_body(request, WEBHOOK_BODY_BYTES)
            except BodyTooLarge:
                return PlainTextResponse("too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            if not body.strip():
                # Zalo tries the address with an empty body, and seen, without the secret.
                return PlainTextResponse("ok")
            if not same_secret(request.headers.get("X-Bot-Api-Secret-Token"), secret):
                return PlainTextResponse("wrong secret", HTTPStatus.FORBIDDEN)
            try:
                events = self._read(unwrapped(json.loads(body)), strict=True)
            except (ValueError, RecursionError):
                log.warning("zalo_webhook_malformed")
                return PlainTextResponse("not an event", HTTPStatus.BAD_REQUEST)
            await self._door.take(events)
            self._acknowledge(events)
            return PlainTextResponse("ok")

        return Route(self.webhook_path, receive, methods=["POST"])

    async def set_webhook(self, public_url: str, secret: str) -> None:
        """Tell Zalo where to post; the server should listen by then, as Zalo tries the address at once.

        Raises:
            TokenRefused: Zalo does not know the token.
            SettingsError: Zalo does not take the address.
        """
        await self._connect()
        url = public_url.rstrip("/") + self.webhook_path
        failures = 0
        while True:
            try:
                answer = await self._api.call("setWebhook", {"url": url, "secret_token": secret})
                break
            except ZaloRefusal as refusal:
                self._stop_when_unknown(refusal)
                if refusal.code in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                    raise SettingsError(
                        f"Zalo refuses the webhook {url}: {self._api.masked(refusal)}; "
                        "mend ISOBOT_PUBLIC_URL (https, reachable from outside) "
                        "or ISOBOT_WEBHOOK_SECRET (8 to 256 characters)"
                    ) from None
                failures += 1
                await self._back_off("zalo_unreachable", failures, refusal)
        tried = answer.get("verification") if isinstance(answer, dict) else None
        if isinstance(tried, dict) and tried.get("ok") is False:
            log.warning("zalo_webhook_not_reached", url=url, outcome=str(tried.get("outcome", "")))
        else:
            log.info("zalo_webhook_set", bot=self._names, url=url)

    def _read(self, result: Any, *, strict: bool = False) -> list[Incoming]:
        return incoming_from(result, Myself(self.bot, self._names), now=self._clock.now(), strict=strict)

    async def _store(self, events: Sequence[Incoming]) -> int:
        """Store what was handed over, however long it takes: the platform may not hand it over again."""
        failures = 0
        while True:
            try:
                fresh = await take_to_the_end(self._door, events)
            except Exception as error:
                failures += 1
                await self._back_off("zalo_not_stored", failures, error)
                continue
            if fresh:
                self._acknowledge(events)
            return fresh

    def _acknowledge(self, events: Sequence[Incoming]) -> None:
        """Show in the chat that an answer is coming."""
        for chat in dict.fromkeys(event.chat for event in events):
            typing = {"chat_id": chat, "action": "typing"}
            self._gestures.make(partial(self._api.call, "sendChatAction", typing))

    async def fetch(self, source: Mapping[str, Any], most: int) -> bytes:
        """Return a picture that was sent to the bot, from the platform's own servers only.

        Raises:
            FileUnavailable: it is gone, too large, or lies elsewhere.
            ChannelBusy: the platform cannot be reached now.
        """
        try:
            return await self._api.picture(str(source.get("url", "")), most)
        except httpx.HTTPError:
            raise ChannelBusy(self.bot, BUSY) from None

    # Going out

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        """Send a message, in several parts where it is long; return the id of the last part."""
        reference: str | None = None
        parts = split_text(self._plain(message.id, message.reply), MOST_TEXT)
        done = self._progress.done(message)
        for number, part in enumerate(parts[done:], start=done + 1):
            if not part.strip():
                continue
            try:
                sent = await self._api.call("sendMessage", {"chat_id": message.chat, "text": part})
            except ZaloRefusal as refusal:
                self._raise_ours(refusal)
            reference = str(sent["message_id"]) if isinstance(sent, dict) and "message_id" in sent else None
            await self._progress.advance(message, to=number, of=len(parts))
        self._progress.finish(message.id)
        return reference

    def _plain(self, number: int, reply: Reply) -> str:
        """Write a reply with its file as a link, above the numbered choices."""
        if reply.attachment is None:
            return reply.as_plain_text()
        name = reply.attachment.filename
        line = NO_LINK.format(name=name)
        if self._file_url is not None:
            line = f"Tệp “{name}” (đường dẫn dùng được {LIFETIME.days} ngày):\n{self._file_url(number)}"
        return replace(reply, text=f"{reply.text}\n{line}".strip()).as_plain_text()

    def _raise_ours(self, refusal: ZaloRefusal) -> NoReturn:
        said = self._api.masked(refusal)
        error: DeliveryError = ChannelBusy(self.bot, BUSY, perhaps_taken=refusal.perhaps_taken)
        if refusal.code == HTTPStatus.TOO_MANY_REQUESTS:
            error = ChannelBusy(self.bot, OVER_QUOTA, why="limit")
        elif refusal.code == HTTPStatus.UNAUTHORIZED:
            log.error("zalo_token_refused", bot=self.bot, mend=f"set {self._token_env} to the present token")
            error = ChannelBusy(self.bot, BROKEN, why="token")
        elif refusal.code in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
            error = ChatGone(said) if _GONE.search(said) else MessageRefused(said)
        else:
            # 403 is the platform's own inner error, and everything else may pass as well.
            log.warning("zalo_unreachable", problem=said)
        raise error from None

    # Keeping in touch

    async def close(self) -> None:
        """Let go of the connections."""
        await self._gestures.stop()
        await self._api.close()

    async def _connect(self) -> None:
        """Learn what the bot is called; tries until Zalo can be reached."""
        self.connected = False
        failures = 0
        while True:
            try:
                me = await self._api.call("getMe", {})
                break
            except ZaloRefusal as refusal:
                self._stop_when_unknown(refusal)
                failures += 1
                await self._back_off("zalo_unreachable", failures, refusal)
        self.connected = True
        if isinstance(me, dict):
            names = (me.get("display_name"), me.get("account_name"))
            self._names = [clean(name) for name in names if isinstance(name, str) and name]

    async def _take_webhook_away(self) -> None:
        """Polling brings nothing while a webhook is set, and says nothing about it."""
        try:
            info = await self._api.call("getWebhookInfo", {})
            if isinstance(info, dict) and info.get("url"):
                log.warning("zalo_webhook_taken_away", reason="this process polls")
                await self._api.call("deleteWebhook", {})
        except ZaloRefusal as refusal:
            if refusal.code not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):  # there is no webhook
                log.warning("zalo_webhook_unknown", problem=self._api.masked(refusal))

    def _stop_when_unknown(self, refusal: ZaloRefusal) -> None:
        if refusal.code == HTTPStatus.UNAUTHORIZED:
            raise TokenRefused(
                f"Zalo không nhận token của bot {self.bot}: đặt {self._token_env} bằng token mà Zalo Bot "
                "Creator gửi rồi khởi động lại (có đặt ISOBOT_ZALO_API_BASE thì đó phải là một máy chủ "
                "Zalo Bot)"
            ) from None

    async def _back_off(self, event: str, failures: int, error: Exception) -> None:
        wait = min(LONGEST_BACK_OFF, 0.5 * 2 ** min(failures, 8))
        log.warning(event, problem=self._api.masked(error), wait_seconds=wait)
        await asyncio.sleep(wait)
