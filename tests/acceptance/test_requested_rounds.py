"""A lead office asks for reports out of turn: opened in chat, reminded, chased, extended, closed."""

import dataclasses
from datetime import date, timedelta

import pytest

from handlers.router import DialogueRouter
from isobot.chat.engine import Engine
from isobot.domain.people import Role
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.storage import dispatch, office, requests
from scheduler import rounds
from scheduler.dispatch import situation_on
from tests.acceptance.conftest import Phone

LAST_DAY = date(2027, 6, 10)
"""A Thursday; the clock of these stories begins on Thursday 20/5/2027."""
LETTER = "112/SKHCN-TĐC ngày 18/5/2027"
WHY = "rà soát công bố lại sau sắp xếp"


@pytest.fixture
def lan(office, request):
    """An officer of a commune; with buttons, unless the story is told both ways."""
    return Phone(office, buttons=getattr(request, "param", "buttons") == "buttons")


both_ways = pytest.mark.parametrize("lan", ["buttons", "text only"], indirect=True)


@pytest.fixture
async def mai(lan):
    """The receiving office of Kon Tum."""
    phone = lan.other("9", name="Trần Thị Mai")
    await phone.registers("kt.so-khcn", Role.RECEIVER)
    return phone


async def fills_in(mai, *, units: str = "xã Đăk Hà, Đăk Mar", last_day: str = "10/6", basis: str = LETTER):
    """Answer every question of the opening; returns what is read back."""
    await mai.says("mở đợt báo cáo")
    await mai.says(WHY)
    await mai.says(units)
    await mai.picks("Đủ rồi, tiếp tục")
    await mai.picks(mai.choices[0])
    await mai.says(last_day)
    said = await mai.picks("Từ đầu năm đến hôm nay")
    return (await mai.says(basis) if basis else said)[-1]


async def opens(mai, **answers):
    await fills_in(mai, **answers)
    return (await mai.picks("Mở đợt báo cáo"))[-1]


async def kept(phone, rule: str = "yc-kt-1"):
    async with phone.office.database.read() as connection:
        return (await requests.load(connection, rules=[rule]))[0]


async def ledger(phone) -> dict[tuple[str, str], str]:
    async with phone.office.database.read() as connection:
        found = await dispatch.ledger(connection, since=date(2027, 1, 1))
    return {(k.unit, k.step): status for k, status in found.items() if k.rule == "yc-kt-1"}


def reminders(phone) -> list[str]:
    return [text for text in phone.screen if "⏰" in text or "⚠" in text]


@both_ways
async def test_round_is_read_back_and_opened(mai):
    said = await fills_in(mai)

    assert "2 đơn vị: UBND xã Đăk Hà; UBND xã Đăk Mar." in said
    assert "Ngày cuối: 10/06/2027." in said
    assert "Số liệu từ 01/01/2027 đến 20/05/2027." in said
    assert "Căn cứ: Công văn số 112/SKHCN-TĐC ngày 18/05/2027." in said
    said = (await mai.picks("Mở đợt báo cáo"))[-1]
    assert "Đã mở đợt 1/2027" in said
    assert "Lịch nhắc: 20/05/2027, 27/05/2027, 03/06/2027" in said
    made = await kept(mai)
    assert (made.units, made.last_day, made.why) == (("kt.dak-ha", "kt.dak-mar"), LAST_DAY, WHY)
    async with mai.office.database.read() as connection:
        (act,) = await office.acts(connection, kind="open-round")
    assert (act["rule"], act["why"]) == ("yc-kt-1", WHY)


