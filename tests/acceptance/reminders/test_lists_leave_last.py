"""A receiver's list leaves after the reminders of its day, and so knows who could not be reached by then."""

from datetime import date

from isobot.domain.people import Role
from isobot.errors import ChatGone

UNITS = ("th.pu-luong", "th.ba-thuoc", "th.co-lung", "th.dien-quang")


async def test_list_counts_those_who_turned_out_unreachable_this_very_morning(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    for number, unit in enumerate(UNITS):
        await lan.other(str(20 + number)).registers(unit)
    clock.move_to(date(2027, 5, 28))
    lan.office.channels["telegram"].fails_with += [ChatGone("blocked") for _ in UNITS[:3]]

    await lan.office.tick()

    (digest,) = [text for text in mai.screen if text.startswith("📋")]
    assert "Không nhận được tin (đã chặn hoặc rời bot) (3): " in digest
    assert "Đã được nhắc mà chưa gửi (1): " in digest


async def test_receiver_who_reports_too_gets_one_message(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await mai.registers("th.pu-luong")
    await lan.registers("th.ba-thuoc")
    clock.move_to(date(2027, 5, 28))

    await lan.office.tick()

    (said,) = [text for text in mai.screen if "📋" in text]
    assert "⏰" in said
