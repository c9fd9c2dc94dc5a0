"""Figures of many units in one workbook: made, filled in, checked cell by cell, and taken in."""

import io
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from isobot.actions.bulk import CHANNEL, Rules, plan_import, write_import
from isobot.attachments import FileMaker
from isobot.domain.bulk import FIRST_ROW, KEY_ROW
from isobot.domain.messages import IncomingKind
from isobot.domain.people import Role
from isobot.domain.values import NONE_ARISING, Value
from isobot.errors import AnswerRefused, Refusal
from isobot.files.filled import FilledDesk
from isobot.sheetfiles import read_sheets
from isobot.storage import people, reports
from isobot.storage.store import Store
from tests.acceptance.conftest import ANSWERS, Phone
from tests.fakes import FakeSource

LEAD, PU_LUONG, BA_THUOC = "th.so-khcn", "th.pu-luong", "th.ba-thuoc"
SOURCE = FakeSource("telegram", {})
CELLS = {
    **ANSWERS,
    "status": "Đang xây dựng",
    "legal_changes": "Không phát sinh",
    "fund_spent": "Không phát sinh",
}


@pytest.fixture
async def desk(office):
    """The receiving office, with the workbook of the period."""
    receiver = Phone(office, buttons=True, chat="9", name="Trần Văn Bình")
    await receiver.registers(LEAD, Role.RECEIVER)
    return receiver


async def workbook(desk):
    await desk.says("mẫu nhập")
    await desk.presses_key("mt:th-xa:2027-05:thanh-hoa")
    made = desk.messages[-1].reply.attachment
    maker = FileMaker(desk.office.database, desk.office.services, desk.office.clock)
    return load_workbook(io.BytesIO((await maker.make(made)).content))


def fill(book, unit, **answers):
    """Write answers into a unit's row; returns the address of each cell."""
    sheet = book["Cấp xã"]
    columns = {cell.value: cell.column for cell in sheet[KEY_ROW]}
    row = next(r for r in range(FIRST_ROW, sheet.max_row + 1) if sheet.cell(r, 1).value == unit)
    for key, value in answers.items():
        sheet.cell(row, columns[key]).value = value
    return {key: sheet.cell(row, columns[key]).coordinate for key in answers}


async def import_book(desk, book, *, write=False, sender="telegram:9", send=True):
    sheets = read_sheets(as_bytes(book))
    services = desk.office.services
    known = Rules(services.rules, services.forms, services.directory)
    async with desk.office.database.write() as connection:
        store = Store(connection, desk.office.clock.now())
        actor = (await people.actors(connection, [sender]))[sender]
        plan = await plan_import(store, actor=actor, sheets=sheets, known=known)
        done = await write_import(store, actor=actor, plan=plan, known=known, send=send) if write else ()
        await store.flush()
    return plan, done


async def test_workbook_has_a_row_for_each_unit_and_the_choices_to_pick_from(desk):
    book = await workbook(desk)
    sheet = book["Cấp xã"]

    assert sheet.max_row >= FIRST_ROW + 55
    assert sheet.row_dimensions[KEY_ROW].hidden
    assert any(v.type == "list" for v in sheet.data_validations.dataValidation)
    assert book["Hướng dẫn"]["B3"].value == "th-xa"


async def test_filled_rows_become_reports_with_every_figure_an_event(desk):
    book = await workbook(desk)
    fill(book, PU_LUONG, **CELLS)
    fill(book, BA_THUOC, **{**CELLS, "train_people": 7.0})

    plan, written = await import_book(desk, book, write=True)

    assert plan.problems == ()
    assert all(done.receipt for done in written)
    record = await desk.office.report(BA_THUOC, "2027-05")
    assert (record.status, record.version) == ("submitted", 1)
    assert Value.from_json(record.draft["train_people"]) == Value.of(7)
    assert Value.from_json(record.draft["legal_changes"]) == NONE_ARISING
    events = await desk.office.events_of(record)
    assert {event["channel"] for event in events} == {CHANNEL}
    assert sum(event["kind"] == "figure" for event in events) == len(CELLS)


