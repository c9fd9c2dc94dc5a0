"""Which bots this installation has: those whose tokens are settings, and the rows beside them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from isobot.chat.limits import Limits, telegram_limits, zalo_limits
from isobot.errors import SettingsError
from isobot.settings import Settings, token_named
from isobot.storage.bots import BotRow

CHANNELS = ("telegram", "zalo")
FIRST_TOKENS = {channel: f"ISOBOT_{channel.upper()}_TOKEN" for channel in CHANNELS}
"""The setting that holds the token of each channel's first bot."""


@dataclass(frozen=True, slots=True)
class KnownBot:
    """A bot that this process may run; `key` is how its messages and chats are marked."""

    key: str
    channel: str
    province: str
    token: SecretStr
    token_env: str
    """The variable that holds the token."""


def known_bots(
    settings: Settings,
    rows: Iterable[BotRow],
    *,
    token_of: Callable[[str], SecretStr | None] = token_named,
) -> list[KnownBot]:
    """Return the bots to run: the first of each channel from the settings, then the rows whose token is set.

    Raises:
        SettingsError: two bots have the same token.
    """
    rows = list(rows)
    by_key = {row.key: row for row in rows}
    found: list[KnownBot] = []
    for channel, token in (("telegram", settings.telegram_token), ("zalo", settings.zalo_token)):
        row = by_key.get(channel)
        if token is not None and not (row is not None and row.off):
            province = row.province if row else ""
            found.append(KnownBot(channel, channel, province, token, FIRST_TOKENS[channel]))
    for row in _further(settings, rows):
        token = token_of(row.token_env)
        if token is not None:
            found.append(KnownBot(row.key, row.channel, row.province, token, row.token_env))
    seen: dict[str, str] = {}
    for bot in found:
        other = seen.setdefault(bot.token.get_secret_value(), bot.key)
        if other != bot.key:
            raise SettingsError(
                f"Bot {other} và bot {bot.key} dùng chung một token, nền tảng chỉ cho một chương trình nhận "
                f"tin. Tắt một bot: isobot bots set {bot.key} --off"
            )
    return found


def bots_without_token(
    settings: Settings,
    rows: Iterable[BotRow],
    *,
    token_of: Callable[[str], SecretStr | None] = token_named,
) -> list[BotRow]:
    """Return the bots that cannot run, because the variable that their row names is not set."""
    return [row for row in _further(settings, rows) if token_of(row.token_env) is None]


def silent_bots(settings: Settings, rows: Sequence[BotRow]) -> set[str]:
    """Return the bots that do not run; what waits for them goes to people's other chats."""
    return {row.key for row in rows if row.off} | {row.key for row in bots_without_token(settings, rows)}


def without_token(row: BotRow) -> str:
    """Say that a bot stays out, and how to mend that."""
    return (
        f"Bot {row.key} không chạy: biến {row.token_env} chưa đặt. Đặt token của bot vào biến đó rồi chạy "
        f"lại, hoặc tắt bot: isobot bots set {row.key} --off"
    )


def _further(settings: Settings, rows: Iterable[BotRow]) -> list[BotRow]:
    """Return the rows of bots beside the first of each channel, without those turned off."""
    if settings.is_demo:
        return []
    return [
        row
        for row in rows
        if row.key not in CHANNELS and row.channel in CHANNELS and row.token_env and not row.off
    ]


def limits_of(settings: Settings, rows: Iterable[BotRow]) -> dict[str, Limits]:
    """Return what each bot may send, by its row where that gives a rate; the web chat has no limit."""
    firsts = (BotRow("telegram", "telegram"), BotRow("zalo", "zalo"))
    found = {row.key: _limits(settings, row) for row in (*firsts, *rows)}
    return {key: limits for key, limits in found.items() if limits is not None}


def _limits(settings: Settings, row: BotRow) -> Limits | None:
    if row.channel == "telegram":
        return telegram_limits(row.per_second or settings.telegram_per_second, row.monthly)
    if row.channel == "zalo":
        monthly = row.monthly or settings.zalo_monthly_messages
        return zalo_limits(row.per_second or settings.zalo_per_second, monthly)
    return None


def users_of(settings: Settings, rows: Iterable[BotRow]) -> dict[str, int]:
    """Return how many people each bot may serve, where its plan or its row names a number."""
    plans = {"zalo": settings.zalo_users}
    found = {row.key: row.users or plans.get(row.channel) for row in (BotRow("zalo", "zalo"), *rows)}
    return {key: users for key, users in found.items() if users is not None}
