"""Duties that a lead office turns on and off, and days of national rules that it moves, for its province."""

import asyncio
import json
from datetime import date, timedelta

import icalendar
import pytest

from isobot.core import opened
from isobot.domain.deadlines import DayOfYear, Move
from isobot.domain.people import Role
from isobot.settings import read_settings
from isobot.storage import office as office_rows

REPORT_UNIT = "th.pu-luong"
AUDIT = "qg-danh-gia-noi-bo"


@pytest.fixture
def ha(lan):
    """The receiving office of Kon Tum."""
    return lan.other("8", name="Nguyễn Thị Hà")


def reminders(phone) -> list[str]:
    return [text for text in phone.screen if "⏰" in text or "⚠" in text]


def events_of(phone) -> dict[str, icalendar.Event]:
    made = phone.office.channels["telegram"].files[-1].content
    return {str(e["UID"]): e for e in icalendar.Calendar.from_ical(made).walk("VEVENT")}


async def on(phone, clock, day: date) -> None:
    clock.move_to(day)
    await phone.office.tick()


async def test_office_turns_the_internal_audit_on_and_everything_follows(lan, mai, clock):
    kon_tum = lan.other("8")
    await lan.registers(REPORT_UNIT)
    await kon_tum.registers("kt.dak-ha")
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 9, 6))

    page = (await mai.says("việc hằng năm"))[-1]
    said = (await mai.picks("Bật: Đánh giá nội bộ hằng năm"))[-1]
    clock.pass_by(timedelta(seconds=2))

    assert "• Đánh giá nội bộ hằng năm: đang tắt, hạn 31/10/2027." in page
    assert "Căn cứ: Điều 4 khoản 4 điểm b, Quyết định 19/2014/QĐ-TTg ngày 05/3/2014." in page
    assert "Đã bật: Đánh giá nội bộ hằng năm, cho " in said
    assert "hạn 31/10/2027: nhắc 15/10/2027" in (await lan.says("nhắc việc"))[-1]
    assert "Đánh giá nội bộ" not in (await kon_tum.says("nhắc việc"))[-1]
    await lan.presses_key("ic:own")
    assert "qg-danh-gia-noi-bo-2027-th.pu-luong@isobot" in events_of(lan)
    await on(lan, clock, date(2027, 9, 7))
    assert "hạn đánh giá nội bộ hằng năm (31/10/2027)" in reminders(lan)[-1]
    assert not reminders(kon_tum)


async def test_duty_that_is_turned_off_is_told_no_more_even_if_a_message_waits(lan, mai, clock):
    await lan.registers(REPORT_UNIT)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 9, 6))
    await mai.presses_key("du:on:qg-danh-gia-noi-bo:thanh-hoa")
    await lan.office.dispatcher().tick()  # queued, and not sent yet

    await mai.presses_key("du:off:qg-danh-gia-noi-bo:thanh-hoa")
    await on(lan, clock, date(2027, 10, 15))

    assert not any("ánh giá nội bộ" in text for text in reminders(lan))
    assert "Việc này đang tắt rồi" in (await mai.presses_key("du:off:qg-danh-gia-noi-bo:thanh-hoa"))[-1]


async def test_only_the_provinces_own_receiver_turns_duties_on(lan, clock):
    await lan.registers(REPORT_UNIT)
    kon_tum = lan.other("8")
    await kon_tum.registers("kt.so-khcn", Role.RECEIVER)

    for phone in (lan, kon_tum):
        said = (await phone.presses_key("du:on:qg-danh-gia-noi-bo:thanh-hoa"))[-1]
        assert "đầu mối nhận báo cáo" in said
    assert "đầu mối nhận báo cáo" in (await lan.says("việc hằng năm"))[-1]


async def test_lead_office_turns_its_own_november_off(mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await mai.presses_key("du:off:qg-thang-11:thanh-hoa")
    clock.pass_by(timedelta(seconds=2))

    await on(mai, clock, date(2027, 11, 23))

    assert not any("ổng hợp kết quả kiểm tra" in text for text in reminders(mai))


async def test_campaign_counts_each_unit_of_a_duty_once(lan, mai, clock):
    await lan.registers(REPORT_UNIT)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 10, 14))
    said = (await mai.presses_key(f"du:on:{AUDIT}:thanh-hoa"))[-1]
    clock.pass_by(timedelta(seconds=2))

    campaign = "\n".join(await mai.says("nhắc việc"))

    units = said.partition("cho ")[2].partition(" đơn vị")[0]
    assert f"15/10/2027, còn 16 ngày: đánh giá nội bộ hằng năm, {units} đơn vị, 1 người nhận tin." in campaign


