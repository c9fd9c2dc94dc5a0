"""`isobot reports`: a workbook to fill in for many units, and its figures taken in."""

from pathlib import Path
from typing import Annotated

import typer

from handlers import live
from isobot.actions.bulk import Plan, Rules, plan_import, write_import
from isobot.clock import vietnam_day
from isobot.commands import with_core
from isobot.core import Core
from isobot.domain.people import Actor
from isobot.errors import IsobotError, NotFound
from isobot.exports.template_xlsx import template_xlsx
from isobot.files.desk import Desk
from isobot.files.entry_template import load_template
from isobot.sheetfiles import read_sheets
from isobot.storage import people
from isobot.storage.store import Store

reports_app = typer.Typer(no_args_is_help=True, help="Mẫu nhập và nhập hàng loạt.", rich_markup_mode=None)


@reports_app.command("template")
def template(
    rule: Annotated[str, typer.Option(help="Mã chế độ báo cáo: th-xa, kt-nam, ...")],
    period: Annotated[str, typer.Option(help="Mã kỳ: 2026-10, 2026, ...")],
    out: Annotated[Path, typer.Option(help="Tệp .xlsx để ghi.")],
    province: Annotated[str, typer.Option(help="Chỉ đơn vị của một tỉnh.")] = "",
) -> None:
    """Tạo mẫu nhập .xlsx: mỗi dòng một đơn vị, mỗi cột một mục của biểu."""

    async def go(core: Core) -> None:
        try:
            data, _ = await load_template(
                Desk(core.database, core.services, core.clock), rule=rule, period=period, province=province
            )
        except NotFound as missing:
            raise typer.BadParameter(f"Không có kỳ “{period}” của chế độ “{rule}”.") from missing
        out.write_bytes(template_xlsx(data))
        for sheet in data.sheets:
            print(f"Trang “{sheet.name}”: {len(sheet.units)} đơn vị, {sheet.form.size} mục.")
        print(f"Đã ghi {out}.")

    with_core(go)


@reports_app.command("import")
def bring_in(
    file: Annotated[Path, typer.Argument(help="Tệp .xlsx đã điền.")],
    who: Annotated[str, typer.Option("--as", help="Người nhập: tên đã đăng ký, hoặc mã số người.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ kiểm tra, không ghi.")] = False,
    drafts: Annotated[bool, typer.Option("--drafts", help="Chỉ ghi nháp, không gửi báo cáo nào.")] = False,
) -> None:
    """Nhập mẫu đã điền: nêu từng ô sai; còn một ô sai thì không ghi gì."""

    async def go(core: Core) -> None:
        try:
            sheets = read_sheets(file.read_bytes())
        except OSError as error:
            raise typer.BadParameter(f"Không mở được tệp {file}.") from error
        services = core.services
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            await live.refresh_rules(store, services)
            actor = await _person(store, who)
            known = Rules(services.rules, services.forms, services.directory)
            plan = await plan_import(store, actor=actor, sheets=sheets, known=known)
            _print(plan)
            if plan.problems:
                raise typer.Exit(1)
            if dry_run:
                print("Mới kiểm tra, chưa ghi gì.")
                return
            for written in await write_import(store, actor=actor, plan=plan, known=known, send=not drafts):
                sent = f"đã gửi, biên nhận {written.receipt}"
                became = sent if written.receipt else f"còn nháp: {written.why}"
                print(f"{written.unit.place_name}: {written.figures} số, {became}")
            await store.flush()

    with_core(go)


async def _person(store: Store, who: str) -> Actor:
    """Return the person who imports, with the posts held today."""
    numbers = [int(who)] if who.isdecimal() else await people.named(store.connection, who)
    keys = [key for number in numbers for key in await people.identities_of(store.connection, number)]
    found = await people.actors(store.connection, keys, on=vietnam_day(store.now))
    actors = {actor.id: actor for actor in found.values()}
    if len(actors) != 1:
        many = "Có nhiều người" if actors else "Chưa có ai đăng ký với"
        raise IsobotError(f"{many} tên “{who}”. Ghi tên hoặc mã số của một người đã đăng ký.")
    return next(iter(actors.values()))


def _print(plan: Plan) -> None:
    for problem in plan.problems:
        print(problem)
    if plan.problems:
        print(f"Có {len(plan.problems)} chỗ sai, chưa ghi gì. Sửa tệp rồi nhập lại.")
        return
    for row in plan.rows:
        notes = [f"thay {len(row.replaced)} số đã có"] if row.replaced else []
        notes += ["còn thiếu " + "; ".join(row.lacking)] if row.lacking else []
        notes += [f"xem lại {odd}" for odd in row.odd]
        print(f"{row.unit.place_name}: {len(row.changed)} số mới" + "".join(f"; {note}" for note in notes))
    print(f"Đọc được {len(plan.rows)} đơn vị, không có ô sai.")
