"""The wording behind an answer: offered where the document's text was imported, and only there."""

import pytest

from isobot.storage import legal_texts
from knowledge.importer.importing import import_text

TEXT = (
    "QUYẾT ĐỊNH\nThử nghiệm\nĐiều 1. Việc thử.\nĐiều 2. Tổ chức thực hiện\n"
    "1. Sở làm.\n2. Sở khác làm.\n3. Sở khác nữa làm.\n4. Huyện làm.\n"
    "5. Xã thử nghiệm:\n- Gạch thứ nhất của bản thử;\n- Gạch thứ hai.\n"
)
QUESTION = "xã báo cáo tháng mấy?"


async def bring_in(office, text=TEXT):
    async with office.database.write() as connection:
        await legal_texts.add_text(
            connection,
            "thanh-hoa",
            import_text(text).text,
            original=text,
            remarks={},
            source_name="thu.txt",
            source_hash="0" * 64,
            at=office.clock.now(),
        )


async def test_nothing_is_offered_where_nothing_is_imported(phone):
    await phone.registers("th.pu-luong")
    await phone.says(QUESTION)

    assert not [label for label in phone.choices if "nguyên văn" in label]


async def test_the_very_provision_is_shown_with_its_citation_and_day_of_import(office, phone):
    await bring_in(office)
    await phone.registers("th.pu-luong")
    await phone.says(QUESTION)

    said = (await phone.picks("Xem nguyên văn"))[-1]

    assert said.startswith("Nguyên văn: Điều 2 khoản 5, Quyết định 4775/QĐ-UBND ngày 29/11/2021.")
    assert "5. Xã thử nghiệm:\n- Gạch thứ nhất của bản thử;\n- Gạch thứ hai." in said
    assert "Huyện làm" not in said
    assert "Theo bản được nhập ngày 20/5/2027." in said


async def test_a_long_provision_is_cut_and_says_so(office, phone):
    await bring_in(office, TEXT.replace("Gạch thứ hai", "từ " * 2000))
    await phone.registers("th.pu-luong")
    await phone.says(QUESTION)

    said = (await phone.picks("Xem nguyên văn"))[-1]

    assert len(said) < 1800
    assert "[…]" in said
    assert "chỉ trích phần đầu" in said


async def test_a_place_that_the_imported_text_lacks_is_not_offered(office, phone):
    await bring_in(office, "QUYẾT ĐỊNH\nThử\nĐiều 1. Chỉ có vậy.")
    await phone.registers("th.pu-luong")
    await phone.says(QUESTION)

    assert not [label for label in phone.choices if "nguyên văn" in label]


@pytest.mark.parametrize("key", ["src:khong-co:0", "src:th-bao-cao-ky:99", "src:th-bao-cao-ky:x"])
async def test_a_button_for_what_is_not_there_is_answered_plainly(phone, key):
    said = (await phone.presses_key(key))[-1]

    assert "chưa được nhập" in said
