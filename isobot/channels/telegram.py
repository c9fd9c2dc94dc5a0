"""Telegram: long polling or a webhook in, the Bot API out.

python-telegram-bot gives the Bot API alone: its `Updater` acknowledges before handling, so polling
is ours. The bot's token stands in every address that is called, so nothing that these libraries say
is logged as it is.
"""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from time import monotonic
from typing import Any, NoReturn, TypeVar

# Without it, python-telegram-bot warns at every flood answer that its waiting time is a bare number.
os.environ.setdefault("PTB_TIMEDELTA", "true")

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    Update,
    User,
)
from telegram.constants import ChatAction, MessageLimit
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from isobot.channels.certificates import trusted
from isobot.channels.shared import (
    WEBHOOK_BODY_BYTES,
    BodyTooLarge,
    Gestures,
    KeepParts,
    Progress,
    may_have_arrived,
    read_body,
    same_secret,
    webhook_path,
)
from isobot.channels.telegram_updates import Myself, incoming_from, number_of
from isobot.chat.door import Door
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.domain.attached import refusal_of_size
from isobot.domain.messages import Choice, Incoming, split_text
from isobot.errors import (
    ChannelBusy,
    ChatGone,
    FileUnavailable,
    MessageRefused,
    SettingsError,
    TokenRefused,
)

log = structlog.get_logger()

API_BASE = "https://api.telegram.org"
PICTURE = "image/png"
POLL_SECONDS = 30
ALLOWED_UPDATES = ["message", "edited_message", "callback_query"]
SHORT_LABEL = 14
"""Two buttons with labels up to this length fit side by side on a narrow phone."""
LONGEST_BACK_OFF = 60.0
BUSY = timedelta(seconds=5)
BROKEN = timedelta(minutes=5)
"""The wait when nothing but a change of the installation can help, such as a token taken back."""

_GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "group chat was deleted",
)
_T = TypeVar("_T")


def deep_link(bot_username: str, code: str) -> str:
    """Return the link that opens the bot and sends it `/start <code>` at one tap."""
    return f"https://t.me/{bot_username}?start={code}"