async def test_each_bad_cell_is_named_with_what_was_read_and_what_is_expected(desk):
    book = await workbook(desk)
    good = fill(book, PU_LUONG, **CELLS)
    bad = fill(book, BA_THUOC, tthc_total="rất nhiều", ia_count=2.5, status="chưa biết")

    plan, _ = await import_book(desk, book)

    told = {problem.cell: problem.message for problem in plan.problems}
    assert set(told) == set(bad.values())
    assert not set(told) & set(good.values())
    assert "Đọc được “rất nhiều”" in told[bad["tthc_total"]]
    assert "số nguyên" in told[bad["tthc_total"]]
    with pytest.raises(Refusal, match="chưa ghi gì"):
        await import_book(desk, book, write=True)
    async with desk.office.database.read() as connection:
        assert await reports.find(connection, unit=PU_LUONG, rule="th-xa", period="2027-05") is None


async def test_figures_that_contradict_each_other_name_both_cells(desk):
    book = await workbook(desk)
    cells = fill(book, PU_LUONG, **{**CELLS, "tthc_total": 100, "tthc_in": 120})

    plan, _ = await import_book(desk, book)

    assert [p.cell for p in plan.problems] == [f"{cells['tthc_in']}, {cells['tthc_total']}"] or [
        p.cell for p in plan.problems
    ] == [f"{cells['tthc_total']}, {cells['tthc_in']}"]


async def test_row_that_is_not_complete_stays_a_draft_and_keeps_what_was_there(desk):
    book = await workbook(desk)
    fill(book, PU_LUONG, tthc_total=120)
    await import_book(desk, book, write=True)
    second = await workbook(desk)
    fill(second, PU_LUONG, tthc_in=110)

    plan, (written,) = await import_book(desk, second, write=True)

    assert written.receipt == ""
    assert "mục 1" in written.why
    record = await desk.office.report(PU_LUONG, "2027-05")
    assert {"tthc_total", "tthc_in"} <= set(record.draft)
    assert plan.rows[0].replaced == ()


async def test_only_who_may_enter_a_units_figures_can_import_them(desk):
    officer = desk.other("5", name="Lê Văn Cường")
    await officer.registers(PU_LUONG)
    book = await workbook(desk)
    fill(book, PU_LUONG, tthc_total=120)
    fill(book, BA_THUOC, tthc_total=120)

    plan, _ = await import_book(desk, book, sender="telegram:5")

    assert [row.unit.code for row in plan.rows] == [PU_LUONG]
    assert [p.message for p in plan.problems if "không thuộc quyền nhập" in p.message]
    assert len(plan.problems) == 1


async def test_unknown_units_doubled_rows_and_strange_columns_are_told(desk):
    book = await workbook(desk)
    sheet = book["Cấp xã"]
    cells = fill(book, PU_LUONG, tthc_total=120)
    fill(book, BA_THUOC, tthc_total=120, ma_don_vi=PU_LUONG)
    sheet.cell(KEY_ROW, 40).value = "khong_co"
    sheet.cell(FIRST_ROW + 60, 1).value = "th.khong-co"
    sheet.cell(FIRST_ROW + 60, 5).value = 3

    plan, _ = await import_book(desk, book)

    told = " ".join(map(str, plan.problems))
    assert "Đơn vị này đã có ở ô" in told
    assert "Không có đơn vị mã “th.khong-co”" in told
    assert "Biểu không có mục “khong_co”" in told
    assert cells["tthc_total"] not in [p.cell for p in plan.problems]


async def test_formula_without_a_value_is_not_taken_for_an_empty_cell(desk):
    book = await workbook(desk)
    cells = fill(book, PU_LUONG, tthc_total="=1+1")

    plan, _ = await import_book(desk, book)

    (problem,) = plan.problems
    assert problem.cell == cells["tthc_total"]
    assert "công thức chưa có giá trị" in problem.message


async def test_days_are_read_as_days_whether_typed_or_picked(desk):
    book = await workbook(desk)
    fill(book, PU_LUONG, **{**CELLS, "ia_count": 1, "ia_last": date(2027, 5, 3)})

    plan, _ = await import_book(desk, book)

    assert plan.problems == ()
    assert plan.rows[0].row.answers["ia_last"] == Value.of(date(2027, 5, 3))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"not a workbook"])
def test_file_that_is_no_workbook_is_refused_in_words(content):
    with pytest.raises(AnswerRefused, match="xlsx"):
        read_sheets(content)


