"""Which bots this installation has: those whose tokens are settings, and the rows beside them."""

from collections.abc import Callable, Iterable
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
    """Return the bots to run: the first of each channel from the settings, then the rows with a token's name.

    Raises:
        SettingsError: a variable that a row names is not set, or two bots have the same token.
    """
    by_key = {row.key: row for row in rows}
    found: list[KnownBot] = []
    for channel, token in (("telegram", settings.telegram_token), ("zalo", settings.zalo_token)):
        row = by_key.pop(channel, None)
        if token is not None and not (row is not None and row.off):
            province = row.province if row else ""
            found.append(KnownBot(channel, channel, province, token, FIRST_TOKENS[channel]))
    if settings.is_demo:
        return found
    further = (r for r in by_key.values() if r.token_env and not r.off and r.channel in CHANNELS)
    found += [
        KnownBot(row.key, row.channel, row.province, _token(row, token_of), row.token_env) for row in further
    ]
    seen: dict[str, str] = {}
    for bot in found:
        other = seen.setdefault(bot.token.get_secret_value(), bot.key)
        if other != bot.key:
            raise SettingsError(
                f"Bot {other} và bot {bot.key} dùng chung một token, nền tảng chỉ cho một chương trình nhận "
                f"tin. Tắt một bot: isobot bots set {bot.key} --off"
            )
    return found


def _token(row: BotRow, token_of: Callable[[str], SecretStr | None]) -> SecretStr:
    token = token_of(row.token_env)
    if token is None:
        raise SettingsError(
            f"Bot {row.key} cần token trong biến {row.token_env}, hiện chưa đặt. Đặt biến đó, "
            f"hoặc tắt bot: isobot bots set {row.key} --off"
        )
    return token


def limits_of(settings: Settings, rows: Iterable[BotRow]) -> dict[str, Limits]:
    """Return what each bot may send, by its row where that gives a rate; the web chat has no limit."""
    firsts = (BotRow("telegram", "telegram"), BotRow("zalo", "zalo"))
    found = {row.key: _limits(settings, row) for row in (*firsts, *rows)}
    return {key: limits for key, limits in found.items() if limits is not None}


def _limits(settings: Settings, row: BotRow) -> Limits | None:
    if row.channel == "telegram":
        return telegram_limits(row.per_second or settings.telegram_per_second)
    if row.channel == "zalo":
        monthly = row.monthly or settings.zalo_monthly_messages
        return zalo_limits(row.per_second or settings.zalo_per_second, monthly)
    return None


def users_of(settings: Settings, rows: Iterable[BotRow]) -> dict[str, int]:
    """Return how many people the plan of each Zalo bot serves."""
    firsts = (BotRow("zalo", "zalo"),)
    return {r.key: r.users or settings.zalo_users for r in (*firsts, *rows) if r.channel == "zalo"}