async def test_officer_is_told_at_once_reports_and_is_not_told_again(lan, mai, clock):
    await lan.registers("kt.dak-ha")
    await opens(mai)

    await lan.office.tick()
    assert "Còn 21 ngày đến hạn báo cáo đột xuất đợt 1/2027 (10/06/2027)" in reminders(lan)[-1]
    assert f"Báo cáo đột xuất: {WHY}." in reminders(lan)[-1]
    await lan.says("báo cáo")
    await lan.picks("Nhập đột xuất đợt 1/2027")
    await lan.answers()
    said = await lan.picks("Gửi báo cáo")
    assert "biên nhận" in said[-1]
    before = len(reminders(lan))
    clock.move_to(date(2027, 6, 3))
    await lan.office.tick()

    assert len(reminders(lan)) == before
    assert "1/2 đơn vị" in "\n".join(await mai.says("tiến độ"))
    assert "1/2 đơn vị đã gửi" in (await mai.says("đợt báo cáo"))[-1]


async def test_silence_climbs_the_ladder_up_to_the_receiver(lan, mai, clock):
    head = lan.other("7")
    await lan.registers("kt.dak-ha")
    await head.registers("kt.dak-ha", Role.HEAD)
    await opens(mai)

    for day in (20, 27, 34, 38, 40, 41, 42, 45):  # the days of the ladder, counted from 1 May
        clock.move_to(date(2027, 4, 30) + timedelta(days=day))
        await lan.office.tick()

    steps = {step for unit, step in await ledger(lan) if unit == "kt.dak-ha"}
    assert steps == {"O", "T-14", "T-7", "T-3", "T-1", "T", "T+1", "T+3", "T+3/head"}
    assert any("quá hạn" in text for text in reminders(head))
    digests = [text for text in mai.screen if text.startswith("📋") and "đột xuất đợt 1/2027" in text]
    assert "Chưa ai đăng ký (1): UBND xã Đăk Mar" in digests[0]
    assert len(digests) == 2  # T-3 and T+1


async def test_unknown_names_are_said_and_the_rest_is_kept(office):
    mai = Phone(office, buttons=False)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await mai.says("mở đợt báo cáo")
    await mai.says(WHY)

    said = await mai.says("xã Pù Luông, xã Không Có")
    more = await mai.says("Bá Thước")

    assert "“xã Không Có”" in said[0]
    assert "Đã chọn 1 đơn vị: UBND xã Pù Luông" in said[-1]
    assert "Đã chọn 2 đơn vị: UBND xã Pù Luông; UBND xã Bá Thước" in more[-1]


@pytest.mark.parametrize(("answer", "count"), [("2", 2), ("Lấy tất cả", 3)])
async def test_namesakes_are_asked(office, answer, count):
    twins = [
        Unit(f"kt.{slug}.tan-lap", "UBND xã Tân Lập", "kon-tum", Level.XA, kind="xã", district=district)
        for slug, district in (("kon-ray", "Kon Rẫy"), ("ia-hdrai", "Ia H'Drai"))
    ]
    office.services.directory = UnitDirectory([*office.services.directory, *twins])
    mai = Phone(office, buttons=False)
    await mai.registers("kt.so-khcn", Role.RECEIVER)
    await mai.says("mở đợt báo cáo")
    await mai.says(WHY)

    said = (await mai.says("Tân Lập; xã Đăk Hà"))[-1]

    assert "Có 2 đơn vị tên “Tân Lập”" in said
    assert "UBND xã Tân Lập (Kon Rẫy)" in mai.choices
    assert f"Đã chọn {count} đơn vị" in (await mai.says(answer))[-1]


@both_ways
async def test_one_item_is_changed_before_opening(mai):
    await fills_in(mai)

    await mai.picks("Sửa một mục")
    await mai.picks("Ngày cuối")
    said = await mai.says("13/6")  # a Sunday

    assert "Ngày 13/06/2027 là ngày nghỉ" in said[0]
    assert "13/06/2027 (ngày nghỉ, nên xong trước 11/06/2027)" in said[-1]
    await mai.picks("Mở đợt báo cáo")
    assert (await kept(mai)).last_day == date(2027, 6, 13)


