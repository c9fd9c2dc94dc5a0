"""The `isobot` command: reads arguments, starts one thing.

What an administrator reads here is Vietnamese; help texts too.
"""

import asyncio
import contextlib
import getpass
import json
import os
import signal
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import segno
import typer
from rich.console import Console
from rich.table import Table

from isobot import doctor as doctoring
from isobot.actions import registration
from isobot.app import Application
from isobot.audit_cli import audit_app
from isobot.bots_cli import bots_app
from isobot.channels.telegram import deep_link
from isobot.clock import SystemClock, vietnam_day
from isobot.commands import settings_with_logs, with_core
from isobot.core import Core, answerer
from isobot.curation_cli import curation_app
from isobot.delivery_cli import outbox_app, print_cost, serve, worker
from isobot.domain.deadlines import Kind
from isobot.domain.people import Role
from isobot.errors import IsobotError
from isobot.forms_cli import forms_app
from isobot.kb_cli import kb_app
from isobot.people_cli import people_app
from isobot.reports_cli import reports_app
from isobot.rollup_cli import rollup_app
from isobot.settings import Settings
from isobot.storage import records, unit_records
from isobot.storage.store import Store
from isobot.terminal import chat_in_terminal
from isobot.unitfiles import load_provinces, parse_unit_table
from isobot.units_cli import print_successors, units_app
from knowledge.batch import answer_line, answer_lines
from scheduler import rounds
from scheduler.dispatch import Dispatcher, situation_on

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="isobot: trợ lý cho cán bộ phụ trách ISO.",
    rich_markup_mode=None,
)
app.add_typer(units_app, name="units")
app.add_typer(kb_app, name="kb")
app.add_typer(outbox_app, name="outbox")
app.add_typer(rollup_app, name="rollup")
app.add_typer(audit_app, name="audit")
app.add_typer(reports_app, name="reports")
app.add_typer(forms_app, name="forms")
app.add_typer(people_app, name="people")
app.add_typer(bots_app, name="bots")
app.command()(serve)
app.command()(worker)
kb_app.add_typer(curation_app)

PREPARED = "Cơ sở dữ liệu đã sẵn sàng."
TABLE_WIDTH = 160
"""Wide enough for codes and names; a narrower terminal wraps rather than hides them."""


def main() -> None:
    """Run the command; an error raised on purpose is told in one line, without a traceback."""
    # What this program writes is for its own user: names and figures of offices.
    os.umask(0o077)
    try:
        app()
    except IsobotError as error:
        print(f"isobot: {error}", file=sys.stderr)
        sys.exit(1)


def _warn_in_demo(settings: Settings) -> None:
    """Say where a change goes while no token is set, since another database serves once one is."""
    if settings.is_demo:
        print(
            "Lưu ý: đang ở chế độ dùng thử, thay đổi này chỉ vào demo.db. "
            "Đặt token trước, rồi chạy lại lệnh.",
            file=sys.stderr,
        )


def _known_province(slug: str) -> str:
    if slug and slug not in load_provinces():
        raise typer.BadParameter(f"Không có tỉnh “{slug}”. Các tỉnh: {', '.join(load_provinces())}.")
    return slug


@app.command()
def run() -> None:
    """Chạy bot: các kênh, nhắc việc, trang web (dùng thử khi chưa có token)."""

    async def go(core: Core) -> None:
        application = Application(core)
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(application.run(ready=lambda: _announce(core, application)))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task
        print("Đã dừng. Mọi dữ liệu đã được lưu.")

    with_core(go)


def _announce(core: Core, application: Application) -> None:
    settings = core.settings
    lines = ["", "isobot đã sẵn sàng."]
    if settings.is_demo:
        lines.append("CHẾ ĐỘ DÙNG THỬ: dữ liệu riêng, chỉ mở trên máy này, chọn vai trò tự do.")
    if application.web is not None:
        lines.append(f"  Web:      {application.address}/")
    lines.append(
        "  Telegram: " + ("bật" if application.telegrams else "tắt (đặt ISOBOT_TELEGRAM_TOKEN để bật)")
    )
    lines.append("  Zalo:     " + ("bật" if application.zalos else "tắt (đặt ISOBOT_ZALO_TOKEN để bật)"))
    if application.bots:
        how = (
            "webhook"
            if application.uses_webhooks
            else ("hỏi định kỳ (đặt ISOBOT_PUBLIC_URL và ISOBOT_WEBHOOK_SECRET để dùng webhook)")
        )
        lines.append(f"  Nhận tin: {how}")
    lines.append(f"  Dữ liệu:  {settings.data_dir.absolute()}")
    lines.append("Dừng: Ctrl+C. Kiểm tra cấu hình: isobot doctor")
    print("\n".join(lines), flush=True)


@app.command()
def migrate() -> None:
    """Đưa cơ sở dữ liệu lên phiên bản mới nhất (lệnh run tự làm việc này)."""

    async def go(_core: Core) -> None:
        print(PREPARED)

    with_core(go)


