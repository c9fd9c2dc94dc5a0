"""The receiving office totals its units in chat, and goes from a sum down to one report and its author."""

from dataclasses import replace
from datetime import date

import pytest

from isobot.actions import reporting
from isobot.clock import vietnam_day
from isobot.domain.deadlines import find_period
from isobot.domain.people import Actor, Post, Role
from isobot.domain.units import UnitDirectory
from isobot.storage.store import Store
from tests.acceptance.conftest import ANSWERS, Office, Phone


async def sends(office: Office, unit: str, key: str = "2027-05", **figures: str) -> None:
    """Let a unit's officer send its report, by the acts that the chat uses."""
    services, known = office.services, office.services.directory.get(unit)
    rule = services.rules.by_id("th-xa")
    actor = Actor(7, (Post(1, unit, "thanh-hoa", Role.REPORTER),))
    async with office.database.write() as connection:
        store = Store(connection, office.clock.now())
        work = await reporting.open_report(
            store,
            actor=actor,
            unit=known,
            rule=rule,
            period=find_period(rule, key),
            forms=services.forms,
            directory=services.directory,
        )
        answers = {**ANSWERS, **figures}
        while (field := work.form.next_field(work.values)) is not None:
            value = field.parse(answers[field.key], today=vietnam_day(store.now))
            reporting.enter(
                store, actor=actor, work=work, field=field, value=value, seen=None, channel="telegram"
            )
        await reporting.submit(store, actor=actor, work=work, channel="telegram")
        await store.flush()


async def open_desk(phone: Phone) -> Phone:
    desk = phone.other("9", name="Trần Thị Mai")
    await desk.registers("th.so-khcn", Role.RECEIVER)
    return desk


@pytest.fixture
async def reported(office):
    """Two of Thanh Hóa's communes have reported."""
    await sends(office, "th.pu-luong")
    await sends(
        office, "th.ba-thuoc", tthc_total="300", tthc_in="300", difficulties="Thiếu người", proposals="không"
    )
    return office


@pytest.fixture
async def desk(reported, phone):
    """The receiving office, with buttons and with text only."""
    return await open_desk(phone)


@pytest.fixture
async def plain_desk(reported, plain_phone):
    return await open_desk(plain_phone)


async def test_a_total_says_out_of_how_many_and_names_who_is_missing(plain_desk):
    said = (await plain_desk.says("tổng hợp"))[-1]

    assert "2/56 xã, thiếu: UBND xã Cổ Lũng" in said
    assert "đúng hạn 2, chưa gửi 54" in said
    assert "2. Tổng số TTHC thuộc thẩm quyền*: 420 thủ tục" in said
    assert "* Lượt TTHC theo đơn vị, không phải số TTHC của tỉnh." in said
    assert "9. Số khiếu nại về giải quyết TTHC trong kỳ: Không phát sinh" in said


async def test_from_a_total_down_to_the_report_and_who_sent_it(desk):
    await desk.says("/tiendo")
    await desk.picks("Tổng hợp số liệu")
    said = (await desk.says("mục 2"))[-1]
    assert "2 đơn vị có số" in said
    assert desk.choices[:2] == ["xã Bá Thước: 300", "xã Pù Luông: 120"]

    report = (await desk.picks("xã Bá Thước: 300"))[-1]
    history = (await desk.says("lịch sử"))[-1]

    assert "UBND xã Bá Thước" in report
    assert "Bản 1, biên nhận TH-2027" in report
    assert "nộp" in history.lower() or "gửi" in history.lower()


async def test_texts_are_listed_by_unit(plain_desk):
    await plain_desk.says("tổng hợp")

    said = (await plain_desk.says("mục 12"))[-1]

    assert "• UBND xã Bá Thước: Thiếu người" in said


async def test_a_report_that_goes_back_counts_no_more(plain_desk):
    await plain_desk.says("tổng hợp mục 2")
    await plain_desk.picks("xã Bá Thước: 300")
    await plain_desk.says("trả lại: số TTHC lẻ ra, xem lại giúp")

    said = (await plain_desk.says("tổng hợp"))[-1]

    assert "1/56 xã" in said
    assert "đã trả lại, chưa gửi lại 1" in said
    assert "2. Tổng số TTHC thuộc thẩm quyền*: 120 thủ tục" in said


