"""Curation told as stories: an unanswered question becomes a card that two people stand behind."""

from dataclasses import replace
from datetime import timedelta

import pytest

from isobot.actions import curating
from isobot.domain.curation import operator
from isobot.domain.people import Role
from isobot.storage import curation, legal_texts
from isobot.storage.store import Store
from knowledge.importer.importing import import_text

OFFICE = "th.so-khcn"
KON_TUM = "kt.so-tu-phap"
QUESTION = "Ngày hội sáng kiến cải cách mở gian hàng ở đâu?"
ANSWER = "Ngày hội sáng kiến mở gian hàng tại Nhà văn hóa, theo thông báo của Sở."


@pytest.fixture
def services(services):
    """A copy of its own for each test: approving a card replaces the knowledge."""
    return replace(services)


@pytest.fixture
async def curator(phone):
    """Somebody who writes cards for Thanh Hóa."""
    writer = phone.other("31", name="Nguyễn Thị Mai")
    await writer.registers(OFFICE, Role.CURATOR)
    return writer


@pytest.fixture
async def approver(phone):
    """Another curator of Thanh Hóa."""
    second = phone.other("32", name="Trần Văn Nam")
    await second.registers(OFFICE, Role.CURATOR)
    return second


async def writes_answer(curator, *, answer=ANSWER):
    """Go from the list of open questions to a proposal."""
    await curator.says("biên tập")
    await curator.picks(next(label for label in curator.choices if label.startswith("Câu hỏi")))
    await curator.picks(next(label for label in curator.choices if "gian hàng" in label))
    await curator.picks("Soạn thẻ trả lời")
    if "Thẻ này cho nơi nào?" in curator.screen[-1]:
        await curator.picks("Tỉnh Thanh Hóa")
    await curator.says("Tuyên truyền")
    await curator.picks("Thông tin, con số")
    await curator.says("Gian hàng ngày hội sáng kiến")
    await curator.says(answer)
    await curator.says("Tại Nhà văn hóa")
    await curator.picks("Quyết định 4775/QĐ-UBND")
    await curator.says("Điều 1")
    await curator.picks("Đủ rồi")
    await curator.picks("Giữ nguyên")
    return await curator.picks("Gửi duyệt")


async def approves(approver, number=1):
    await approver.presses_key(f"cu:show:{number}")
    return await approver.picks("Duyệt")


async def test_a_question_becomes_a_card_and_its_asker_is_told_once(phone, curator, approver, office):
    await phone.registers("th.pu-luong")
    refused = await phone.says(QUESTION)
    assert "không có trong các văn bản" in refused[0]

    sent = await writes_answer(curator)
    assert "Đã gửi duyệt (đề nghị số 1)" in sent[0]
    assert ANSWER not in (await phone.says(QUESTION))[0]
    assert any("chờ anh/chị duyệt" in text for text in approver.screen)

    done = await approves(approver)
    assert "được dùng ngay" in done[0]
    told = [text for text in phone.screen if "nay đã có câu trả lời" in text]
    assert len(told) == 1
    assert ANSWER in told[0]
    assert "Căn cứ: Điều 1, Quyết định 4775/QĐ-UBND" in told[0]
    assert ANSWER in (await phone.says(QUESTION))[0]
    await curator.says("biên tập")
    assert any("(0 nhóm)" in label for label in curator.choices)


async def test_another_process_answers_from_the_new_card_without_restart(phone, curator, approver, office):
    other = type(office)(office.database, replace(office.services), office.clock)
    await phone.says("Thanh Hóa: " + QUESTION)
    await writes_answer(curator)
    await approves(approver)

    other.events = 1000
    there = replace(phone, office=other, chat="77")
    assert ANSWER in (await there.says("Thanh Hóa: " + QUESTION))[0]


async def test_the_author_cannot_approve_the_own_card(plain_phone, curator):
    await plain_phone.says(QUESTION)
    await writes_answer(curator)

    shown = await curator.presses_key("cu:show:1")
    pressed = await curator.presses_key("cu:ok:1")

    assert "người soạn không tự duyệt" in shown[0]
    assert pressed == [curating.OWN_WORK]
    assert ANSWER not in (await plain_phone.says("Thanh Hóa: " + QUESTION))[0]


async def test_a_returned_card_reaches_its_author_with_the_reason(plain_phone, curator, approver):
    await plain_phone.says(QUESTION)
    await writes_answer(curator)

    await approver.presses_key("cu:show:1")
    await approver.picks("Trả lại")
    await approver.says("Thiếu số của thông báo")

    assert any("Thiếu số của thông báo" in text for text in curator.screen)
    assert (await approver.presses_key("cu:ok:1")) == ["Đề nghị này đã được người khác xử lý."]