async def test_duty_turned_on_after_its_last_day_begins_with_the_next_year(lan, mai, clock):
    await lan.registers(REPORT_UNIT)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 11, 2))

    said = (await mai.presses_key(f"du:on:{AUDIT}:thanh-hoa"))[-1]
    clock.pass_by(timedelta(seconds=2))

    assert "Lịch nhắc năm 2028: 05/09/2028" in said
    page = (await lan.says("nhắc việc"))[-1].splitlines()
    assert [line[:42] for line in page if "nội bộ" in line] == ["• Đánh giá nội bộ hằng năm, năm 2028, hạn "]
    await on(lan, clock, date(2027, 11, 3))
    assert not any("ánh giá nội bộ" in text for text in reminders(lan))


# --- days of national rules, for one province ---------------------------------------------------------------


async def both_have_the_audit_on(lan, mai, ha, clock):
    """Two provinces have the audit on, with an officer each; returns the officer of Kon Tum."""
    bich = lan.other("7")
    await lan.registers(REPORT_UNIT)
    await bich.registers("kt.dak-ha")
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await ha.registers("kt.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 9, 6))
    await mai.presses_key(f"du:on:{AUDIT}:thanh-hoa")
    await ha.presses_key(f"du:on:{AUDIT}:kon-tum")
    clock.pass_by(timedelta(seconds=2))
    return bich


async def moves_the_audit(mai, day: str, why: str = "Thành phố hợp nhất các đoàn đánh giá") -> str:
    await mai.says("đổi hạn")
    await mai.picks("Năm 2027: Đánh giá nội bộ hằng năm")
    await mai.says(day)
    return (await mai.says(why))[-1]


async def test_one_province_moves_the_day_and_the_ladder_of_its_units_follows(lan, mai, ha, clock):
    bich = await both_have_the_audit_on(lan, mai, ha, clock)

    page = (await mai.says("đổi hạn"))[-1]
    said = await moves_the_audit(mai, "15/10")
    clock.pass_by(timedelta(seconds=2))

    assert "riêng cho các đơn vị của tỉnh Thanh Hóa" in page
    assert "• Đánh giá nội bộ hằng năm, năm 2027: 31/10/2027." in page
    assert "Đã đổi hạn năm 2027 thành 15/10/2027 cho tỉnh Thanh Hóa, các tỉnh khác giữ nguyên." in said
    assert "Lịch nhắc mới: 06/09/2027, 01/10/2027, 08/10/2027, 14/10/2027, 15/10/2027" in said
    assert "năm 2027: 15/10/2027 (trước khi đổi: 31/10/2027)." in (await mai.says("đổi hạn"))[-1]
    assert "năm 2027: 31/10/2027." in (await ha.says("đổi hạn"))[-1]
    assert "đang bật, hạn 15/10/2027" in (await mai.says("việc hằng năm"))[-1]
    assert "đang bật, hạn 31/10/2027" in (await ha.says("việc hằng năm"))[-1]
    assert "Đánh giá nội bộ hằng năm, năm 2027, hạn 15/10/2027" in (await lan.says("nhắc việc"))[-1]
    assert "Đánh giá nội bộ hằng năm, năm 2027, hạn 31/10/2027" in (await bich.says("nhắc việc"))[-1]
    await on(lan, clock, date(2027, 10, 8))
    assert "Còn 7 ngày đến hạn đánh giá nội bộ hằng năm (15/10/2027)" in reminders(lan)[-1]
    assert "Còn 23 ngày đến hạn đánh giá nội bộ hằng năm (31/10/2027)" in reminders(bich)[-1]
    await on(lan, clock, date(2027, 10, 15))
    assert "Hôm nay, 15/10/2027, là ngày cuối" in reminders(lan)[-1]
    assert "Còn 16 ngày đến hạn đánh giá nội bộ hằng năm (31/10/2027)" in reminders(bich)[-1]


async def test_move_of_a_province_is_in_its_history_with_the_reason(lan, mai, ha, clock):
    await both_have_the_audit_on(lan, mai, ha, clock)
    await moves_the_audit(mai, "15/10")

    async with lan.office.database.read() as connection:
        (act,) = await office_rows.acts(connection, kind="move-date")
        (move,) = await office_rows.moves(connection)

    assert (act["province"], act["rule"], act["period"]) == ("thanh-hoa", AUDIT, "2027")
    assert (act["before"], act["after"]) == ("2027-10-31", "2027-10-15")
    assert act["why"] == "Thành phố hợp nhất các đoàn đánh giá"
    assert move.province == "thanh-hoa"


async def test_done_and_late_are_told_by_the_days_of_the_own_province(lan, mai, ha, clock):
    bich = await both_have_the_audit_on(lan, mai, ha, clock)
    await moves_the_audit(mai, "15/10")
    clock.pass_by(timedelta(seconds=2))

    await on(lan, clock, date(2027, 10, 18))
    late = reminders(lan)[-1]
    await lan.says("đã làm")
    done = (await lan.picks("Hôm nay"))[-1]
    await on(lan, clock, date(2027, 10, 22))

    assert "đã quá hạn 3 ngày (hạn 15/10/2027)" in late
    assert "Đã ghi: làm xong ngày 18/10/2027" in done
    assert "ánh giá nội bộ" not in reminders(lan)[-1]
    assert "Còn 9 ngày" in reminders(bich)[-1]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("hd:qg-danh-gia-noi-bo:0:2027:kon-tum", "đầu mối nhận báo cáo"),
        ("hd:qg-danh-gia-noi-bo:0:2027", "đầu mối nhận báo cáo"),
        ("hd:qg-danh-gia-noi-bo:0:2027:national", "đầu mối nhận báo cáo"),
        ("hd:qg-khac-phuc:0:2027-05-12:thanh-hoa", "theo quy định của pháp luật, cơ quan không tự đổi được"),
    ],
)
async def test_days_of_other_provinces_and_of_the_law_stay(lan, mai, ha, clock, key, told):
    await both_have_the_audit_on(lan, mai, ha, clock)

    said = (await mai.presses_key(key))[-1]

    assert told in said
    assert "15/10" not in "\n".join(await mai.says("15/10"))
    async with lan.office.database.read() as connection:
        assert await office_rows.moves(connection) == ()


