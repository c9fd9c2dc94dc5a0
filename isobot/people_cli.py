"""`isobot people`: who holds which role, and ending a role."""

import getpass
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from isobot.actions import registration
from isobot.commands import with_core
from isobot.core import Core
from isobot.errors import Refusal
from isobot.storage import people
from isobot.storage.people import Holder
from isobot.storage.store import Store

_WIDTH = 140

people_app = typer.Typer(no_args_is_help=True, help="Cán bộ và vai trò.", rich_markup_mode=None)


@people_app.command("list")
def list_people(
    province: Annotated[str, typer.Option(help="Chỉ một tỉnh.")] = "",
    unit: Annotated[str, typer.Option(help="Chỉ một đơn vị, theo mã.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi dòng một JSON.")] = False,
) -> None:
    """Liệt kê ai đang giữ vai trò gì, ở đâu, nhận tin qua kênh nào."""

    async def go(core: Core) -> None:
        async with core.database.read() as connection:
            held = await people.holders(
                connection,
                provinces=[province] if province else None,
                units=[unit] if unit else None,
            )
        if as_json:
            for h in held:
                print(json.dumps(_row(h, core), ensure_ascii=False))
            return
        table = Table("Số", "Người", "Vai trò", "Đơn vị", "Mã đơn vị", "Kênh")
        for h in held:
            channels = ", ".join(_channels(h)) or "không nhận được tin"
            table.add_row(str(h.post.id), _name(h), h.post.role.label, _place(h, core), h.post.unit, channels)
        Console(width=max(Console().width, _WIDTH)).print(table)
        print(f"{len(held)} vai trò. Kết thúc một vai trò: isobot people end-role SỐ --why LÝ-DO")

    with_core(go)


@people_app.command("end-role")
def end_role(
    post: Annotated[int, typer.Argument(help="Số của vai trò; xem: isobot people list.")],
    why: Annotated[str, typer.Option(help="Lý do, người đó được báo.")],
) -> None:
    """Kết thúc một vai trò: người đó thôi quyền, thôi được nhắc, và được báo lý do."""

    async def go(core: Core) -> None:
        async with core.database.write() as connection:
            store = Store(connection, core.clock.now())
            try:
                held = await registration.end_role(
                    store, post=post, directory=core.services.directory, by=getpass.getuser(), why=why
                )
            except Refusal as refusal:
                raise typer.BadParameter(str(refusal)) from refusal
            await store.flush()
        print(f"Đã kết thúc: {held.post.role.label}, {held.post.unit}, {_name(held)}.")
        print("Người đó được báo trong vài giây." if held.chats else "Không có kênh nào để báo người đó.")

    with_core(go)


def _row(holder: Holder, core: Core) -> dict[str, Any]:
    return {
        "post": holder.post.id,
        "person": holder.person,
        "name": holder.name,
        "role": holder.post.role.value,
        "unit": holder.post.unit,
        "unit_name": _place(holder, core),
        "channels": _channels(holder),
    }


def _name(holder: Holder) -> str:
    return holder.name or f"người số {holder.person}"


def _place(holder: Holder, core: Core) -> str:
    unit = core.services.directory.get(holder.post.unit)
    return unit.place_name if unit else ""


def _channels(holder: Holder) -> list[str]:
    return sorted({chat.partition(":")[0] for chat in holder.chats})
