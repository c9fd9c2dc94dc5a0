"""The demo desk: who one can be in the web chat of a trial installation."""

from isobot.actions import demo
from isobot.channels.web import Persona
from isobot.chat.bell import Bell
from isobot.clock import vietnam_day
from isobot.core import Core
from isobot.domain.chat_keys import key_of
from isobot.domain.messages import Choice, Reply
from isobot.domain.people import Actor, Role
from isobot.domain.units import Unit
from isobot.storage import people
from isobot.storage.store import Store

BOT = "web"


class DemoDesk:
    """Offers the units of the shipped provinces, and makes a visitor one of their officers."""

    banner = "Bản dùng thử: số liệu không thật, không gửi đi đâu; vai trò chọn tự do."

    def __init__(self, core: Core, bell: Bell) -> None:
        self._core = core
        self._bell = bell

    def personas(self) -> list[Persona]:
        """List the supervisors first, then the officers of every unit that exists today."""
        services = self._core.services
        today = vietnam_day(self._core.clock.now())
        found: list[Persona] = []
        for slug, province in services.provinces.items():
            units = [u for u in services.directory.of_province(slug) if u.active_on(today)]
            office = services.directory.lead_office(slug)
            group = province.name + (f" (nay thuộc {province.now})" if province.merged else "")
            if office is not None:
                found.append(Persona(f"receiver|{office.code}", group, "Người nhận báo cáo", office.name))
            found += [self._officer(unit, group) for unit in units]
        return found

    def _officer(self, unit: Unit, group: str) -> Persona:
        made_up = " (minh họa)" if unit.demo else ""
        former = self._core.services.directory.predecessors_of(unit.code)
        detail = ", ".join(u.place_name.removeprefix("UBND ") for u in former)
        return Persona(f"reporter|{unit.code}", group, unit.place_name + made_up, detail)

    async def enter(self, chat: str, key: str) -> None:
        """Make the visitor of a chat the officer named by a persona's key; unknown keys do nothing."""
        role_name, _, code = key.partition("|")
        unit = self._core.services.directory.get(code)
        if unit is None or role_name not in ("receiver", "reporter"):
            return
        role = Role(role_name)
        sender = key_of(BOT, chat)
        async with self._core.database.write() as connection:
            store = Store(connection, self._core.clock.now())
            known = await people.actors(connection, [sender])
            await demo.become(
                store, actor=known.get(sender, Actor(None)), sender_key=sender, unit=unit, role=role
            )
            store.send(BOT, chat, _welcome(unit, role))
            await store.flush()
        self._bell.ring()


def _welcome(unit: Unit, role: Role) -> Reply:
    first = "báo cáo" if role is Role.REPORTER else "tiến độ"
    return Reply(
        f"Anh/chị đang dùng thử với vai trò: {role.label}, {unit.place_name}.\n"
        f"Anh/chị gõ câu hỏi, hoặc gõ “{first}”.",
        (
            Choice("go:baocao", "Làm báo cáo", lasting=True),
            Choice("go:tiendo", "Tiến độ", lasting=True),
            Choice("go:cacbuoc", "Các bước thực hiện", lasting=True),
            Choice("go:cancu", "Căn cứ pháp lý", lasting=True),
        ),
    )