async def test_news_of_an_answer_waits_for_working_hours(plain_phone, curator, approver, office):
    await plain_phone.says("Thanh Hóa: " + QUESTION)
    await writes_answer(curator)
    office.clock.pass_by(timedelta(hours=12))

    await approves(approver)
    assert not any("nay đã có câu trả lời" in text for text in plain_phone.screen)

    office.clock.pass_by(timedelta(hours=12))
    await office.work()
    assert sum("nay đã có câu trả lời" in text for text in plain_phone.screen) == 1


async def test_a_card_is_written_from_nothing_with_steps_back_and_a_contradiction_is_pointed_out(
    phone, curator
):
    await curator.says("biên tập")
    await curator.picks("Viết thẻ mới")
    await curator.picks("Báo cáo định kỳ")
    await curator.picks("Kỳ báo cáo")
    await curator.picks("Thời hạn")
    await curator.says("Kỳ báo cáo của xã")
    again = await curator.says("quay lại")
    assert "Tiêu đề" in again[0]
    await curator.says("Kỳ báo cáo mới của xã")
    long = await curator.says("Xã báo cáo. " * 80)
    assert "cần không quá 700" in long[0]
    await curator.says("UBND cấp xã báo cáo định kỳ tháng 6 và tháng 12 hằng năm.")
    await curator.picks("Không cần")
    await curator.says("19/2014")
    await curator.says("Điều 9")
    await curator.picks("Thêm căn cứ")
    await curator.says("4775")
    await curator.says("Điều 2 khoản 5")
    await curator.picks("Đủ rồi")
    await curator.says("kỳ báo cáo mới tháng mấy")
    shown = (await curator.says("Có quyết định mới"))[0]

    assert "Điều 9, Quyết định 19/2014/QĐ-TTg" in shown
    assert "Điều 2 khoản 5, Quyết định 4775/QĐ-UBND" in shown
    assert "Hai thẻ cùng chủ đề nêu tháng khác nhau" in shown

    await curator.picks("Sửa căn cứ")
    await curator.picks("Quyết định 4775/QĐ-UBND")
    await curator.says("Điều 1")
    shown = (await curator.picks("Đủ rồi"))[0]
    assert "19/2014" not in shown
    assert "Căn cứ: Điều 1, Quyết định 4775/QĐ-UBND" in shown

    await curator.picks("Bỏ bản soạn")
    await curator.says("biên tập")
    assert "Chờ tôi duyệt (0); tôi đã gửi (0)" in curator.choices


async def test_a_citation_that_the_imported_text_lacks_is_pointed_out_to_both(
    plain_phone, curator, approver, office
):
    text = import_text(
        "QUYẾT ĐỊNH\nThử nghiệm\nĐiều 1. Việc thử.\nĐiều 2. Tổ chức thực hiện\n1. Sở làm.\n"
    ).text
    async with office.database.write() as connection:
        await legal_texts.add_text(
            connection,
            "thanh-hoa",
            text,
            original="",
            remarks={},
            source_name="qd.txt",
            source_hash="0",
            at=office.clock.now(),
        )
    await curator.says("sửa thẻ th-bao-cao-ky")
    await curator.picks("Sửa căn cứ")
    await curator.picks("Quyết định 4775/QĐ-UBND")
    await curator.says("Điều 7")
    shown = await curator.picks("Đủ rồi")
    assert "4775/QĐ-UBND không có “Điều 7”" in shown[0]
    await curator.picks("Gửi duyệt")
    await curator.says("Văn bản đánh số lại")
    await curator.picks("Gửi duyệt")

    assert "không có “Điều 7”" in (await approver.presses_key("cu:show:1"))[0]


async def test_an_answer_called_wrong_comes_to_the_curator_with_its_card(phone, curator):
    await phone.registers("th.pu-luong")
    await phone.says("xã báo cáo tháng mấy")
    thanks = await phone.picks("Chưa đúng")

    assert "người biên tập" in thanks[0]
    await curator.says("biên tập")
    await curator.picks("Câu hỏi chưa trả lời được (1 nhóm)")
    shown = await curator.picks(curator.choices[0])
    assert "th-bao-cao-ky" in shown[0]
    await curator.picks("Sửa thẻ đã trả lời")
    await curator.picks("Sửa câu trả lời")
    await curator.says("UBND cấp xã báo cáo hai lần mỗi năm: tháng 5 và tháng 10.")
    await curator.picks("Gửi duyệt")
    await curator.says("Viết lại cho gọn")
    sent = await curator.picks("Gửi duyệt")
    assert "Đã gửi duyệt" in sent[0]


async def test_good_answers_do_not_come_to_the_curator(phone, curator):
    await phone.registers("th.pu-luong")
    await phone.says("xã báo cáo tháng mấy")
    await phone.picks("Đúng ý")

    await curator.says("biên tập")

    assert "Câu hỏi chưa trả lời được (0 nhóm)" in curator.choices


