"""What a report compares itself with: the unit's own last figures, or its predecessors' part by part."""

from datetime import date

import pytest

from isobot.actions import reporting
from isobot.domain.deadlines import find_period, previous_period
from isobot.domain.people import Actor, Post, Role
from isobot.domain.values import Value
from isobot.storage.store import Store
from tests.acceptance.conftest import Phone


async def figures_before(office, unit: str, period: str) -> reporting.Work:
    services = office.services
    rule, known = services.rules.by_id("th-xa"), services.directory.get(unit)
    actor = Actor(1, (Post(1, unit, "thanh-hoa", Role.REPORTER),))
    async with office.database.write() as connection:
        return await reporting.open_report(
            Store(connection, office.clock.now()),
            actor=actor,
            unit=known,
            rule=rule,
            period=find_period(rule, period),
            forms=services.forms,
            directory=services.directory,
        )


@pytest.fixture
async def lan(plain_phone):
    await plain_phone.registers("th.pu-luong")
    return plain_phone


async def test_last_figures_are_those_in_force_of_the_period_before(lan, clock):
    await lan.opens_report()
    await lan.answers(tthc_total="130", tthc_in="130")
    await lan.says("gửi báo cáo")
    clock.move_to(date(2027, 10, 5))

    work = await figures_before(lan.office, "th.pu-luong", "2027-10")

    assert work.last["tthc_total"] == Value.of(130)
    assert work.parts == ()


async def test_a_draft_is_nothing_to_compare_with(lan, clock):
    await lan.opens_report()
    await lan.says("2")
    clock.move_to(date(2027, 10, 5))

    assert (await figures_before(lan.office, "th.pu-luong", "2027-10")).last is None


async def test_a_successor_sees_its_predecessors_part_by_part_and_compares_with_nothing(office, clock):
    clock.move_to(date(2025, 5, 20))
    names = [u.code for u in office.services.directory.predecessors_of("th.pu-luong")]
    for number, code in enumerate(names):
        officer = await officer_of(office, code, number)
        await officer.opens_report("tháng 5/2025")
        await officer.answers(tthc_total=str(100 + number), tthc_in=str(100 + number))
        await officer.says("gửi báo cáo")
    clock.move_to(date(2025, 10, 6))

    work = await figures_before(office, "th.pu-luong", "2025-10")

    assert work.last is None
    shown = [(part.unit, part.figures["tthc_total"].given) for part in work.parts]
    assert shown == [(code, 100 + number) for number, code in enumerate(names)]
    assert len(shown) > 1


async def officer_of(office, unit: str, number: int):

    officer = Phone(office, buttons=False, chat=str(20 + number), name=f"Cán bộ {number}")
    await officer.registers(unit)
    return officer


def test_the_first_period_of_a_rule_has_none_before(services):
    rule = services.rules.by_id("th-xa")
    first = find_period(rule, f"{rule.first_year}-05")

    assert previous_period(rule, first) is None
    assert previous_period(rule, find_period(rule, f"{rule.first_year}-10")) == first
