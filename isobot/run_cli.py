"""`isobot run`, `migrate`, `chat`: the bot itself, on an office's own database."""

import asyncio
import contextlib
import getpass
import signal
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from isobot.app import Application
from isobot.bots import without_token
from isobot.commands import with_core
from isobot.core import Core
from isobot.settings import Settings
from isobot.switchboard import Switchboard
from isobot.terminal import chat_in_terminal

PREPARED = "Cơ sở dữ liệu đã sẵn sàng."


def run() -> None:
    """Chạy bot: các kênh, nhắc việc, trang web (dùng thử khi chưa có token)."""

    async def go(core: Core) -> None:
        application = Application(core)
        loop = asyncio.get_running_loop()
        shown = partial(announce, core.settings, application.switchboard)
        task = asyncio.ensure_future(application.run(ready=shown))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task
        print("Đã dừng. Mọi dữ liệu đã được lưu.")

    with_core(go)


def announce(settings: Settings, switchboard: Switchboard) -> None:
    """Print what runs, what does not, and why."""
    lines = ["", "isobot đã sẵn sàng."]
    if settings.is_demo:
        lines.append("CHẾ ĐỘ DÙNG THỬ: dữ liệu riêng, chỉ mở trên máy này, chọn vai trò tự do.")
    if switchboard.web is not None:
        lines.append(f"  Web:      {settings.address}/")
    lines.append(
        "  Telegram: " + ("bật" if switchboard.telegrams else "tắt (đặt ISOBOT_TELEGRAM_TOKEN để bật)")
    )
    lines.append("  Zalo:     " + ("bật" if switchboard.zalos else "tắt (đặt ISOBOT_ZALO_TOKEN để bật)"))
    if switchboard.bots:
        how = (
            "webhook"
            if settings.uses_webhooks
            else ("hỏi định kỳ (đặt ISOBOT_PUBLIC_URL và ISOBOT_WEBHOOK_SECRET để dùng webhook)")
        )
        lines.append(f"  Nhận tin: {how}")
    lines += [f"  {without_token(row)}" for row in switchboard.tokenless]
    lines.append(f"  Dữ liệu:  {settings.data_dir.absolute()}")
    lines.append("Dừng: Ctrl+C. Kiểm tra cấu hình: isobot doctor")
    print("\n".join(lines), flush=True)


def migrate() -> None:
    """Đưa cơ sở dữ liệu lên phiên bản mới nhất (lệnh run tự làm việc này)."""

    async def go(_core: Core) -> None:
        print(PREPARED)

    with_core(go)


def chat(
    name: Annotated[str, typer.Option(help="Tên người trò chuyện.")] = "",
    files: Annotated[Path, typer.Option(help="Thư mục lưu tệp nhận được.")] = Path(),
) -> None:
    """Trò chuyện với bot ngay trong cửa sổ dòng lệnh."""

    async def go(core: Core) -> None:
        await chat_in_terminal(core, name=name or getpass.getuser(), folder=files)

    with_core(go)