async def test_two_periods_stand_side_by_side_with_their_denominators(desk, office, clock):
    clock.move_to(date(2027, 10, 12))
    await sends(office, "th.co-lung", "2027-10", tthc_total="90", tthc_in="90")
    await desk.says("tổng hợp")

    said = (await desk.picks("So với kỳ trước"))[-1]

    assert "Tháng 10/2027 (1/56 xã) so với tháng 5/2027 (2/56 xã)" in said
    assert "90 thủ tục (kỳ trước: 420 thủ tục, giảm 330)" in said
    assert "chỉ để tham khảo" in said


async def test_an_old_period_is_shown_by_its_districts_or_by_the_units_of_now(office, plain_phone, clock):
    clock.move_to(date(2024, 10, 12))
    for unit in (
        *("th.ba-thuoc.thanh-son", "th.ba-thuoc.thanh-lam"),
        *("th.quan-hoa.thanh-son", "th.quan-son.son-lu"),
    ):
        await sends(office, unit, "2024-10")
    clock.move_to(date(2025, 10, 12))
    await sends(office, "th.pu-luong", "2025-10")
    desk = await open_desk(plain_phone)

    whole = (await desk.says("tổng hợp tháng 10/2024"))[-1]
    then = (await desk.says("theo huyện"))[-1]
    now = (await desk.says("theo cơ cấu hiện nay"))[-1]

    assert "Số liệu của các đơn vị trước 01/7/2025." in whole
    assert "Bá Thước: 240 thủ tục (2/17 xã)" in then
    assert "Quan Hóa: 120 thủ tục (1/15 xã)" in then
    assert "UBND xã Pù Luông: 240 thủ tục (2/2 xã)" in now
    assert "Sơn Lư (Quan Sơn) (đã chia về UBND xã Quan Sơn, UBND xã Tam Lư" in now
    assert "không tự chia" in now


async def test_former_and_present_units_are_not_compared(office, plain_phone, clock):
    clock.move_to(date(2025, 5, 12))
    await sends(office, "th.ba-thuoc.thanh-son", "2025-05")
    clock.move_to(date(2025, 10, 12))
    await sends(office, "th.pu-luong", "2025-10")
    desk = await open_desk(plain_phone)

    await desk.says("tổng hợp")

    assert "do các đơn vị trước 01/7/2025 báo cáo" in (await desk.picks("So với kỳ trước"))[-1]
    assert "tháng 5/2025: 120 thủ tục (1/92 xã, đơn vị trước 01/7/2025)" in (await desk.says("các kỳ"))[-1]


async def test_totals_are_for_the_receiving_office_alone(plain_desk):
    officer, stranger = plain_desk.other("101"), plain_desk.other("77")
    await officer.registers("th.pu-luong")
    await stranger.registers("kt.so-khcn", Role.RECEIVER)

    assert "cán bộ đầu mối" in (await officer.says("/tonghop"))[-1]
    for other in (officer, stranger):
        assert "thủ tục" not in (await other.presses_key("tg:th-xa:2027-05:thanh-hoa"))[-1]


async def test_words_that_mean_nothing_here_are_answered_with_an_example(plain_desk):
    await plain_desk.says("tổng hợp")

    assert "gõ, ví dụ: mục 3" in (await plain_desk.says("mục 99"))[-1]
    assert "Không có kỳ nào như" in (await plain_desk.says("tổng hợp năm 2090"))[-1]


async def test_a_voluntary_unit_is_never_missing_and_is_totalled_apart(office, plain_phone, services):
    everyone = [
        replace(unit, voluntary=unit.code in ("th.pu-luong", "th.co-lung")) for unit in services.directory
    ]
    office.services = replace(services, directory=UnitDirectory(everyone))
    office.restart()
    await sends(office, "th.pu-luong")
    await sends(office, "th.ba-thuoc")
    desk = await open_desk(plain_phone)

    said = (await desk.says("tổng hợp"))[-1]
    missing = (await desk.says("đơn vị chưa gửi"))[-1]

    assert "1/54 xã" in said
    assert "2. Tổng số TTHC thuộc thẩm quyền*: 120 thủ tục" in said
    assert "để riêng, không cộng: 1 đơn vị (UBND xã Pù Luông)" in said
    assert "Cổ Lũng" not in missing
