"""`isobot remind`, `invite`, `doctor`: what an administrator asks and does beside the running bot."""

import asyncio
import getpass
import json
import sys
from datetime import date, timedelta
from typing import Annotated

import segno
import typer
from rich.console import Console
from rich.table import Table

from isobot import doctor as doctoring
from isobot.actions import registration
from isobot.clock import vietnam_day
from isobot.commands import with_core
from isobot.core import Core
from isobot.delivery_cli import print_cost
from isobot.domain.deadlines import Kind
from isobot.domain.people import Role
from isobot.starting import settings_with_logs, warn_in_demo
from isobot.storage import records
from isobot.storage.store import Store
from scheduler import rounds
from scheduler.dispatch import Dispatcher, situation_on

TABLE_WIDTH = 160
"""Wide enough for codes and names; a narrower terminal wraps rather than hides them."""


def remind(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ liệt kê, không gửi.")] = False,
    on: Annotated[str, typer.Option(help="Ngày cần xem: 2027-05-24.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi dòng một JSON.")] = False,
    duties: Annotated[bool, typer.Option("--duties", help="Cả việc hằng năm không có biểu.")] = False,
) -> None:
    """Xem những lần nhắc rơi vào một ngày, hoặc gửi ngay những lần đến hạn."""

    async def go(core: Core) -> None:
        if dry_run:
            day = _day(on) if on else vietnam_day(core.clock.now())
            await _show_reminders(core, day, as_json=as_json, duties=duties)
            return
        if on:
            raise typer.BadParameter("--on chỉ dùng cùng --dry-run: không gửi nhắc của ngày khác.")
        dispatcher = Dispatcher(
            core.database,
            core.timetable,
            lambda: core.services.directory,
            core.clock,
            queued=lambda: None,
        )
        tally = await dispatcher.tick()
        print(f"Đã xếp {tally.messages} tin nhắc, {tally.steps} lần nhắc.")
        print(f"Chưa liên lạc được: {tally.unreachable} người.")

    with_core(go)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}” không phải một ngày; viết như 2027-05-24.") from error


async def _show_reminders(core: Core, day: date, *, as_json: bool, duties: bool) -> None:
    async with core.database.read() as connection:
        loaded = await situation_on(connection, core.timetable, core.services.directory, today=day)
    falling, digests = rounds.falling_on(day, loaded.timetable, core.services.directory, loaded.situation)
    rows = [
        {
            "unit": f.unit.code,
            "unit_name": f.unit.name,
            "province": f.unit.province,
            "rule": f.rule.id,
            "period": f.period.key,
            "last_day": f.period.last_day.isoformat(),
            "step": f.step,
            "people": list(f.people),
        }
        for f in falling
        if duties or f.rule.kind is Kind.REPORT
    ]
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    table = Table("Mã", "Đơn vị", "Tỉnh", "Kỳ", "Hạn", "Lần nhắc", "Người")
    for row in rows:
        named = ", ".join(str(person) for person in row["people"]) or "chưa ai đăng ký"
        table.add_row(
            *(str(row[k]) for k in ("unit", "unit_name", "province", "period", "last_day", "step")), named
        )
    Console(width=max(Console().width, TABLE_WIDTH)).print(table)
    for digest in digests:
        print(
            f"Bản tổng hợp cho cơ quan nhận ({digest.province}, {digest.period.label}): "
            f"{len(digest.missing)} đơn vị chưa gửi, {len(digest.people)} người nhận."
        )
    if hidden := len(falling) - len(rows):
        print(f"Còn {hidden} lần nhắc việc hằng năm không có biểu: thêm --duties để xem.")
    if not falling and not digests:
        print(f"Ngày {day:%d/%m/%Y} không có lần nhắc nào.")
    told = [person for f in falling for person in f.people] + [p for d in digests for p in d.people]
    await print_cost(core, told, day)


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
