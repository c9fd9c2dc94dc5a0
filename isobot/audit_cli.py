"""`isobot audit`: is every history whole, and what stands in those of offices and reminders."""

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from isobot.clock import VIETNAM, SystemClock, in_vietnam, vietnam_day
from isobot.domain.audit import KeptReport, faults
from isobot.domain.dates import read_date
from isobot.domain.office_acts_words import act_words, actor_name, people_of
from isobot.domain.reminder_history import ROLES, end_words, step_words
from isobot.errors import AnswerRefused, SettingsError
from isobot.starting import settings_with_logs
from isobot.storage import audit, ledger_pages, office_acts, people
from isobot.storage.database import Database
from isobot.storage.migrate import is_current

_WIDTH = 160

audit_app = typer.Typer(
    no_args_is_help=True, help="Nhật ký: báo cáo, cơ quan, lời nhắc.", rich_markup_mode=None
)


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


@audit_app.command("acts")
def acts(
    province: Annotated[str, typer.Option(help="Chỉ một tỉnh, ví dụ thanh-hoa.")] = "",
    unit: Annotated[str, typer.Option(help="Chỉ một đơn vị, theo mã.")] = "",
    since: Annotated[str, typer.Option(help="Từ ngày, ví dụ 01/05/2027.")] = "",
    file: Annotated[Path | None, typer.Option("--csv", help="Ghi thành tệp .csv.")] = None,
) -> None:
    """Xem các cơ quan đã gia hạn, đổi hạn, nhờ nhắc, đổi người gì: ai, lúc nào, vì sao."""
    begin = _day(since) if since else None

    async def go() -> None:
        async with _opened() as database, database.read() as connection:
            found = await ledger_pages.acts_of(connection, province=province, unit=unit, since=begin)
            persons = set().union(*(people_of(act) for act in found))
            names = await people.names_of(connection, persons)
        rows = [
            (
                _moment(act.at),
                act.province,
                act.unit,
                act.rule,
                act.period,
                actor_name(act, names),
                act_words(act, names),
                act.why,
            )
            for act in found
        ]
        _show(("Lúc", "Tỉnh", "Đơn vị", "Chế độ", "Kỳ", "Ai", "Việc", "Lý do"), rows, file, "việc")

    asyncio.run(go())


@audit_app.command("reminders")
def reminders(
    unit: Annotated[str, typer.Option(help="Mã đơn vị; xem: isobot units list.")],
    rule: Annotated[str, typer.Option(help="Chỉ một chế độ báo cáo, ví dụ th-xa.")] = "",
    period: Annotated[str, typer.Option(help="Chỉ một kỳ, ví dụ 2027-05.")] = "",
    file: Annotated[Path | None, typer.Option("--csv", help="Ghi thành tệp .csv.")] = None,
) -> None:
    """Xem sổ nhắc của một đơn vị: ai được nhắc, bước nào, lúc nào, kết thúc ra sao."""

    async def go() -> None:
        async with _opened() as database, database.read() as connection:
            found = await ledger_pages.rows_of(connection, unit=unit, rule=rule, period=period)
            names = await people.names_of(connection, {told.person for _, told in found})
        rows = [
            (
                _moment(told.at),
                about.rule,
                about.period,
                names.get(told.person, f"người số {told.person}"),
                ROLES.get(told.step.partition("/")[2], ""),
                step_words(told.step),
                f"{told.due_on:%d/%m/%Y}",
                end_words(told),
            )
            for about, told in found
        ]
        _show(("Lúc", "Chế độ", "Kỳ", "Ai", "Vai trò", "Bước", "Lịch ngày", "Kết quả"), rows, file, "bước")

    asyncio.run(go())


def _day(said: str) -> datetime:
    """Read a day that lies behind; it begins at midnight in Việt Nam."""
    today = vietnam_day(SystemClock().now())
    try:
        day: date = read_date(said, today=today)
    except AnswerRefused as refused:
        raise typer.BadParameter(str(refused)) from refused
    return datetime.combine(day, time(0), tzinfo=VIETNAM)


def _moment(at: datetime) -> str:
    return f"{in_vietnam(at):%d/%m/%Y %H:%M}"


def _show(head: Sequence[str], rows: Sequence[Sequence[str]], file: Path | None, counted: str) -> None:
    """Print a table, or write it as a file that Excel opens with its diacritics."""
    if file is not None:
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([head, *(map(_harmless, row) for row in rows)])
        print(f"Đã ghi {len(rows)} {counted} vào {file}.")
        return
    table = Table(*head)
    for row in rows:
        table.add_row(*row)
    Console(width=max(Console().width, _WIDTH)).print(table)
    print(f"{len(rows)} {counted}.")


def _harmless(cell: str) -> str:
    """Keep what people typed from being taken for a formula by a spreadsheet."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
