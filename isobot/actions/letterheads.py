"""How a unit's letters look, set by those who write, sign or receive for it (thể thức văn bản)."""

from typing import Any

from isobot.actions.office_history import write_act
from isobot.domain.letterhead import titles_for
from isobot.domain.people import Actor, Role
from isobot.domain.units import Unit
from isobot.errors import Refusal
from isobot.storage import unit_ways
from isobot.storage.store import Store

MAY_SET = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.RECEIVER)

NOT_YOURS = "Anh/chị không giữ vai trò ở đơn vị này nên không sửa được thể thức văn bản của đơn vị."


def units_of(actor: Actor) -> tuple[str, ...]:
    """Return the codes of the units whose letters this person writes."""
    return tuple(dict.fromkeys(post.unit for post in actor.posts if post.role in MAY_SET))


async def set_line(
    store: Store, *, actor: Actor, unit: Unit, name: str, value: str | tuple[str, ...], channel: str
) -> None:
    """Set one line of a letterhead, or with "signing" the titles above the signature.

    Raises:
        Refusal: the person has no part in the unit, or the titles are none of those to choose from.
    """
    if unit.code not in units_of(actor):
        raise Refusal(NOT_YOURS)
    if name == "signing" and value not in titles_for(unit):
        raise Refusal("Chức vụ này không có trong danh sách để chọn.")
    before = await unit_ways.letterhead(store.connection, unit.code)
    after: dict[str, Any] = {**before, name: list(value) if isinstance(value, tuple) else value}
    if after == before:
        return
    await unit_ways.put_letterhead(store.connection, unit.code, after, person=actor.id or 0, at=store.now)
    await write_act(
        store,
        actor,
        channel,
        "letterhead",
        province=unit.province,
        report=("", "", unit.code),
        before={name: before.get(name)},
        after={name: after[name]},
    )
