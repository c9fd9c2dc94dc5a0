"""`isobot units`: the list of reporting units, and a look at any commune of the country."""

import asyncio
from typing import Annotated

import typer

from isobot.actions import approving
from isobot.adminfiles import load_admin_units
from isobot.core import opened
from isobot.domain.units import Level
from isobot.settings import read_settings
from isobot.storage.store import Store
from isobot.unitfiles import UnitTable, load_provinces
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
