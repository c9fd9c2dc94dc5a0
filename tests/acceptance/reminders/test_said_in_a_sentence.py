"""What a receiver types about one unit in a sentence."""

from datetime import date

from isobot.domain.people import Role
from isobot.storage import office
from tests.acceptance.reminders.conftest import reminded, reminders


async def test_more_time_is_given_in_a_sentence_that_asks_for_the_reason_alone(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)

    asked = (await mai.says("gia hạn xã Pù Luông đến 15/6"))[-1]
    given = (await mai.says("Đơn vị đang chuyển trụ sở"))[-1]
    refused = (await mai.says("Gia hạn cho xã Bá Thước đến ngày 30/5"))[-1]

    assert "UBND xã Pù Luông, tháng 5/2027: gia hạn đến 15/06/2027. Lý do là gì?" in asked
    assert "hạn mới 15/06/2027" in given
    assert "phải sau hạn chung 31/05/2027" in refused
    async with lan.office.database.read() as connection:
        assert [key[2] for key in await office.all_extensions(connection)] == ["th.pu-luong"]


async def test_one_unit_is_nudged_in_a_sentence(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    today = (await mai.says("nhắc xã Pù Luông"))[-1]
    clock.move_to(date(2027, 6, 2))

    said = (await mai.says("nhắc xã Pù Luông"))[-1]

    assert "đã được nhắc hôm nay" in today
    assert "UBND xã Pù Luông, tháng 5/2027: đã xếp 1 tin nhắc." in said
    assert "nhờ tôi nhắc riêng đơn vị" in reminders(lan)[-1]


async def test_receiver_is_told_that_a_unit_is_not_of_the_province(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)

    for sentence in ("gia hạn xã Măng Đen đến 15/6", "nhắc xã Măng Đen"):
        assert "không thấy đơn vị này trong tỉnh" in (await mai.says(sentence))[-1]
    async with lan.office.database.read() as connection:
        assert await office.all_extensions(connection) == {}


async def test_sentence_of_somebody_else_is_a_question(lan, mai, clock):
    await reminded(lan, clock)

    said = (await lan.says("gia hạn xã Pù Luông đến 15/6"))[-1]

    assert "Lý do là gì" not in said
