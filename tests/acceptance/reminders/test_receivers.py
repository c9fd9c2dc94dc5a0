"""What a receiving office does about deadlines: it nudges, gives more time, moves days, replaces people."""

from datetime import date, timedelta

from isobot.domain.people import Role
from isobot.storage import office
from tests.acceptance.reminders.conftest import reminded, reminders


async def test_receiver_nudges_all_silent_units_within_one_message_a_day(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    hung = lan.other("3")
    await hung.registers("th.ba-thuoc")

    said = (await mai.picks("Nhắc các đơn vị im lặng"))[-1]

    assert "1 người đã được nhắc hôm nay" in said
    assert "Đã xếp 1 tin nhắc tới 1 đơn vị" in said
    assert len(reminders(lan)) == 1
    assert "nhờ tôi nhắc riêng đơn vị" in reminders(hung)[-1]
    await lan.office.tick()
    assert len(reminders(hung)) == 1


async def test_more_time_for_one_unit_moves_its_plan(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)

    await mai.picks("Gia hạn một đơn vị")
    await mai.says("xã Pù Luông")
    await mai.says("15/6")
    said = (await mai.says("Đơn vị đang chuyển trụ sở"))[-1]

    assert "hạn mới 15/06/2027" in said
    clock.move_to(date(2027, 6, 1))
    await lan.office.tick()
    assert "Còn 14 ngày" in reminders(lan)[-1]
    clock.move_to(date(2027, 6, 15))
    await lan.office.tick()
    assert "Hôm nay, 15/06/2027, là ngày cuối" in reminders(lan)[-1]
    assert "15/06/2027" in (await lan.says("/baocao"))[-1]
    async with lan.office.database.read() as connection:
        (act,) = await office.acts(connection, kind="extend")
    assert (act["before"], act["after"], act["why"]) == (
        "2027-05-31",
        "2027-06-15",
        "Đơn vị đang chuyển trụ sở",
    )


async def test_more_time_is_refused_into_the_past_and_without_a_reason(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    await mai.picks("Gia hạn một đơn vị")
    await mai.says("xã Pù Luông")

    refused = (await mai.says("30/5"))[-1]
    too_long = (await mai.says("30/12"))[-1]
    await mai.says("15/6")
    no_reason = (await mai.says("."))[-1]

    assert "phải sau hạn chung 31/05/2027" in refused
    assert "chỉ gia hạn được 120 ngày" in too_long
    assert "lý do" in no_reason
    async with lan.office.database.read() as connection:
        assert await office.all_extensions(connection) == {}


async def test_another_officer_gets_a_code(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)

    await mai.picks("Đổi người phụ trách")
    said = (await mai.says("Pù Luông"))[-1]
    code = said.partition("Mã cho người mới: ")[2][:9]
    hung = lan.other("4")

    assert "Tôi đang nhắc: Phạm Thị Lan" in said
    assert "UBND xã Pù Luông" in (await hung.says(code))[-1]


async def test_officer_whom_another_follows_is_told_and_reminded_no_more(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    await mai.picks("Đổi người phụ trách")
    said = (await mai.says("Pù Luông"))[-1]
    hung = lan.other("4")
    await hung.says(said.partition("Mã cho người mới: ")[2][:9])

    await mai.picks("Thôi nhắc Phạm Thị Lan")

    assert "có người khác phụ trách" in lan.screen[-1]
    before = len(reminders(lan))
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()
    assert len(reminders(lan)) == before
    assert len(reminders(hung)) == 1
    async with lan.office.database.read() as connection:
        assert [act["kind"] for act in await office.acts(connection)] == ["reassign", "relieve"]


async def test_only_a_receiver_of_the_province_ends_reminders_to_another(lan, clock):
    await reminded(lan, clock)
    kon_tum = lan.other("8")
    await kon_tum.registers("kt.so-khcn", Role.RECEIVER)

    for phone in (lan, kon_tum):
        said = (await phone.presses_key("ro:th.pu-luong:1"))[-1]
        assert "đầu mối nhận báo cáo" in said
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()
    assert len(reminders(lan)) == 2


async def test_office_sets_another_last_day_and_everything_follows(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.registers("th.pu-luong")
    clock.move_to(date(2027, 5, 20))

    await mai.says("/hanbaocao")
    await mai.picks(next(label for label in mai.choices if "Tháng 5/2027" in label))
    await mai.says("25/5")
    said = (await mai.says("Kịp họp Ban chỉ đạo cuối tháng"))[-1]

    assert "Đã đổi hạn tháng 5/2027 thành 25/05/2027." in said
    clock.pass_by(timedelta(seconds=2))
    assert "hạn 25/05/2027" in (await lan.says("/baocao"))[-1]
    assert "hạn 25/05/2027" in (await lan.says("/nhac"))[-1]
    await lan.office.tick()
    assert "Hạn cũ là 31/05/2027; nay là 25/05/2027" in reminders(lan)[-1]
    clock.move_to(date(2027, 5, 26))
    await lan.office.tick()
    assert "quá hạn 1 ngày" in reminders(lan)[-1]


async def test_day_of_the_plan_cannot_be_changed_by_the_office(lan, clock):
    kien_giang = lan.other("6")
    await kien_giang.registers("kg.so-khcn", Role.RECEIVER)

    said = (await kien_giang.says("đổi hạn"))[-1]
    refused = (await kien_giang.presses_key("hd:kg-nam:0:2027"))[-1]

    assert "không đổi ở đây" in said
    assert "theo kế hoạch của tỉnh" in refused
    assert "Căn cứ: IV.1, Kế hoạch năm 2021 của Kiên Giang" in refused


async def test_reporter_may_change_no_day(lan, clock):
    await lan.registers("th.pu-luong")

    assert "đầu mối nhận báo cáo" in (await lan.says("/hanbaocao"))[-1]
    assert "đầu mối nhận báo cáo" in (await lan.presses_key("ex:th-xa:2027-05"))[-1]
    assert "đầu mối nhận báo cáo" in (await lan.presses_key("na:th-xa:2027-05"))[-1]