@pytest.mark.parametrize("day", ["19/5", "19/5/2027", "1/6/2028", "sớm"])
async def test_last_day_that_will_not_do_is_asked_again(office, day):
    mai = Phone(office, buttons=False)
    await mai.registers("kt.so-khcn", Role.RECEIVER)
    await mai.says("mở đợt báo cáo")
    await mai.says(WHY)
    await mai.says("1")
    await mai.says("1")

    assert not any("khoảng nào" in text for text in await mai.says(day))
    assert "Số liệu tính trong khoảng nào" in (await mai.says("10/6"))[-1]


@both_ways
async def test_plan_is_offered_as_the_basis_where_it_asks_for_such_reports(mai):
    await fills_in(mai, basis="")

    basis = next(label for label in mai.choices if label.startswith("Điều 1 mục VI.4"))
    said = (await mai.picks(basis))[-1]

    assert "Căn cứ: Điều 1 mục VI.4, Quyết định 474/QĐ-UBND" in said
    await mai.picks("Mở đợt báo cáo")
    assert "chưa xác minh hiệu lực" in (await kept(mai)).as_rule().remark()


async def test_everybody_is_asked_but_the_office_itself(mai):
    await mai.says("mở đợt báo cáo")
    await mai.says(WHY)
    everybody = next(label for label in mai.choices if label.startswith("Tất cả đơn vị"))
    await mai.picks(everybody)
    await mai.picks(mai.choices[0])
    await mai.says("10/6")
    await mai.picks("Từ đầu năm đến hôm nay")
    await mai.says(LETTER)
    await mai.picks("Mở đợt báo cáo")

    made = await kept(mai)
    assert everybody == f"Tất cả đơn vị ({len(made.units)})"
    assert "kt.so-khcn" not in made.units


async def test_units_that_have_not_reported_for_a_period_are_taken_in_one_step(office):
    lan = Phone(office, buttons=True)
    await lan.registers("th.pu-luong")
    await lan.opens_report()
    await lan.answers()
    await lan.picks("Gửi báo cáo")
    mai = lan.other("9")
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await mai.says("mở đợt báo cáo")
    await mai.says(WHY)

    await mai.picks(next(label for label in mai.choices if "Chưa gửi báo cáo tháng 5/2027" in label))
    await mai.picks(mai.choices[0])
    await mai.says("10/6")
    await mai.picks("Từ đầu năm đến hôm nay")
    said = (await mai.says(LETTER))[-1]

    assert "• 55 đơn vị:" in said
    await mai.picks("Mở đợt báo cáo")
    assert "th.pu-luong" not in (await kept(mai, "yc-th-1")).units


@both_ways
async def test_whole_round_gets_more_time(lan, mai, clock):
    await lan.registers("kt.dak-ha")
    await opens(mai)
    await lan.office.tick()
    clock.move_to(date(2027, 6, 4))

    await mai.says("đợt báo cáo")
    await mai.picks("Xem đợt 1/2027")
    await mai.picks("Gia hạn cả đợt")
    assert "phải sau hạn đang dùng" in "".join(
        [*(await mai.says("9/6")), *(await mai.says("mạng lỗi nhiều ngày"))]
    )
    await mai.says("25/6")
    said = await mai.says("mạng lỗi nhiều ngày")

    assert "Đã gia hạn đợt 1/2027 đến 25/06/2027" in said[-1]
    await lan.office.tick()
    assert "Hạn cũ là 10/06/2027; nay là 25/06/2027" in reminders(lan)[-1]
    clock.move_to(date(2027, 6, 11))
    await lan.office.tick()
    assert "Còn 14 ngày" in reminders(lan)[-1]


