"""`isobot invite`, `doctor`: what an administrator asks and does beside the running bot."""

import asyncio
import getpass
import sys
from datetime import timedelta
from typing import Annotated

import segno
import typer

from isobot import doctor as doctoring
from isobot.actions import registration
from isobot.commands import with_core
from isobot.core import Core
from isobot.domain.people import Role
from isobot.starting import settings_with_logs, warn_in_demo
from isobot.storage import records
from isobot.storage.store import Store


def invite(
    unit: Annotated[str, typer.Option(help="Mã đơn vị; xem: isobot units list.")],
    role: Annotated[Role, typer.Option(help="Vai trò.")] = Role.REPORTER,
    days: Annotated[int, typer.Option(min=1, max=90, help="Số ngày mã còn dùng được.")] = 14,
    qr: Annotated[bool, typer.Option(help="In mã QR.")] = True,
) -> None:
    """Tạo mã đăng ký dùng một lần cho một vai trò ở một đơn vị."""
    from isobot.channels.telegram import deep_link  # slow to load, and used here alone

    async def go(core: Core) -> None:
        warn_in_demo(core.settings)
        known = core.services.directory.get(unit)
        if known is None:
            raise typer.BadParameter(f"Không có đơn vị mã “{unit}”. Xem mã bằng: isobot units list")
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            code = await registration.invite(
                store, unit=known, role=role, created_by=getpass.getuser(), valid_for=timedelta(days=days)
            )
            addresses = await records.bot_addresses(connection)
        print(f"Mã đăng ký: {code}")
        print(f"Cho: {role.label}, {known.place_name} ({known.code}). Dùng một lần, trong {days} ngày.")
        print("Cách dùng: gửi mã này cho bot (Zalo, Telegram, web), hoặc gõ /start " + code)
        keys = [b.key for b in core.bots if b.channel == "telegram" and b.province == known.province]
        username = next((addresses[key] for key in (*keys, "telegram") if addresses.get(key)), "")
        link = deep_link(username, code.replace("-", "")) if username else ""
        if link:
            print(f"Telegram: {link}")
        else:
            print("Liên kết Telegram: chưa có, vì bot Telegram chưa chạy lần nào với thư mục dữ liệu này.")
        if qr:
            segno.make(link or code, error="m").terminal(out=sys.stdout, compact=True)

    with_core(go)


def doctor() -> None:
    """Kiểm tra cấu hình: có gì, thiếu gì, cách sửa."""
    settings = settings_with_logs()
    findings = asyncio.run(doctoring.examine(settings))
    for finding in findings:
        print(finding)
    if any(finding.is_fault for finding in findings):
        raise typer.Exit(1)
