"""`isobot units`: the list of reporting units, and a look at any commune of the country."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from isobot.actions import approving
from isobot.adminfiles import load_admin_units
from isobot.clock import vietnam_day
from isobot.commands import with_core
from isobot.core import Core, opened
from isobot.domain.units import Level
from isobot.settings import read_settings
from isobot.starting import known_province, warn_in_demo
from isobot.storage import unit_records
from isobot.storage.store import Store
from isobot.unitfiles import UnitTable, load_provinces, parse_unit_table
from knowledge.country import Country
from knowledge.model import Outcome

units_app = typer.Typer(no_args_is_help=True, help="Danh sách đơn vị báo cáo.", rich_markup_mode=None)


@units_app.command("lookup")
def units_lookup(
    name: Annotated[str, typer.Argument(help='Ví dụ: "xã Đắk Long, Kon Plông, Kon Tum".')],
    before: Annotated[bool, typer.Option("--before", help="Đơn vị hiện nay gồm những xã cũ nào.")] = False,
) -> None:
    """Tra một xã, phường bất kỳ của cả nước: trước 1/7/2025 là gì, nay là gì."""
    country = Country(load_admin_units)
    place = country.parse(name)
    found = country.answer(place, before=before) if place.name else None
    if found is None:
        print(f"Không có nơi nào tên “{name}” trong danh mục. Viết như: xã Đắk Long, Kon Plông, Kon Tum.")
        raise typer.Exit(1)
    print(found.text)
    if found.outcome is Outcome.REFUSED:
        raise typer.Exit(1)


@units_app.command("approval")
def units_approval(
    code: Annotated[str, typer.Argument(help="Mã đơn vị: th.pu-luong, ...")],
    off: Annotated[bool, typer.Option("--off", help="Tắt duyệt.")] = False,
) -> None:
    """Bật duyệt: báo cáo của đơn vị chỉ được gửi khi lãnh đạo đơn vị duyệt."""

    async def go() -> None:
        async with opened(read_settings()) as core:
            unit = core.services.directory.get(code)
            if unit is None:
                raise typer.BadParameter(f"Không có đơn vị mã “{code}”. Xem mã: isobot units list.")
            async with core.database.write() as connection:
                store = Store(connection, core.clock.now())
                await approving.set_approval(store, unit=unit.code, on=not off, channel="cli")
            print(f"Đã {'tắt' if off else 'bật'} duyệt cho {unit.place_name}.")

    asyncio.run(go())


def print_successors(table: UnitTable) -> None:
    """Tell what became of the communes of a list that names no successor, so that it can be filled in."""
    country = Country(load_admin_units)
    names = {slug: province.name for slug, province in load_provinces().items()}
    for unit in table.units:
        if unit.level is not Level.XA or not unit.district or unit.successors:
            continue
        now = country.suggest(unit.name, unit.true_district or unit.district, names[unit.province])
        if now:
            print(f"Gợi ý: {unit.place_name} nay thuộc {now}. Ghi mã đơn vị đó vào cột đơn vị kế thừa.")


@units_app.command("list")
def units_list(
    province: Annotated[str, typer.Option(help="Chỉ một tỉnh.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Cả đơn vị không còn hoạt động.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi dòng một JSON.")] = False,
) -> None:
    """Liệt kê đơn vị và mã."""

    async def go(core: Core) -> None:
        known_province(province)
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
        warn_in_demo(core.settings)
        known_province(province)
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
