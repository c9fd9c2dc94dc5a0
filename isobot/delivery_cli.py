"""`isobot serve`, `isobot worker`, `isobot outbox`."""

import asyncio
import contextlib
import signal
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from isobot.app import Application, Part
from isobot.bots import without_token
from isobot.clock import VIETNAM
from isobot.commands import with_core
from isobot.core import Core
from isobot.errors import SettingsError
from isobot.storage import delivery
from isobot.undelivered import reason

_WIDTH = 140

outbox_app = typer.Typer(no_args_is_help=True, help="Tin nhắn gửi đi.", rich_markup_mode=None)


def serve() -> None:
    """Nhận webhook, phục vụ trang web và trả lời; chạy nhiều tiến trình trên cùng một PostgreSQL."""
    _run_part(Part.SERVE, "isobot serve đã sẵn sàng.")


def worker() -> None:
    """Trả lời, gửi tin và nhắc việc; chạy nhiều tiến trình trên cùng một PostgreSQL."""
    _run_part(Part.WORK, "isobot worker đã sẵn sàng.")


def _run_part(part: Part, greeting: str) -> None:
    async def go(core: Core) -> None:
        if core.database.is_sqlite:
            raise SettingsError(
                "isobot serve và isobot worker cần PostgreSQL: đặt ISOBOT_DATABASE_URL=postgresql://..., "
                "hoặc dùng isobot run cho một tiến trình."
            )
        application = Application(core, part)
        lines = [greeting, *map(without_token, application.switchboard.tokenless)]
        task = asyncio.ensure_future(application.run(ready=lambda: print("\n".join(lines), flush=True)))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    with_core(go)


@outbox_app.command("dead")
def dead(
    most: Annotated[int, typer.Option(min=1, max=100_000, help="Số tin liệt kê nhiều nhất.")] = 50,
) -> None:
    """Liệt kê các tin không gửi được, mới nhất trước."""

    async def go(core: Core) -> None:
        async with core.database.read() as connection:
            letters = await delivery.dead_letters(connection, most=most)
        table = Table("Số", "Kênh", "Chat", "Tạo lúc", "Số lần thử", "Lý do")
        for letter in letters:
            created = letter.created_at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
            table.add_row(
                str(letter.id), letter.bot, letter.chat, created, str(letter.attempts), reason(letter.why)
            )
        if letters:
            Console(width=max(Console().width, _WIDTH)).print(table)
            print("Gửi lại một tin: isobot outbox resend SỐ. Gửi lại tất cả: isobot outbox resend --all")
        else:
            print("Không có tin nào gửi hỏng.")

    with_core(go)


@outbox_app.command("resend")
def resend(
    numbers: Annotated[list[int] | None, typer.Argument(help="Số của tin; xem: isobot outbox dead.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Mọi tin gửi hỏng.")] = False,
) -> None:
    """Xếp lại hàng các tin không gửi được."""
    if bool(numbers) == everything:
        raise typer.BadParameter("Cần số của tin, hoặc --all.")

    async def go(core: Core) -> None:
        async with core.database.write() as connection:
            again = await delivery.queue_again(connection, ids=numbers or None, at=core.clock.now())
        print(f"Đã xếp lại {len(again)} tin. Bot đang chạy sẽ gửi trong vài giây.")
        missing = sorted(set(numbers or ()) - set(again))
        if missing:
            print("Không phải tin gửi hỏng: " + ", ".join(map(str, missing)))
            raise typer.Exit(1)

    with_core(go)
