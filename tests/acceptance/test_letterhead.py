"""How a unit's letters look: guessed, shown, set by its own people, and used by the next draft."""

import io

from docx import Document

from isobot.domain.people import Role
from isobot.storage import office as acts


async def drafted(phone):
    """Send the report and open the draft that comes with the receipt."""
    await phone.opens_report()
    await phone.answers()
    await phone.picks("Gửi báo cáo")
    return Document(io.BytesIO(phone.office.channels["telegram"].files[-1].content))


async def test_commune_gets_its_letterhead_without_setting_anything(plain_phone):
    await plain_phone.registers("th.pu-luong")

    said = (await plain_phone.says("thể thức"))[-1]

    assert "Chữ viết tắt trong số, ký hiệu: UBND (tôi tự điền, chưa ai sửa)" in said
    assert "Địa danh: Pù Luông" in said
    assert "TM. ỦY BAN NHÂN DÂN, CHỦ TỊCH" in said
    assert "Cơ quan chủ quản" not in said


async def test_titles_are_chosen_from_a_list_and_stand_on_the_next_draft(phone):
    await phone.registers("th.pu-luong")
    await phone.says("thể thức")
    await phone.picks("Sửa chức vụ người ký")
    await phone.picks("TM. ỦY BAN NHÂN DÂN, KT. CHỦ TỊCH, PHÓ CHỦ TỊCH")

    document = await drafted(phone)

    ending = next(t for t in document.tables if t.rows[0].cells[0].text.startswith("Nơi nhận"))
    titles = [line for line in ending.rows[0].cells[1].text.split("\n") if line]
    assert titles == ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]


async def test_line_is_set_by_typing_and_a_question_between_is_answered(phone):
    await phone.registers("th.pu-luong")
    await phone.says("thể thức")
    await phone.picks("Sửa bộ phận soạn thảo, ở dòng “Lưu”")
    said = await phone.says("Hạn báo cáo của tôi là ngày nào?")
    assert "Bộ phận soạn thảo" in said[-1]
    await phone.says("KT")

    document = await drafted(phone)

    ending = next(t for t in document.tables if t.rows[0].cells[0].text.startswith("Nơi nhận"))
    assert ending.rows[0].cells[0].text.endswith("- Lưu: VT, KT.")


async def test_abbreviation_that_is_none_is_refused_with_an_example(plain_phone):
    await plain_phone.registers("kt.so-tu-phap")
    await plain_phone.says("thể thức")
    await plain_phone.picks("Sửa chữ viết tắt trong số, ký hiệu")

    said = (await plain_phone.says("sở tư pháp!"))[-1]
    assert "chưa phải chữ viết tắt" in said
    assert "Ví dụ: SKHCN" in said

    assert "Chữ viết tắt trong số, ký hiệu: STP\n" in (await plain_phone.says("stp"))[-1]


async def test_change_is_written_into_the_history_of_the_office(plain_phone):
    await plain_phone.registers("th.pu-luong")
    await plain_phone.says("thể thức")
    await plain_phone.picks("Sửa địa danh")
    await plain_phone.says("Bá Thước")

    async with plain_phone.office.database.read() as connection:
        (act,) = await acts.acts(connection, kind="letterhead")
    assert (act["unit"], act["before"], act["after"]) == (
        "th.pu-luong",
        {"place": None},
        {"place": "Bá Thước"},
    )


async def test_lead_office_sets_its_own(plain_phone):
    await plain_phone.registers("th.so-khcn", Role.RECEIVER)
    said = (await plain_phone.says("thể thức"))[-1]
    assert "Cơ quan chủ quản: Ủy ban nhân dân tỉnh Thanh Hóa" in said
    assert "Chữ viết tắt trong số, ký hiệu: SKHCN" in said


async def test_nobody_sets_the_letters_of_another_unit(plain_phone):
    await plain_phone.registers("kt.so-tu-phap")

    for key in ("lh:of:th.pu-luong", "lh:place:th.pu-luong", "lh:sign:th.pu-luong:0"):
        said = await plain_phone.presses_key(key)
        assert "không giữ vai trò ở đơn vị này" in said[-1]

    async with plain_phone.office.database.read() as connection:
        assert await acts.acts(connection, kind="letterhead") == []


async def test_draft_comes_with_what_to_check_before_signing(plain_phone):
    await plain_phone.registers("th.pu-luong")
    await drafted(plain_phone)

    said = await plain_phone.picks("Cần kiểm tra gì trước khi ký?")

    assert "Để trống số, ngày" in said[-1]
    assert "Không có nội dung mật" in said[-1]
    assert said == await plain_phone.says("trước khi ký")