async def test_nobody_but_editors_sees_the_desk(plain_phone):
    await plain_phone.registers("th.pu-luong")
    for said in (await plain_phone.says("biên tập"), await plain_phone.presses_key("cu:show:1")):
        assert "dành cho người được giao" in said[0]
    assert "Trả lời:" not in (await plain_phone.says("sửa thẻ th-bao-cao-ky"))[0]


async def test_a_curator_changes_nothing_outside_the_own_province(plain_phone, curator, office):
    stranger = plain_phone.other("41")
    await stranger.registers(KON_TUM, Role.CURATOR)
    await plain_phone.says("Thanh Hóa: " + QUESTION)
    await writes_answer(curator)

    for card in ("th-bao-cao-ky", "nat-159-het"):
        assert await stranger.says(f"sửa thẻ {card}") == [curating.NOT_YOURS]
    assert "Không có đề nghị" in (await stranger.presses_key("cu:show:1"))[0]
    assert await stranger.presses_key("cu:ok:1") == [curating.NOT_YOURS]
    await stranger.says("biên tập")
    assert "Câu hỏi chưa trả lời được (0 nhóm)" in stranger.choices

    admin = plain_phone.other("42")
    await admin.registers(KON_TUM, Role.ADMIN)
    assert "Thẻ nat-159-het" in (await admin.says("sửa thẻ nat-159-het"))[0]


async def test_a_card_changed_meanwhile_is_not_overwritten(plain_phone, curator, approver):
    for writer in (curator, approver):
        await writer.says("sửa thẻ th-bao-cao-ky")
        await writer.picks("Sửa lý do")
        await writer.says("Viết gọn")
        await writer.picks("Gửi duyệt")

    await approves(approver, 1)
    late = await approves(curator, 2)

    assert "đã có bản mới (bản 1)" in late[0]


async def test_a_replaced_document_freezes_its_cards_until_each_is_confirmed(
    plain_phone, curator, approver, office
):
    await plain_phone.registers("th.pu-luong")
    before = await plain_phone.says("xã báo cáo tháng mấy")
    assert "tháng 5 và tháng 10" in before[0]

    await curator.says("biên tập")
    await curator.picks("Văn bản được thay thế")
    await curator.picks("Quyết định 4775/QĐ-UBND")
    await curator.says("Quyết định 99/QĐ-UBND")
    await curator.says("1/5/2027")
    await curator.says("Điều 3 của quyết định mới")
    await approves(approver)

    frozen = (await plain_phone.says("xã báo cáo tháng mấy"))[0]
    assert "được thay thế bằng Quyết định 99/QĐ-UBND từ ngày 01/05/2027" in frozen
    assert "đang được kiểm tra lại" in frozen
    assert "tháng 10" not in frozen
    roster = (await plain_phone.says("xã Tam Lư năm nào làm ISO"))[0]
    assert "Quyết định 99/QĐ-UBND" in roster

    await curator.presses_key("cu:f:th-bao-cao-ky")
    await curator.picks("Vẫn đúng")
    await curator.says("Văn bản mới giữ nguyên tại Điều 5")
    assert "tháng 5 và tháng 10" in (await plain_phone.says("xã báo cáo tháng mấy"))[0]


async def test_those_told_by_a_replaced_document_are_warned_once(plain_phone, office):
    await plain_phone.registers("th.pu-luong")
    await plain_phone.says("xã báo cáo tháng mấy")
    await plain_phone.says("ai ký quyết định 4775")
    document = office.services.shipped.documents["thanh-hoa"]

    async with office.database.write() as connection:
        store = Store(connection, office.clock.now() + timedelta(minutes=1))
        admin = operator("root")
        await curating.mark_replaced(
            store,
            admin,
            document=document,
            by="Quyết định 99/QĐ-UBND",
            on=office.clock.now().date(),
            why="Văn bản mới",
            corpus=office.services.shipped,
        )
        told = await curating.affected(store, "thanh-hoa")
        mark = (await curation.load_overlay(connection)).replacements[0]
        warned = await curating.warn(store, document, mark, office.services.calendar)
        await store.flush()
    office.clock.pass_by(timedelta(minutes=2))
    await office.work()

    assert {t.card for t in told} >= {"th-bao-cao-ky"}
    assert warned == 1
    assert sum("theo văn bản cũ" in text for text in plain_phone.screen) == 1


async def test_erasing_takes_the_questions_along(plain_phone, curator, office):
    await plain_phone.says(QUESTION)
    await plain_phone.says("/xoa")
    await plain_phone.picks("Xóa")

    await curator.says("biên tập")

    assert "Câu hỏi chưa trả lời được (0 nhóm)" in curator.choices
