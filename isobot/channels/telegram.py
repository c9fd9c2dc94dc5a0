"""Telegram: long polling or a webhook in, the Bot API out.

python-telegram-bot gives the Bot API alone: its `Updater` acknowledges before handling, so polling
is ours.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from time import monotonic
from typing import Any, TypeVar

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from telegram import BotCommand, Message, Update, User
from telegram.constants import ChatAction
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from isobot.channels.shared import (
    WEBHOOK_BODY_BYTES,
    BodyTooLarge,
    Gestures,
    KeepParts,
    Progress,
    read_body,
    same_secret,
    webhook_path,
)
from isobot.channels.telegram_api import (
    ALLOWED_UPDATES,
    BUSY,
    LONGEST_BACK_OFF,
    TelegramApi,
    TelegramErrors,
    back_off_seconds,
    wait_of,
)
from isobot.channels.telegram_parts import parts_of
from isobot.channels.telegram_updates import Myself, incoming_from, number_of
from isobot.chat.door import Door
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.domain.attached import refusal_of_size
from isobot.domain.messages import Incoming
from isobot.errors import ChannelBusy, FileUnavailable, SettingsError

log = structlog.get_logger()

POLL_SECONDS = 30

_T = TypeVar("_T")


def deep_link(bot_username: str, code: str) -> str:
    """Return the link that opens the bot and sends it `/start <code>` at one tap."""
    return f"https://t.me/{bot_username}?start={code}"


class TelegramChannel:
    """One Telegram bot."""

    channel = "telegram"
    sends_files = True

    def __init__(
        self,
        token: str,
        door: Door,
        *,
        api_base: str | None = None,
        commands: Sequence[tuple[str, str]] = (),
        bot: str = "telegram",
        token_env: str = "ISOBOT_TELEGRAM_TOKEN",
        poll_seconds: int = POLL_SECONDS,
        keep_parts: KeepParts | None = None,
    ) -> None:
        """Prepare a bot; nothing is called yet.

        `commands` are names without the slash with Vietnamese descriptions, for Telegram's menu;
        `token_env` is the variable to name when the token is refused.
        """
        self.bot = bot
        self.username = ""
        self.connected = False
        self._api = TelegramApi(token, base=api_base)
        self._errors = TelegramErrors(bot=bot, token=token, token_env=token_env)
        self._door = door
        self._commands = commands
        self._poll_seconds = poll_seconds
        self._id = 0
        self._progress = Progress(keep_parts)
        self._gestures = Gestures(harmless=TelegramError)

    @property
    def webhook_path(self) -> str:
        """Where the platform posts to."""
        return webhook_path(self.channel, self.bot)

    # Coming in

    async def run_polling(self) -> None:
        """Fetch updates until cancelled; an update is acknowledged after it was stored.

        Raises:
            TokenRefused: Telegram does not know the token.
        """
        await self._connect()
        await self._insist(lambda: self._api.delete_webhook(drop_pending_updates=False))
        log.info("telegram_polls", bot=self.username)
        offset: int | None = None
        complained = -LONGEST_BACK_OFF
        failures = 0
        while True:
            try:
                # Asking from `offset` on tells Telegram to forget everything before it.
                updates = await self._api.raw_updates(offset=offset, timeout=self._poll_seconds)
                known = [read for update in updates if (read := self._read(update)) is not None]
                await self._door.take([incoming for _, incoming in known if incoming is not None])
            except InvalidToken:
                raise self._errors.token_refused() from None
            except Conflict as error:
                if monotonic() - complained >= LONGEST_BACK_OFF:
                    complained = monotonic()
                    log.error(
                        "telegram_conflict",
                        problem="another program polls with this token, or a webhook is set: stop it",
                        said=self._errors.masked(error),
                    )
                await asyncio.sleep(min(self._poll_seconds, 5))
                continue
            except Exception as error:
                failures += 1
                wait = back_off_seconds(failures, error)
                log.warning("telegram_poll_failed", problem=self._errors.masked(error), wait_seconds=wait)
                await asyncio.sleep(wait)
                continue
            failures = 0
            numbers = [number for update in updates if (number := number_of(update)) is not None]
            if numbers:
                offset = max(numbers) + 1
                for update, _ in known:
                    self._acknowledge(update)

    def webhook_route(self, secret: str) -> Route:
        """Return the route that Telegram posts to; it answers 200 after the update was stored."""

        async def receive(request: Request) -> Response:
            given = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
            if not same_secret(given, secret):
                return PlainTextResponse("wrong secret", HTTPStatus.FORBIDDEN)
            try:
                data = json.loads(await read_body(request, WEBHOOK_BODY_BYTES))
            except BodyTooLarge:
                return PlainTextResponse("too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            except ValueError:
                data = None
            if number_of(data) is None:
                log.warning("telegram_webhook_malformed")
                return PlainTextResponse("not an update", HTTPStatus.BAD_REQUEST)
            read = self._read(data)
            if read is not None and read[1] is not None:
                # Updates are numbered without gaps, and several requests may overtake one another.
                await self._door.take([read[1]], gapless=True)
                self._acknowledge(read[0])
            return PlainTextResponse("ok")

        return Route(self.webhook_path, receive, methods=["POST"])

    async def set_webhook(self, public_url: str, secret: str) -> None:
        """Tell Telegram where to post; tries until Telegram can be reached.

        Raises:
            TokenRefused: Telegram does not know the token.
            SettingsError: Telegram does not take the address.
        """
        await self._connect()
        url = public_url.rstrip("/") + self.webhook_path
        try:
            await self._insist(
                lambda: self._api.set_webhook(
                    url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, drop_pending_updates=False
                )
            )
        except BadRequest as error:
            raise SettingsError(
                f"Telegram refuses the webhook {url}: {self._errors.masked(error)}; "
                "mend ISOBOT_PUBLIC_URL or ISOBOT_WEBHOOK_SECRET"
            ) from None
        log.info("telegram_webhook_set", bot=self.username, url=url)

    def incoming(self, update: Update) -> Incoming | None:
        """Read what a person did from an update; None for what does not concern the bot."""
        return incoming_from(update, Myself(self.bot, self._id, self.username))

    def _read(self, data: Any) -> tuple[Update, Incoming | None] | None:
        """Read an update as it came, and what a person did in it; None for one that cannot be read.

        Such a one is logged by its number and passed over: kept waiting, it would hold up all behind it.
        """
        try:
            update = Update.de_json(data, self._api)
            return update, self.incoming(update)
        except Exception as error:
            # The library reads fields as they come, so a wrong shape can fail in any way.
            number = number_of(data)
            log.warning("telegram_update_unreadable", update=number, problem=type(error).__name__)
            return None

    def _acknowledge(self, update: Update) -> None:
        """Show at once that something is coming: both gestures may be lost without harm."""
        query, message = update.callback_query, update.message
        if query is not None:
            self._gestures.make(lambda: self._api.answer_callback_query(query.id))
        elif message is not None and message.text and self.incoming(update) is not None:
            self._gestures.make(lambda: self._api.send_chat_action(message.chat.id, ChatAction.TYPING))

    async def fetch(self, source: Mapping[str, Any], most: int) -> bytes:
        """Return the content of a file that was sent to the bot.

        Raises:
            FileUnavailable: Telegram does not give it, or it is larger than `most` bytes.
            ChannelBusy: Telegram cannot be reached now.
        """
        try:
            known = await self._api.get_file(str(source.get("file_id", "")))
            if (known.file_size or 0) > most:
                raise FileUnavailable(refusal_of_size())
            return bytes(await known.download_as_bytearray())
        except (BadRequest, Forbidden):
            raise FileUnavailable("Telegram không còn giữ tệp này.") from None
        except TelegramError as error:
            wait = wait_of(error) if isinstance(error, RetryAfter) else BUSY
            raise ChannelBusy(self.bot, wait) from None

    # Going out

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        """Send a message, in several parts where it is long; return the number of the last part."""
        reference: Message | None = None
        try:
            parts = parts_of(self._api, message, file)
            done = self._progress.done(message)
            for number, part in enumerate(parts[done:], start=done + 1):
                reference = await part()
                await self._progress.advance(message, to=number, of=len(parts))
        except TelegramError as error:
            raise self._errors.of_delivery(error) from None
        self._progress.finish(message.id)
        return str(reference.message_id) if reference is not None else None

    # Keeping in touch

    async def close(self) -> None:
        """Let go of the connections."""
        await self._gestures.stop()
        await self._api.release()

    async def _connect(self) -> None:
        """Learn who the bot is, and give Telegram the menu of commands."""
        self.connected = False
        # Once initialized, the library asks no more, and a token taken back would seem to be known.
        await self._insist(self._api.get_me if self.username else self._api.initialize)
        self.connected = True
        me: User = self._api.bot
        self._id, self.username = me.id, me.username or ""
        if self._commands:
            menu = [BotCommand(name, description) for name, description in self._commands]
            try:
                await self._api.set_my_commands(menu)
            except TelegramError as error:
                log.warning("telegram_menu_not_set", problem=self._errors.masked(error))

    async def _insist(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """Call until Telegram answers; only an answer that a repetition cannot change ends it."""
        failures = 0
        while True:
            try:
                return await call()
            except InvalidToken:
                raise self._errors.token_refused() from None
            except BadRequest:
                raise
            except TelegramError as error:
                failures += 1
                wait = back_off_seconds(failures, error)
                log.warning("telegram_unreachable", problem=self._errors.masked(error), wait_seconds=wait)
                await asyncio.sleep(wait)