async def test_other_workbook_is_told_how_to_get_the_right_one(desk):
    plan, _ = await import_book(desk, Workbook())

    assert "Gõ “mẫu nhập”" in str(plan.problems[0])


def as_bytes(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def reading(desk):
    """The part that reads workbooks, over the fake channels."""
    office = desk.office
    made = FilledDesk(office.database, office.services, office.clock, [SOURCE], told=office.outbox_bell)
    SOURCE.contents.clear()
    return made


async def sends_book(phone, reading, book, name="mau.xlsx"):
    """Send a workbook into the chat, and let it be read."""
    SOURCE.contents["f1"] = as_bytes(book)
    await phone.sends(IncomingKind.FILE, file={"file_id": "f1", "name": name})
    await works(phone, reading)
    return phone.screen[-1]


async def works(phone, reading):
    while await reading.step():
        pass
    await phone.office.sender.drain()


async def test_workbook_sent_into_the_chat_is_checked_first_and_written_on_a_word(desk, reading):
    book = await workbook(desk)
    fill(book, PU_LUONG, **CELLS)
    fill(book, BA_THUOC, tthc_total=120)

    said = await sends_book(desk, reading, book)

    assert "đọc được 2 đơn vị, không có ô sai. Tôi chưa ghi gì." in said
    assert "Đủ để gửi: 1 đơn vị; còn thiếu, sẽ là bản nháp: 1." in said
    async with desk.office.database.read() as connection:
        assert await reports.find(connection, unit=PU_LUONG, rule="th-xa", period="2027-05") is None

    await desk.picks("Ghi và gửi")
    await works(desk, reading)

    assert "Đã gửi 1 báo cáo:" in desk.screen[-1]
    assert "Còn là bản nháp 1:" in desk.screen[-1]
    assert (await desk.office.report(PU_LUONG, "2027-05")).version == 1


async def test_bad_cells_are_named_in_the_chat_and_nothing_can_be_written(desk, reading):
    book = await workbook(desk)
    cells = fill(book, PU_LUONG, tthc_total="rất nhiều")

    said = await sends_book(desk, reading, book)

    assert f"Ô {cells['tthc_total']}, trang “Cấp xã”" in said
    assert "Đọc được “rất nhiều”" in said
    assert desk.choices == []


async def test_workbook_is_written_once_however_often_the_button_is_pressed(desk, reading):
    book = await workbook(desk)
    fill(book, PU_LUONG, **CELLS)
    await sends_book(desk, reading, book)

    await desk.picks("Ghi và gửi")
    again = await desk.picks("Ghi và gửi")
    await works(desk, reading)

    assert "Tôi đang ghi" not in again[-1]
    assert (await desk.office.report(PU_LUONG, "2027-05")).version == 1


async def test_workbook_may_be_dropped_or_kept_as_drafts(desk, reading):
    book = await workbook(desk)
    fill(book, PU_LUONG, **CELLS)
    await sends_book(desk, reading, book)
    await desk.picks("Bỏ tệp này")
    await works(desk, reading)
    async with desk.office.database.read() as connection:
        assert await reports.find(connection, unit=PU_LUONG, rule="th-xa", period="2027-05") is None

    await sends_book(desk, reading, book)
    await desk.picks("Chỉ ghi nháp")
    await works(desk, reading)
    record = await desk.office.report(PU_LUONG, "2027-05")
    assert (record.status, record.version) == ("draft", 0)


async def test_another_person_cannot_write_somebody_s_workbook(desk, reading):
    book = await workbook(desk)
    fill(book, PU_LUONG, **CELLS)
    await sends_book(desk, reading, book)
    key = next(c.key for c in desk.messages[-1].reply.choices if c.label == "Ghi và gửi")
    stranger = desk.other("7")
    await stranger.registers(BA_THUOC)

    await stranger.presses_key(key)
    await works(desk, reading)

    async with desk.office.database.read() as connection:
        assert await reports.find(connection, unit=PU_LUONG, rule="th-xa", period="2027-05") is None


async def test_file_that_is_no_workbook_is_told_in_the_chat(desk, reading):
    SOURCE.contents["f1"] = b"PK\x03\x04 not really"
    await desk.sends(IncomingKind.FILE, file={"file_id": "f1", "name": "la.xlsx"})
    await works(desk, reading)

    assert "Tôi chưa đọc được tệp “la.xlsx”" in desk.screen[-1]