@both_ways
async def test_closing_early_stops_reminders_and_tells_who_has_not_sent(lan, mai, clock):
    await lan.registers("kt.dak-ha")
    await opens(mai)
    await mai.says("đợt báo cáo")
    await mai.picks("Xem đợt 1/2027")
    await mai.picks("Đóng đợt sớm")
    await lan.office.dispatcher().tick()  # queued, and not yet sent

    said = await mai.says("đã có số liệu từ nguồn khác")

    assert "Tôi báo 1 người" in said[-1]
    assert reminders(lan) == []
    assert "không cần gửi nữa" in lan.screen[-1]
    assert "đã có số liệu từ nguồn khác" in lan.screen[-1]
    clock.move_to(date(2027, 6, 3))
    await lan.office.tick()
    assert reminders(lan) == []
    assert set((await ledger(lan)).values()) == {"cancelled"}
    assert "đột xuất" not in (await lan.says("báo cáo"))[-1]
    assert "đã đóng" in (await lan.presses_key("rp:yc-kt-1:2027:kt.dak-ha"))[-1]
    assert "Đợt này đã đóng nên không gia hạn" in (await mai.presses_key("ex:yc-kt-1:2027"))[-1]
    assert "đột xuất" not in "\n".join(await mai.says("tiến độ"))
    assert "đã đóng 20/05/2027" in (await mai.says("đợt báo cáo"))[-1]


async def test_only_the_receiver_of_the_province_may_open_or_touch_a_round(lan, mai):
    await opens(mai)
    await lan.registers("kt.dak-ha")
    stranger = lan.other("8")
    await stranger.registers("th.so-khcn", Role.RECEIVER)

    assert "đầu mối nhận báo cáo" in (await lan.says("mở đợt báo cáo"))[-1]
    for phone in (lan, stranger):
        for key in ("rq:show:yc-kt-1", "rq:ext:yc-kt-1", "rq:close:yc-kt-1"):
            assert "đầu mối nhận báo cáo" in (await phone.presses_key(key))[-1]
    assert (await kept(mai)).closed_at is None


@pytest.mark.parametrize(
    "key", ["rq:open", "rq:c:99", "rq:b:x", "rq:f:none", "rq:u:th.pu-luong", "rq:e:none", "rq", "rq:g:moon"]
)
async def test_buttons_that_nobody_offered_do_no_harm(office, key):
    mai = Phone(office, buttons=True)
    await mai.registers("kt.so-khcn", Role.RECEIVER)
    await mai.presses_key(key)
    await mai.says("mở đợt báo cáo")
    await mai.presses_key(key)

    async with office.database.read() as connection:
        assert await requests.load(connection) == ()


async def test_another_process_sees_a_new_round_without_a_restart(lan, mai, clock):
    other = dataclasses.replace(lan.office.services)
    await lan.registers("kt.dak-ha")
    await opens(mai)
    clock.pass_by(timedelta(seconds=2))
    lan.office.engine = Engine(
        lan.office.database,
        DialogueRouter(other),
        clock,
        bell=lan.office.bell,
        outbox_bell=lan.office.outbox_bell,
    )

    assert "đột xuất đợt 1/2027" in (await lan.says("báo cáo"))[-1]
    assert other.rules.by_id("yc-kt-1") is not None


async def test_dry_run_and_the_campaign_list_a_round(mai, clock):
    await opens(mai)
    services = mai.office.services
    day = date(2027, 6, 3)
    async with mai.office.database.read() as connection:
        loaded = await situation_on(connection, services.timetable, services.directory, today=day)

    falling, _ = rounds.falling_on(day, loaded.timetable, services.directory, loaded.situation)

    steps = [(f.unit.code, f.step) for f in falling if f.rule.id == "yc-kt-1"]
    assert steps == [("kt.dak-ha", "T-7"), ("kt.dak-mar", "T-7")]
    clock.move_to(date(2027, 5, 31))
    assert "03/06/2027, còn 7 ngày: báo cáo đột xuất đợt 1/2027, 2 đơn vị" in "\n".join(
        await mai.says("nhắc việc")
    )


async def test_table_of_a_round_is_sent(mai):
    await opens(mai)
    await mai.says("đợt báo cáo")
    await mai.picks("Xem đợt 1/2027")

    await mai.picks("Bảng tổng hợp (.xlsx)")

    (file,) = mai.office.channels["telegram"].files
    assert file.content[:2] == b"PK"