class _Api(Bot):
    """The Bot API, with updates as they come: the library's own call fails as a whole over one it cannot
    read, and then nothing behind that update is ever seen.
    """

    async def raw_updates(self, *, offset: int | None, timeout: int) -> list[Any]:
        """Wait up to `timeout` seconds for updates, and return them unread."""
        asked = {"offset": offset, "timeout": timeout, "allowed_updates": ALLOWED_UPDATES}
        read_timeout = (self._request[0].read_timeout or 0) + timeout
        found = await self._post("getUpdates", asked, read_timeout=read_timeout)
        return list(found)


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
        for library in ("httpx", "httpcore", "telegram"):
            logging.getLogger(library).setLevel(logging.WARNING)
        base = (api_base or API_BASE).rstrip("/")
        self.bot = bot
        self.username = ""
        self.connected = False
        self._token = token
        self._token_env = token_env
        self._door = door
        self._commands = commands
        self._poll_seconds = poll_seconds
        self._id = 0
        self._progress = Progress(keep_parts)
        self._gestures = Gestures(harmless=TelegramError)
        self._requests = (
            HTTPXRequest(
                connection_pool_size=100,
                read_timeout=20,
                pool_timeout=10,
                httpx_kwargs={"verify": trusted()},
            ),
            HTTPXRequest(connection_pool_size=2, read_timeout=10, httpx_kwargs={"verify": trusted()}),
        )
        # Without the library's rate limiter: that one serves whoever asked first, so an officer's answer
        # would stand behind the campaign that asked before it. The sender keeps the limits.
        self._api = _Api(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )

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
                raise self._token_refused() from None
            except Conflict as error:
                if monotonic() - complained >= LONGEST_BACK_OFF:
                    complained = monotonic()
                    log.error(
                        "telegram_conflict",
                        problem="another program polls with this token, or a webhook is set: stop it",
                        said=self._masked(error),
                    )
                await asyncio.sleep(min(self._poll_seconds, 5))
                continue
            except Exception as error:
                failures += 1
                wait = self._back_off(failures, error)
                log.warning("telegram_poll_failed", problem=self._masked(error), wait_seconds=wait)
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
                f"Telegram refuses the webhook {url}: {self._masked(error)}; "
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
            wait = _wait_of(error) if isinstance(error, RetryAfter) else BUSY
            raise ChannelBusy(self.bot, wait) from None

    # Going out

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        """Send a message, in several parts where it is long; return the number of the last part."""
        reference: Message | None = None
        try:
            steps = self._steps(message, file)
            done = self._progress.done(message)
            for number, step in enumerate(steps[done:], start=done + 1):
                reference = await step()
                await self._progress.advance(message, to=number, of=len(steps))
        except TelegramError as error:
            self._raise_ours(error)
        self._progress.finish(message.id)
        return str(reference.message_id) if reference is not None else None

    def _steps(
        self, message: Outgoing, file: RenderedFile | None
    ) -> list[Callable[[], Coroutine[Any, Any, Message]]]:
        chat, reply = int(message.chat), message.reply
        keyboard = _keyboard(reply.choices, message.prompt)
        texts = split_text(reply.text, MessageLimit.MAX_TEXT_LENGTH) if reply.text.strip() else []
        caption = None
        if file is not None and len(split_text(reply.text, MessageLimit.CAPTION_LENGTH)) == 1:
            caption, texts = reply.text or None, []

        def text_step(text: str, *, last: bool) -> Callable[[], Coroutine[Any, Any, Message]]:
            return lambda: self._api.send_message(
                chat,
                text,
                reply_markup=keyboard if last else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )

        steps = [
            text_step(text, last=file is None and place == len(texts)) for place, text in enumerate(texts, 1)
        ]
        if file is not None:
            steps.append(self._file_step(chat, file, caption, keyboard))
        return steps

    def _file_step(
        self, chat: int, file: RenderedFile, caption: str | None, keyboard: InlineKeyboardMarkup | None
    ) -> Callable[[], Coroutine[Any, Any, Message]]:
        """Send a picture as one that is seen at once, and anything else as a file to open."""
        content = InputFile(file.content, filename=file.filename)
        if file.media_type == PICTURE:
            return lambda: self._api.send_photo(chat, content, caption=caption, reply_markup=keyboard)
        return lambda: self._api.send_document(chat, content, caption=caption, reply_markup=keyboard)

    def _raise_ours(self, error: TelegramError) -> NoReturn:
        said = self._masked(error)
        if isinstance(error, RetryAfter):
            raise ChannelBusy(self.bot, _wait_of(error), why="limit") from None
        if isinstance(error, Forbidden | ChatMigrated):
            raise ChatGone(said) from None
        if isinstance(error, InvalidToken):
            log.error(
                "telegram_token_refused", bot=self.bot, mend=f"set {self._token_env} to the present token"
            )
            raise ChannelBusy(self.bot, BROKEN, why="token") from None
        if isinstance(error, BadRequest):
            if any(sign in said.lower() for sign in _GONE):
                raise ChatGone(said) from None
            raise MessageRefused(said) from None
        log.warning("telegram_unreachable", problem=said)
        raise ChannelBusy(self.bot, BUSY, perhaps_taken=may_have_arrived(error.__cause__)) from None

    # Keeping in touch

    async def close(self) -> None:
        """Let go of the connections."""
        await self._gestures.stop()
        # The bot's own shutdown leaves them open when nobody ever asked who it is.
        for request in self._requests:
            await request.shutdown()

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
                log.warning("telegram_menu_not_set", problem=self._masked(error))

    async def _insist(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """Call until Telegram answers; only an answer that a repetition cannot change ends it."""
        failures = 0
        while True:
            try:
                return await call()
            except InvalidToken:
                raise self._token_refused() from None
            except BadRequest:
                raise
            except TelegramError as error:
                failures += 1
                wait = self._back_off(failures, error)
                log.warning("telegram_unreachable", problem=self._masked(error), wait_seconds=wait)
                await asyncio.sleep(wait)

    def _back_off(self, failures: int, error: Exception) -> float:
        if isinstance(error, RetryAfter):
            return _wait_of(error).total_seconds()
        return float(min(LONGEST_BACK_OFF, 0.5 * 2 ** min(failures, 10)))

    def _token_refused(self) -> TokenRefused:
        return TokenRefused(
            f"Telegram không nhận token của bot {self.bot}: đặt {self._token_env} bằng token từ @BotFather "
            "rồi khởi động lại (có đặt ISOBOT_TELEGRAM_API_BASE thì đó phải là một máy chủ Bot API)"
        )

    def _masked(self, error: Exception) -> str:
        """Tell an error without the token; of a foreign error only its kind, as it may quote people."""
        if not isinstance(error, TelegramError):
            return type(error).__name__
        return f"{type(error).__name__}: {error}".replace(self._token, "***")


def _wait_of(error: RetryAfter) -> timedelta:
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _keyboard(choices: Sequence[Choice], prompt: int) -> InlineKeyboardMarkup | None:
    """Draw choices as buttons; a lasting one under prompt 0, which is never out of date."""
    if not choices:
        return None
    buttons = [
        InlineKeyboardButton(c.label, callback_data=f"{0 if c.lasting else prompt}|{c.key}") for c in choices
    ]
    wide = 2 if all(len(c.label) <= SHORT_LABEL for c in choices) else 1
    return InlineKeyboardMarkup([buttons[at : at + wide] for at in range(0, len(buttons), wide)])
