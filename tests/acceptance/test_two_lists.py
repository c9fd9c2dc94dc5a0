"""A receiver with two reports of the same period: the lists are told apart, and the large one is at hand."""

import dataclasses
from datetime import date

import pytest

from isobot.domain.people import Role
from isobot.domain.units import UnitDirectory
from isobot.storage.database import Database
from tests.acceptance.conftest import Office, Phone

T_PLUS_1 = date(2026, 12, 15)


@pytest.fixture
async def office(sqlite_file, services, clock):
    """An installation of its own: the fixtures below give Kiên Giang many communes."""
    database = Database(f"sqlite+aiosqlite:///{sqlite_file}")
    yield Office(database, dataclasses.replace(services), clock)
    await database.close()


@pytest.fixture
async def tam(office):
    """The receiving office of Kiên Giang, where agencies and communes report under two rules."""
    phone = Phone(office, buttons=False, chat="9", name="Lê Thị Tâm")
    await phone.registers("kg.so-khcn", Role.RECEIVER)
    return phone


def with_communes(office: Office, number: int) -> None:
    """Leave one agency of Kiên Giang, and so many communes."""
    services = office.services
    known = [u for u in services.directory if u.province == "kien-giang"]
    agency = next(u for u in known if u.code == "kg.so-minh-hoa-mot")
    lead = next(u for u in known if u.lead_office)
    commune = next(u for u in known if u.level.value == "xa")
    more = [
        dataclasses.replace(commune, code=f"kg.xa-{n}", name=f"UBND xã Thử {n}", voluntary=False)
        for n in range(number)
    ]
    services.directory = UnitDirectory([lead, dataclasses.replace(agency, voluntary=False), *more])


async def digest_of(phone, clock) -> str:
    clock.move_to(T_PLUS_1)
    await phone.office.tick()
    return next(text for text in phone.screen if "📋" in text)


async def test_lists_of_the_same_period_say_who_sends_them(tam, clock):
    with_communes(tam.office, 4)

    said = await digest_of(tam, clock)

    heads = [line for line in said.splitlines() if line.startswith("📋")]
    assert len(heads) == len(set(heads)) == 2
    assert any("Báo cáo năm 2026 của UBND cấp xã, hạn 14/12/2026" in head for head in heads), heads
    assert "Nhắc các đơn vị im lặng" not in tam.choices


async def test_list_that_holds_next_to_all_units_is_dealt_with_at_once(tam, clock):
    with_communes(tam.office, 60)

    said = await digest_of(tam, clock)

    assert "Các nút nhắc, gia hạn, đổi người là của báo cáo năm 2026 của UBND cấp xã." in said
    assert "Gia hạn một đơn vị" in tam.choices
    assert sum(choice.startswith("Xử lý") for choice in tam.choices) == 1
    answers = await tam.picks("Gia hạn một đơn vị")
    assert "Kỳ này là năm 2026: Báo cáo năm của UBND cấp xã" in answers[0]
    assert "gia hạn cho đơn vị nào" in answers[-1]


async def test_word_asks_which_period_where_both_lists_are_long(tam, clock):
    with_communes(tam.office, 2)
    await digest_of(tam, clock)

    assert "chọn kỳ báo cáo" in (await tam.says("gia hạn"))[-1]