@app.command()
def chat(
    name: Annotated[str, typer.Option(help="Tên người trò chuyện.")] = "",
    files: Annotated[Path, typer.Option(help="Thư mục lưu tệp nhận được.")] = Path(),
) -> None:
    """Trò chuyện với bot ngay trong cửa sổ dòng lệnh."""

    async def go(core: Core) -> None:
        await chat_in_terminal(core, name=name or getpass.getuser(), folder=files)

    with_core(go)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="Câu hỏi.")] = "",
    province: Annotated[str, typer.Option(help="Tỉnh của người hỏi: thanh-hoa, kon-tum, ...")] = "",
    unit: Annotated[str, typer.Option(help="Đơn vị của người hỏi.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
    batch: Annotated[Path | None, typer.Option(help="Tệp câu hỏi, mỗi dòng một JSON.")] = None,
) -> None:
    """Hỏi một câu, hoặc cả tệp câu hỏi, không cần kênh nào."""
    settings = settings_with_logs()
    today = vietnam_day(SystemClock().now())
    knowledge = asyncio.run(answerer(settings))
    if batch is not None:
        try:
            with batch.open(encoding="utf-8-sig") as lines:
                for line in answer_lines(knowledge, lines, today=today):
                    print(line)
        except (OSError, ValueError) as error:
            raise typer.BadParameter(f"{batch}: {error}") from error
        return
    if not question:
        raise typer.BadParameter("Cần một câu hỏi, hoặc --batch TỆP.")
    row = {"id": "1", "question": question, "province": _known_province(province), "unit": unit or None}
    made = answer_line(knowledge, row, today=today)
    if as_json:
        print(json.dumps({k: v for k, v in made.items() if k != "id"}, ensure_ascii=False))
    else:
        print(made["answer"])


@app.command()
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
    if not rows and not digests:
        print(f"Ngày {day:%d/%m/%Y} không có lần nhắc nào.")
    told = [person for f in falling for person in f.people] + [p for d in digests for p in d.people]
    await print_cost(core, told, day)


@app.command()
def invite(
    unit: Annotated[str, typer.Option(help="Mã đơn vị; xem: isobot units list.")],
    role: Annotated[Role, typer.Option(help="Vai trò.")] = Role.REPORTER,
    days: Annotated[int, typer.Option(min=1, max=90, help="Số ngày mã còn dùng được.")] = 14,
    qr: Annotated[bool, typer.Option(help="In mã QR.")] = True,
) -> None:
    """Tạo mã đăng ký dùng một lần cho một vai trò ở một đơn vị."""

    async def go(core: Core) -> None:
        _warn_in_demo(core.settings)
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


@units_app.command("list")
def units_list(
    province: Annotated[str, typer.Option(help="Chỉ một tỉnh.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Cả đơn vị không còn hoạt động.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi dòng một JSON.")] = False,
) -> None:
    """Liệt kê đơn vị và mã."""

    async def go(core: Core) -> None:
        _known_province(province)
        today = vietnam_day(core.clock.now())
        found = [
            u
            for u in core.services.directory
            if province in ("", u.province) and (every or u.active_on(today))
        ]
        for u in found:
            if as_json:
                row: dict[str, Any] = {"unit": u.code, "unit_name": u.name, "province": u.province}
                row |= {"level": u.level.value, "district": u.district, "year": u.plan_year}
                print(json.dumps(row | {"successors": list(u.successors)}, ensure_ascii=False))
            else:
                print(f"{u.code}\t{u.place_name}\t{u.province}")
        if not as_json:
            print(f"{len(found)} đơn vị.")

    with_core(go)


@units_app.command("import")
def units_import(
    file: Annotated[Path, typer.Argument(help="Tệp .csv hoặc .xlsx.")],
    province: Annotated[str, typer.Option(help="Tỉnh, khi tệp không có cột tỉnh.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ kiểm tra, không ghi.")] = False,
) -> None:
    """Nhập danh sách đơn vị: kiểm tra mọi dòng, rồi ghi tất cả hoặc không ghi gì."""

    async def go(core: Core) -> None:
        _warn_in_demo(core.settings)
        _known_province(province)
        directory = core.services.directory
        table = parse_unit_table(file, province=province, known=[u.code for u in directory])
        for problem in table.problems:
            print(problem)
        if table.problems:
            print(f"Có {len(table.problems)} chỗ sai, chưa ghi gì. Sửa tệp rồi nhập lại.")
            raise typer.Exit(1)
        replaced = sum(1 for u in table.units if u.code in directory)
        print(f"Đọc được {len(table.units)} đơn vị ({replaced} đơn vị thay bản đang có).")
        print_successors(table)
        if dry_run:
            print("Mới kiểm tra, chưa ghi gì.")
            return
        async with core.database.write() as connection:
            await unit_records.add_imported(connection, table.units)
        print("Đã ghi. Bot đang chạy sẽ dùng danh sách mới sau vài giây.")

    with_core(go)


@app.command()
def doctor() -> None:
    """Kiểm tra cấu hình: có gì, thiếu gì, cách sửa."""
    settings = settings_with_logs()
    findings = asyncio.run(doctoring.examine(settings))
    for finding in findings:
        print(finding)
    if any(finding.is_fault for finding in findings):
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
