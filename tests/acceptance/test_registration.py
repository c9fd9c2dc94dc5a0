"""Who I am: codes, posts, several channels, leaving and being forgotten."""

from datetime import timedelta

import pytest

from isobot.domain.messages import IncomingKind
from isobot.domain.people import Role
from isobot.storage import people, reports


async def test_first_contact_says_what_it_is_what_it_keeps_and_how_to_erase(phone):
    said = "\n".join(await phone.says("/start"))

    assert "chatbot" in said
    assert "/xoa" in said
    assert "tài liệu mật" in said


async def test_notice_comes_once_and_also_before_a_first_question(phone):
    first = "\n".join(await phone.says("xã báo cáo tháng nào"))
    second = "\n".join(await phone.says("xã báo cáo tháng nào"))

    assert "chatbot" in first
    assert "chatbot" not in second


@pytest.mark.parametrize("typed", ["{code}", "/start {code}", "{lower}", "{bare}", " {code}. "])
async def test_code_gives_the_post_however_it_is_typed(plain_phone, typed):
    code = await plain_phone.office.invite("th.pu-luong")

    said = await plain_phone.says(
        typed.format(code=code, lower=code.lower().replace("-", " "), bare=code.replace("-", ""))
    )

    assert "UBND xã Pù Luông" in said[-1]
    assert "Đăng ký xong" in said[-1]


async def test_wrong_code_is_refused_in_words(plain_phone):
    said = await plain_phone.says("ABCD-2345")

    assert "không tìm thấy mã này" in said[-1]


async def test_spent_code_is_refused_to_another_and_known_to_its_owner(plain_phone):
    code = await plain_phone.office.invite("th.pu-luong")
    await plain_phone.says(code)

    again = await plain_phone.says(code)
    other = await plain_phone.other("2").says(code)

    assert "đã đăng ký từ trước" in again[-1]
    assert "đã được dùng" in other[-1]


async def test_expired_code_is_refused(plain_phone, clock):
    code = await plain_phone.office.invite("th.pu-luong")
    clock.pass_by(timedelta(days=15))

    assert "hết hạn" in (await plain_phone.says(code))[-1]


async def test_guesses_are_limited_even_for_a_right_code(plain_phone, clock):
    right = await plain_phone.office.invite("th.pu-luong")
    for number in range(2, 7):
        await plain_phone.says(f"AAAA-AAA{number}")

    refused = await plain_phone.says(right)
    clock.pass_by(timedelta(minutes=61))
    taken = await plain_phone.says(right)

    assert "quá nhiều lần" in refused[-1]
    assert "Đăng ký xong" in taken[-1]


async def test_wrong_code_in_a_group_is_not_even_looked_at(plain_phone):
    plain_phone.private = False

    said = await plain_phone.says(await plain_phone.office.invite("th.pu-luong"))

    assert "riêng" in said[-1]


async def test_one_person_holds_two_units(phone):
    await phone.registers("th.pu-luong")
    await phone.registers("th.ba-thuoc")

    said = (await phone.says("/baocao"))[-1]

    assert "Pù Luông" in said
    assert "Bá Thước" in said
    assert len([label for label in phone.choices if label.startswith("Nhập tháng 5/2027")]) == 2


async def test_second_channel_is_tied_by_a_code_of_ones_own(phone):
    await phone.registers("th.pu-luong")
    await phone.says("/toi")
    said = await phone.picks("Dùng thêm kênh khác")
    code = next(word for word in said[-1].split() if "-" in word and len(word) == 9)
    zalo = phone.other("z9", bot="zalo")

    tied = await zalo.says(code)

    assert "Đã nối kênh" in tied[-1]
    assert "Pù Luông" in (await zalo.says("tôi là ai"))[-1]
    assert "không tìm thấy" in (await phone.other("3").says("ABCD-EFG2"))[-1]


async def test_left_post_no_longer_opens_the_report(phone):
    await phone.registers("th.pu-luong")
    await phone.says("/roi")
    await phone.picks(next(label for label in phone.choices if "Pù Luông" in label))

    said = await phone.says("/baocao")

    assert "chưa đăng ký" in said[-1]


async def test_erased_person_is_unknown_and_the_units_report_stays(phone):
    await phone.registers("th.pu-luong")
    await phone.opens_report()
    await phone.answers()
    await phone.picks("Gửi báo cáo")
    await phone.says("/xoa")

    await phone.picks("Xóa")

    assert "chưa biết anh/chị là ai" in (await phone.says("/toi"))[-1]
    record = await phone.office.report("th.pu-luong", "2027-05")
    assert record.version == 1
    async with phone.office.database.read() as connection:
        assert await people.name_of(connection, 1) == ""
        assert await reports.count(connection) == 1


async def test_an_old_erase_button_does_not_erase(plain_phone):
    await plain_phone.registers("th.pu-luong")

    await plain_phone.presses_key("me:erase")

    assert "Pù Luông" in (await plain_phone.says("/toi"))[-1]


async def test_reporter_of_one_unit_has_no_say_over_a_post_of_another(plain_phone):
    hung = plain_phone.other("2")
    await hung.registers("th.ba-thuoc")
    await plain_phone.registers("th.pu-luong")
    await plain_phone.says("/roi")

    await plain_phone.sends(IncomingKind.CHOICE, choice="me:leave:1", prompt=plain_phone.messages[-1].prompt)

    assert "Bá Thước" in (await hung.says("/toi"))[-1]


async def test_every_role_is_named_in_vietnamese(plain_phone):
    for role in Role:
        said = await plain_phone.other(role.value).registers("th.so-khcn", role)
        assert role.label in said[-1]
