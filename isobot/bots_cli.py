"""`isobot bots`: the bots of this installation, each with its channel, province and rates."""

import re
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from isobot.bots import CHANNELS, FIRST_TOKENS, limits_of, users_of
from isobot.commands import with_core
from isobot.core import Core
from isobot.settings import TOKEN_NAME, token_named
from isobot.storage import bots, records
from isobot.unitfiles import load_provinces

_WIDTH = 140
_KEY = re.compile(r"[a-z][a-z0-9-]{1,29}")
RESTART = "Chạy lại bot để dùng thay đổi này."

bots_app = typer.Typer(no_args_is_help=True, help="Các bot: kênh, tỉnh, tốc độ gửi.", rich_markup_mode=None)


def _province(slug: str) -> str:
    if slug and slug not in load_provinces():
        raise typer.BadParameter(f"Không có tỉnh “{slug}”. Các tỉnh: {', '.join(load_provinces())}.")
    return slug


@bots_app.command("list")
def list_bots() -> None:
    """Liệt kê các bot, tỉnh, biến giữ token (không in token), tốc độ và hạn mức."""

    async def go(core: Core) -> None:
        limits = limits_of(core.settings, core.bots)
        users = users_of(core.settings, core.bots)
        table = Table("Bot", "Kênh", "Tỉnh", "Token", "Tin mỗi giây", "Tin mỗi tháng", "Số người")
        rows = _with_firsts(core)
        for row in rows:
            known = limits.get(row.key)
            overall = known.overall if known else None
            monthly = known.monthly if known else None
            table.add_row(
                row.key + (" (tắt)" if row.off else ""),
                row.channel,
                row.province or "mọi tỉnh",
                _token_words(core, row),
                str(overall.messages) if overall else "không giới hạn",
                str(monthly) if monthly else "không giới hạn",
                str(users.get(row.key, "không giới hạn")),
            )
        Console(width=max(Console().width, _WIDTH)).print(table)
        print(f"{len(rows)} bot. Thêm: isobot bots add. Đổi: isobot bots set.")

    with_core(go)


def _with_firsts(core: Core) -> list[bots.BotRow]:
    """Return the rows, and the bots of the settings that have none before the first run."""
    known = {row.key for row in core.bots}
    tokens = {"telegram": core.settings.telegram_token, "zalo": core.settings.zalo_token}
    fresh = [bots.BotRow(key, key) for key, token in tokens.items() if token and key not in known]
    return [*fresh, *core.bots]


def _token_words(core: Core, row: bots.BotRow) -> str:
    if row.channel not in CHANNELS:
        return "không cần"
    first = {"telegram": core.settings.telegram_token, "zalo": core.settings.zalo_token}
    if row.token_env:
        return row.token_env + ("" if token_named(row.token_env) else " (chưa đặt)")
    return FIRST_TOKENS[row.channel] + ("" if first.get(row.key) else " (chưa đặt)")


@bots_app.command("add")
def add_bot(
    key: Annotated[str, typer.Argument(help="Tên ngắn, ví dụ telegram-kien-giang.")],
    channel: Annotated[str, typer.Option(help="telegram hoặc zalo.")],
    token_env: Annotated[str, typer.Option(help="Tên biến môi trường giữ token, dạng ISOBOT_…_TOKEN.")],
    province: Annotated[str, typer.Option(help="Tỉnh mà bot phục vụ; bỏ trống là mọi tỉnh.")] = "",
) -> None:
    """Thêm một bot. Token chỉ nằm trong biến môi trường, không vào cơ sở dữ liệu."""
    if channel not in CHANNELS:
        raise typer.BadParameter(f"Không có kênh “{channel}”. Các kênh: {', '.join(CHANNELS)}.")
    if _KEY.fullmatch(key) is None:
        raise typer.BadParameter("Tên bot gồm chữ thường, số, gạch nối, ví dụ telegram-kien-giang.")
    if TOKEN_NAME.fullmatch(token_env) is None:
        raise typer.BadParameter("Tên biến phải dạng ISOBOT_…_TOKEN, ví dụ ISOBOT_KIEN_GIANG_TOKEN.")
    _province(province)

    async def go(core: Core) -> None:
        if core.settings.is_demo:
            raise typer.BadParameter(
                "Đang ở chế độ dùng thử. Đặt token của bot đầu tiên trước, rồi thêm bot."
            )
        async with core.database.write() as connection:
            if not await bots.add(
                connection, key=key, channel=channel, province=province, token_env=token_env
            ):
                raise typer.BadParameter(f"Đã có bot tên {key}. Đổi bằng: isobot bots set {key}")
        if token_named(token_env) is None:
            print(
                f"Đã thêm bot {key}. Biến {token_env} chưa đặt: đặt token vào đó rồi chạy lại. Chưa đặt thì"
            )
            print(f"chỉ bot này không chạy. Chưa có token thì tắt: isobot bots set {key} --off")
        else:
            print(f"Đã thêm bot {key}, token ở biến {token_env}. {RESTART}")

    with_core(go)


@bots_app.command("set")
def set_bot(
    key: Annotated[str, typer.Argument(help="Tên bot; xem: isobot bots list.")],
    per_second: Annotated[
        int | None, typer.Option(min=0, max=1000, help="Tin mỗi giây; 0 là mặc định.")
    ] = None,
    monthly: Annotated[int | None, typer.Option(min=0, help="Tin mỗi tháng; 0 là mặc định.")] = None,
    users: Annotated[int | None, typer.Option(min=0, help="Số người gói phục vụ; 0 là mặc định.")] = None,
    province: Annotated[str | None, typer.Option(help="Tỉnh; chuỗi rỗng là mọi tỉnh.")] = None,
    token_env: Annotated[str | None, typer.Option(help="Biến môi trường giữ token.")] = None,
    off: Annotated[bool | None, typer.Option("--off/--on", help="Tắt hoặc bật bot.")] = None,
) -> None:
    """Đổi tốc độ, hạn mức, tỉnh, biến token của một bot; tắt hoặc bật."""
    if token_env is not None and TOKEN_NAME.fullmatch(token_env) is None:
        raise typer.BadParameter("Tên biến phải dạng ISOBOT_…_TOKEN, ví dụ ISOBOT_KIEN_GIANG_TOKEN.")
    if province is not None:
        _province(province)
    given: dict[str, Any] = {"province": province, "token_env": token_env, "off": off}
    rates = {"per_second": per_second, "monthly": monthly, "users": users}
    values = {name: value for name, value in given.items() if value is not None}
    values |= {name: rate or None for name, rate in rates.items() if rate is not None}
    if not values:
        raise typer.BadParameter("Cần ít nhất một thay đổi, ví dụ --per-second 20.")

    async def go(core: Core) -> None:
        async with core.database.write() as connection:
            if key in CHANNELS:
                await records.ensure_bot(connection, key, channel=key)
            known = {row.key: row for row in await bots.all_bots(connection)}
            if key in known and known[key].channel not in CHANNELS and rates.keys() & values.keys():
                raise typer.BadParameter(f"Kênh {key} không có tốc độ, hạn mức hay số người để đổi.")
            if not await bots.change(connection, key, **values):
                raise typer.BadParameter(f"Không có bot “{key}”. Xem: isobot bots list")
        print(f"Đã đổi bot {key}. {RESTART}")

    with_core(go)
