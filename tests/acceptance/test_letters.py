"""The signed letter as a scan or photo: attached, fetched after the commit, opened by who may."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from isobot.chat.fetcher import Fetcher
from isobot.datafiles import data_dir
from isobot.domain.messages import IncomingKind
from isobot.domain.people import Role
from isobot.errors import ChannelBusy, FileUnavailable
from isobot.formfiles import load_forms
from tests.acceptance.conftest import Office
from tests.fakes import FakeSource

PDF = b"%PDF-1.7 scan"
UNIT, PERIOD = "th.pu-luong", "2027-05"
OTHER, OTHER_NAME = "th.ba-thuoc", "UBND xã Bá Thước"
SCAN = {"file_id": "A1", "name": "BC 125.pdf", "size": len(PDF)}


@pytest.fixture
def platform(office):
    return FakeSource("telegram", {"A1": PDF})


@pytest.fixture
def fetcher(office, platform):
    return Fetcher(office.database, [platform], office.clock)


@pytest.fixture
async def sent(plain_phone):
    """A reporter who has sent the report of May."""
    await plain_phone.registers(UNIT)
    await plain_phone.opens_report()
    await plain_phone.answers()
    await plain_phone.picks("Gửi báo cáo")
    return plain_phone


async def attaches(phone, file=SCAN, kind=IncomingKind.FILE, **content: Any) -> str:
    return "\n".join(await phone.sends(kind, file=file, **content))


async def receiver_of(phone):
    receiver = phone.other("9")
    await receiver.registers("th.so-khcn", Role.RECEIVER)
    return receiver


async def test_scan_after_sending_belongs_to_the_report_and_asks_for_its_number(sent, fetcher):
    said = await attaches(sent)

    assert "Đã nhận tệp “BC 125.pdf” cho báo cáo tháng 5/2027" in said
    assert "số và ngày của văn bản đã ký" in said
    assert await fetcher.step() == 1


async def test_number_and_date_of_the_letter_are_recorded_for_the_report_that_got_the_scan(sent):
    await attaches(sent)

    said = (await sent.says("số 125/BC-UBND ngày 19/5"))[-1]

    assert "số 125/BC-UBND ngày 19/05/2027" in said
    record = await sent.office.report(UNIT, PERIOD)
    assert record.letter_no == "125/BC-UBND"
    assert (await sent.office.events_of(record))[-1]["kind"] == "letter"
    assert "số và ngày" not in await attaches(sent)


async def test_the_receiver_finds_the_scan_beside_the_report(sent, fetcher):
    await attaches(sent)
    await fetcher.step()
    receiver = await receiver_of(sent)

    await receiver.says("xem xã Pù Luông")

    assert "Mở tệp BC 125.pdf" in receiver.choices
    await receiver.picks("Mở tệp BC 125.pdf")
    assert sent.office.channels["telegram"].files[-1].content == PDF


async def test_photo_while_a_report_is_open_is_kept_and_the_same_question_asked_again(plain_phone, fetcher):
    await plain_phone.registers(UNIT)
    await plain_phone.opens_report()
    await plain_phone.says("2")

    said = await attaches(plain_phone, {"file_id": "A1", "size": 9}, IncomingKind.PHOTO)

    assert "Đã nhận tệp “anh-chup.jpg” kèm báo cáo này" in said
    assert "2/12" in said
    await plain_phone.says("120")
    assert (await plain_phone.office.report(UNIT, PERIOD)).draft["tthc_total"] == {"given": 120}


async def test_a_file_that_answers_a_question_is_shown_by_its_name(plain_phone, services, tmp_path):
    shipped = (data_dir() / "forms" / "xa-rut-gon.yaml").read_text(encoding="utf-8")
    asked = "{key: scan, label: Bản quét, help: Để lưu, basis: Đề xuất, kind: file, required: false}"
    changed = shipped.replace("version: 1\n", "version: 2\nfrom: 2027-01-01\n", 1)
    (tmp_path / "quet.yaml").write_text(changed.replace("fields:\n", f"fields:\n  - {asked}\n", 1), "utf-8")
    office = plain_phone.office
    plain_phone.office = Office(
        office.database, replace(services, forms=load_forms(own=tmp_path)), office.clock
    )
    await plain_phone.registers(UNIT)
    await plain_phone.opens_report()

    await attaches(plain_phone)

    assert "Bản quét: BC 125.pdf" in "\n".join(await plain_phone.answers())


async def test_the_history_names_the_file_and_still_verifies(sent):
    await attaches(sent)

    record = await sent.office.report(UNIT, PERIOD)
    last = (await sent.office.events_of(record))[-1]
    assert (last["kind"], last["after"]["name"]) == ("file", "BC 125.pdf")


async def test_both_sides_can_open_the_file_and_a_stranger_cannot(sent, fetcher):
    await attaches(sent)
    await fetcher.step()
    receiver = await receiver_of(sent)

    for person in (sent, receiver):
        await person.presses_key("rf:1")
        assert person.messages[-1].reply.attachment.kind == "report_file"
        assert sent.office.channels["telegram"].files[-1].content == PDF
    stranger = sent.other("66")
    assert "không dùng được" in (await stranger.presses_key("rf:1"))[-1]


@pytest.mark.parametrize(
    ("file", "caption", "why"),
    [
        ({"file_id": "A1", "name": "so-lieu.exe", "size": 9}, "", "chưa nhận loại tệp"),
        ({"file_id": "A1", "name": "bc.pdf", "size": 11 * 1024 * 1024}, "", "lớn hơn 10 MB"),
        ({"file_id": "A1", "name": "bc.pdf", "size": 9}, "Tài liệu MẬT", "không nhận tài liệu mật"),
    ],
    ids=["another kind", "too large", "secret"],
)
async def test_what_is_not_taken_is_refused_at_once_with_the_reason(sent, fetcher, file, caption, why):
    said = await attaches(sent, file, text=caption)

    assert why in said
    assert await fetcher.step() == 0


async def test_a_name_that_lies_is_found_out_by_the_first_bytes_and_told(sent, platform, fetcher):
    platform.contents["A1"] = b"MZ program"
    await attaches(sent)

    await fetcher.step()
    await sent.office.work()

    assert "chưa lưu được tệp “BC 125.pdf”: nội dung không phải PDF, JPG hay PNG" in sent.screen[-1]
    assert await fetcher.step() == 0


async def test_a_platform_out_of_reach_is_tried_again(sent, platform, fetcher):
    platform.fails_with = [ChannelBusy("telegram", timedelta(0))]
    await attaches(sent)

    assert await fetcher.step() == 0
    assert await fetcher.step() == 1
    await sent.presses_key("rf:1")
    assert sent.office.channels["telegram"].files[-1].content == PDF


async def test_a_file_that_is_gone_is_told(sent, platform, fetcher):
    platform.fails_with = [FileUnavailable("Telegram không còn giữ tệp này.")]
    await attaches(sent)

    await fetcher.step()
    await sent.office.work()

    assert "Telegram không còn giữ tệp này" in sent.screen[-1]


async def test_with_several_reports_the_officer_is_asked_which_one(sent, fetcher):
    await sent.registers(OTHER)
    await sent.says("/baocao")
    await sent.picks(next(label for label in sent.choices if label.startswith("Nhập tháng 5/2027")))
    await sent.answers()
    await sent.picks("Gửi báo cáo")

    assert "thuộc báo cáo nào" in await attaches(sent)
    said = (await sent.picks(f"tháng 5/2027 – {OTHER_NAME}"))[-1]

    assert OTHER_NAME in said
    record = await sent.office.report(OTHER, PERIOD)
    assert (await sent.office.events_of(record))[-1]["kind"] == "file"


async def test_practice_takes_no_file(plain_phone, fetcher):
    await plain_phone.says("/baocao")
    await plain_phone.picks("Nhập thử")

    said = await attaches(plain_phone)

    assert "Báo cáo nhập thử không nhận tệp" in said
    assert "1/12" in said
    assert await fetcher.step() == 0


async def test_without_any_report_a_file_is_not_kept(plain_phone, fetcher):
    said = await attaches(plain_phone)

    assert "không lưu tệp vừa gửi" in said
    assert await fetcher.step() == 0