async def test_page_tells_which_days_are_law_and_the_month_of_the_law_stays(mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 9, 6))

    page = (await mai.says("đổi hạn"))[-1]
    await mai.picks("Năm 2027: Tổng hợp kết quả kiểm tra hệ thống…")
    refused = (await mai.says("15/12/2027"))[-1]
    same = (await mai.says("30/11/2027"))[-1]
    taken = (await mai.says("19/11/2027"))[-1]

    assert (
        "• Báo cáo khắc phục sau kiểm tra: 2 tháng sau ngày ký biên bản kiểm tra, "
        "theo quy định của pháp luật." in page.partition("Hạn không đổi ở đây:")[2]
    )
    assert "Điều 37 khoản 2 điểm c" in page
    assert "đánh giá nội bộ" not in page.lower()  # off in this province
    assert "Văn bản nêu tháng 11, cơ quan chỉ chọn được ngày trong tháng 11." in refused
    assert "Hạn đang là 30/11/2027 rồi. Anh/chị chọn ngày khác." in same
    assert "Đổi hạn thành 19/11/2027, áp dụng từ kỳ này trở đi." in taken


def test_dry_run_shows_each_province_its_own_day(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ISOBOT_DATA_DIR", str(tmp_path / "var"))
    for name in ("ISOBOT_TELEGRAM_TOKEN", "ISOBOT_ZALO_TOKEN", "ISOBOT_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    async def set_by_offices(core):
        async with core.database.write() as connection:
            for province in ("thanh-hoa", "kon-tum"):
                await office_rows.switch_duty(
                    connection, province=province, rule=AUDIT, turned_on=True, set_on=date(2027, 8, 2)
                )
            move = Move(AUDIT, "{year}", 2027, DayOfYear(15, 10), date(2027, 9, 6), "thanh-hoa")
            await office_rows.add_move(connection, move)

    async def go():
        async with opened(read_settings()) as core:
            await set_by_offices(core)

    asyncio.run(go())
    day = command("remind", "--dry-run", "--on", "2027-10-15", "--duties", "--json")

    rows = [json.loads(line) for line in day.output.splitlines() if line.startswith("{")]
    assert {(r["province"], r["last_day"], r["step"]) for r in rows if r["rule"] == AUDIT} == {
        ("thanh-hoa", "2027-10-15", "T@270906"),
        ("kon-tum", "2027-10-31", "T-14"),
    }
