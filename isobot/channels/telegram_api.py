"""The Bot API as we call it: updates unread, and errors as ours, told without the token.

The bot's token stands in every address that is called, so nothing that the libraries below say is
logged as it is.
"""

import logging
import os
from datetime import timedelta
from typing import Any

# Without it, python-telegram-bot warns at every flood answer that its waiting time is a bare number.
os.environ.setdefault("PTB_TIMEDELTA", "true")

import structlog
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from isobot.channels.certificates import trusted
from isobot.channels.shared import may_have_arrived
from isobot.errors import ChannelBusy, ChatGone, DeliveryError, MessageRefused, TokenRefused

log = structlog.get_logger()

API_BASE = "https://api.telegram.org"
ALLOWED_UPDATES = ["message", "edited_message", "callback_query"]
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


class TelegramApi(Bot):
    """The Bot API, with updates as they come: the library's own call fails as a whole over one it cannot
    read, and then nothing behind that update is ever seen.

    Without the library's rate limiter: that one serves whoever asked first, so an officer's answer would
    stand behind the campaign that asked before it. The sender keeps the limits.
    """

    def __init__(self, token: str, *, base: str | None = None) -> None:
        """Prepare; nothing is called yet."""
        for library in ("httpx", "httpcore", "telegram"):
            logging.getLogger(library).setLevel(logging.WARNING)
        address = (base or API_BASE).rstrip("/")
        super().__init__(
            token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=HTTPXRequest(
                connection_pool_size=100,
                read_timeout=20,
                pool_timeout=10,
                httpx_kwargs={"verify": trusted()},
            ),
            get_updates_request=HTTPXRequest(
                connection_pool_size=2, read_timeout=10, httpx_kwargs={"verify": trusted()}
            ),
        )

    async def raw_updates(self, *, offset: int | None, timeout: int) -> list[Any]:
        """Wait up to `timeout` seconds for updates, and return them unread."""
        asked = {"offset": offset, "timeout": timeout, "allowed_updates": ALLOWED_UPDATES}
        read_timeout = (self._request[0].read_timeout or 0) + timeout
        found = await self._post("getUpdates", asked, read_timeout=read_timeout)
        return list(found)

    async def release(self) -> None:
        """Let go of the connections; the library's own shutdown leaves them when nobody asked who it is."""
        for request in self._request:
            await request.shutdown()


class TelegramErrors:
    """Tells what Telegram's errors mean for one bot."""

    def __init__(self, *, bot: str, token: str, token_env: str) -> None:
        self._bot = bot
        self._token = token
        self._token_env = token_env

    def masked(self, error: Exception) -> str:
        """Tell an error without the token; of a foreign error only its kind, as it may quote people."""
        if not isinstance(error, TelegramError):
            return type(error).__name__
        kind, said = type(error).__name__, str(error).replace(self._token, "***")
        return said if said.startswith(f"{kind}: ") else f"{kind}: {said}"

    def token_refused(self) -> TokenRefused:
        """Return the error that says so to the administrator."""
        return TokenRefused(
            f"Telegram không nhận token của bot {self._bot}: đặt {self._token_env} bằng token từ @BotFather "
            "rồi khởi động lại (có đặt ISOBOT_TELEGRAM_API_BASE thì đó phải là một máy chủ Bot API)"
        )

    def of_delivery(self, error: TelegramError) -> DeliveryError:
        """Return why a message did not reach its chat, by what can be done next."""
        said = self.masked(error)
        if isinstance(error, RetryAfter):
            return ChannelBusy(self._bot, wait_of(error), why="limit")
        if isinstance(error, Forbidden | ChatMigrated):
            return ChatGone(said)
        if isinstance(error, InvalidToken):
            log.error(
                "telegram_token_refused", bot=self._bot, mend=f"set {self._token_env} to the present token"
            )
            return ChannelBusy(self._bot, BROKEN, why="token")
        if isinstance(error, BadRequest):
            gone = any(sign in said.lower() for sign in _GONE)
            return ChatGone(said) if gone else MessageRefused(said)
        log.warning("telegram_unreachable", problem=said)
        return ChannelBusy(self._bot, BUSY, perhaps_taken=may_have_arrived(error.__cause__))


def wait_of(error: RetryAfter) -> timedelta:
    """Return how long Telegram asks to wait."""
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def back_off_seconds(failures: int, error: Exception) -> float:
    """Return how long to rest after so many failures in a row, the last of them `error`."""
    if isinstance(error, RetryAfter):
        return wait_of(error).total_seconds()
    return float(min(LONGEST_BACK_OFF, 0.5 * 2 ** min(failures, 10)))
