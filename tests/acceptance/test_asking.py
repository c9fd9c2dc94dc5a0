"""Questions: answered with a citation, asked back, or refused; legal basis and steps by menu."""

import pytest


@pytest.mark.parametrize(
    "question", ["xã báo cáo tháng mấy?", "xa bao cao thang may", "XÃ BÁO CÁO THÁNG MẤY"]
)
async def test_answer_carries_its_citation_with_diacritics_or_without(phone, question):
    await phone.registers("th.pu-luong")

    said = (await phone.says(question))[-1]

    assert "tháng 5 và tháng 10" in said
    assert "Căn cứ: Điều 2 khoản 5, Quyết định 4775/QĐ-UBND ngày 29/11/2021" in said


async def test_stranger_is_asked_back_and_a_choice_answers(phone):
    await phone.says("chào")
    await phone.says("bao giờ phải báo cáo")
    assert phone.choices, phone.screen[-1]
    province = next(label for label in phone.choices if "Thanh Hóa" in label)

    said = (await phone.picks(province))[-1]

    assert "4775" in said


async def test_what_no_card_holds_is_refused_and_filed(phone):
    said = (await phone.says("giá vàng hôm nay bao nhiêu"))[-1]

    assert "Căn cứ:" not in said
    assert "không" in said


async def test_legal_basis_by_topic_ends_in_a_citation(phone):
    await phone.registers("th.pu-luong")
    await phone.says("/cancu")
    for _ in range(4):
        said = await phone.picks(phone.choices[0])
        if "Căn cứ:" in said[-1]:
            break

    assert "Căn cứ:" in phone.screen[-1]


@pytest.mark.parametrize(("unit", "steps"), [("th.pu-luong", 5), ("kt.so-tu-phap", 11)])
async def test_steps_come_one_at_a_time_as_the_province_has_them(phone, unit, steps):
    await phone.registers(unit)
    said = await phone.says("/cacbuoc")

    for number in range(1, steps + 1):
        assert f"Bước {number}/{steps}:" in said[-1]
        if number < steps:
            said = await phone.picks("Bước tiếp theo")
    assert "Bước tiếp theo" not in phone.choices
    assert f"Bước {steps - 1}/{steps}:" in (await phone.picks("Bước trước"))[-1]


async def test_ha_nam_has_no_periodic_report_and_says_so(phone):
    await phone.registers("hn.minh-hoa-hai")

    assert "Chỉ thị 02/2007/CT-UBND" in (await phone.says("/baocao"))[-1]
    assert "Nhập thử" in phone.choices
