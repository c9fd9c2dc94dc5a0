"""`isobot audit`: is every report's history whole, and does what stands beside it agree?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from isobot.domain.audit import KeptReport, faults
from isobot.errors import SettingsError
from isobot.starting import settings_with_logs
from isobot.storage import audit, office_acts
from isobot.storage.database import Database
from isobot.storage.migrate import is_current

audit_app = typer.Typer(no_args_is_help=True, help="Nhật ký thay đổi của báo cáo.", rich_markup_mode=None)


@audit_app.callback()
def _group() -> None:
    """Keep `verify` a command of its own, though it is the only one."""


@asynccontextmanager
async def _opened() -> AsyncIterator[Database]:
    """Open the database as it is: a check must change nothing, not even bring the tables up to date."""
    settings = settings_with_logs()
    database = Database(settings.database)
    try:
        there = not database.is_sqlite or Path(settings.database.partition(":///")[2]).exists()
        if not there or not await is_current(database):
            raise SettingsError("Cơ sở dữ liệu chưa có, hoặc của phiên bản cũ. Chạy: isobot migrate")
        yield database
    finally:
        await database.close()


@audit_app.command("verify")
def verify(
    report: Annotated[int | None, typer.Option(help="Chỉ kiểm tra một báo cáo, theo số.")] = None,
) -> None:
    """Kiểm tra lịch sử của các báo cáo có bị sửa không; có lỗi thì mã thoát là 1."""

    async def go() -> None:
        async with _opened() as database:
            reports, events, broken = await _verify_reports(database, report)
            if report is None:
                broken += await _verify_office(database)
        if report is not None and not reports:
            raise typer.BadParameter(f"Không có báo cáo số {report}.")
        print(f"Đã kiểm tra {reports} báo cáo, {events} việc trong lịch sử.")
        if broken:
            print(f"Có {broken} chỗ không khớp. Giữ nguyên cơ sở dữ liệu và đối chiếu với bản sao lưu.")
            raise typer.Exit(1)
        print("Mọi lịch sử đều nguyên vẹn.")

    asyncio.run(go())


async def _verify_reports(database: Database, only: int | None) -> tuple[int, int, int]:
    """Check report after report; return how many reports and events there were, and how many faults."""
    last = reports = events = broken = 0
    async with database.read() as connection:
        while kept := await audit.next_reports(connection, after=last, only=only):
            for one in kept:
                found = faults(one)
                broken += len(found)
                for fault in found:
                    print(f"✗ {_name(one)}: {fault}")
            last, reports = kept[-1].id, reports + len(kept)
            events += sum(len(one.events) for one in kept)
    return reports, events, broken


async def _verify_office(database: Database) -> int:
    """Check what the offices did beside reports (gia hạn, đổi hạn, đợt báo cáo); return how many faults."""
    async with database.read() as connection:
        broken = await office_acts.verify(connection)
    for chain in broken:
        where = f"cơ quan nhận của {chain.province}" if chain.province else "việc không thuộc tỉnh nào"
        print(f"✗ nhật ký của {where}: việc số {chain.number} không khớp mã băm, hoặc thiếu việc ở cuối")
    return len(broken)


def _name(one: KeptReport) -> str:
    return f"báo cáo {one.id} ({one.unit}, {one.rule} {one.period})"
