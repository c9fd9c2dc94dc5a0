"""A unit's reminders as its receiving office reads them: whom, when, how it ended, and what was done."""

import asyncio
import csv
import dataclasses
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from isobot.cli import app
from isobot.domain.people import Role
from isobot.errors import ChatGone
from isobot.storage.database import Database
from tests.acceptance.conftest import Office, Phone

PAGE = "nk:th-xa:2027-05:th.pu-luong"


@pytest.fixture
async def office(sqlite_file, services, clock):
    """An installation of its own for each test."""
    database = Database(f"sqlite+aiosqlite:///{sqlite_file}")
    yield Office(database, dataclasses.replace(services), clock)
    await database.close()


@pytest.fixture(params=["buttons", "text only"])
def lan(office, request):
    return Phone(office, buttons=request.param == "buttons")


@pytest.fixture
async def mai(lan):
    """The receiving office of Thanh Hóa."""
    phone = lan.other("9", name="Trần Thị Mai")
    await phone.registers("th.so-khcn", Role.RECEIVER)
    return phone


async def on(phone, clock, *days: date) -> None:
    for day in days:
        clock.move_to(day)
        await phone.office.tick()


def lines(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("• ")]


async def test_page_tells_whom_when_which_step_and_how_it_ended(lan, mai, clock):
    head = lan.other("3", name="Lê Văn Hải")
    await head.registers("th.pu-luong", Role.HEAD)
    await lan.registers("th.pu-luong")
    await on(lan, clock, date(2027, 5, 28), date(2027, 6, 3))
    clock.pass_by(timedelta(minutes=5))
    await lan.says("trợ giúp")

    said = (await mai.presses_key(PAGE))[-1]

    assert said.startswith("Nhật ký nhắc của UBND xã Pù Luông, tháng 5/2027 (3 dòng), mới đến cũ:")
    late, to_head, first = sorted(lines(said), key=lambda line: ("28/05" in line, "lãnh đạo" in line))
    assert late.startswith("• 03/06/2027 09:00, Phạm Thị Lan (người lập báo cáo): nhắc sau hạn 3 ngày, ")
    assert ", đã gửi, đã xem. Gộp vào tin này: nhắc ngày cuối; nhắc sau hạn 1 ngày." in late
    assert to_head == "• 03/06/2027 09:00, Lê Văn Hải (lãnh đạo đơn vị): nhắc sau hạn 3 ngày, đã gửi."
    assert (
        "28/05/2027 09:00, Phạm Thị Lan (người lập báo cáo): nhắc trước hạn 1 ngày, đã gửi, đã xem." in first
    )
    assert "“Đã xem” là người nhận có bấm" in said


async def test_page_says_why_a_step_was_not_told(lan, mai, clock):
    await lan.registers("th.pu-luong")
    lan.office.channels["telegram"].fails_with.append(ChatGone("blocked"))
    await on(lan, clock, date(2027, 5, 28), date(2027, 5, 31))

    said = (await mai.presses_key(PAGE))[-1]

    assert "nhắc trước hạn 1 ngày, không gửi được vì " in said
    assert "nhắc ngày cuối, không gửi được vì người này đã chặn hoặc rời bot." in said


async def test_page_tells_what_the_office_did_and_why(lan, mai, clock):
    await lan.registers("th.pu-luong")
    await on(lan, clock, date(2027, 5, 28))
    clock.pass_by(timedelta(minutes=10))
    await mai.says("gia hạn")
    await mai.says("xã Pù Luông")
    await mai.says("10/6/2027")
    await mai.says("Đơn vị đang sáp nhập")
    await mai.presses_key("na:th-xa:2027-05")

    said = (await mai.presses_key(PAGE))[-1]

    extended = next(line for line in lines(said) if "gia hạn đến" in line)
    assert extended == (
        "• 28/05/2027 09:10, Trần Thị Mai (Telegram): gia hạn đến 10/06/2027 (trước đó 31/05/2027). "
        "Lý do: Đơn vị đang sáp nhập."
    )
    assert any("nhờ nhắc các đơn vị im lặng" in line for line in lines(said))


async def test_page_is_reached_by_word_and_from_the_desk(lan, mai, clock):
    await lan.registers("th.pu-luong")
    await on(lan, clock, date(2027, 5, 28))

    await mai.says("nhật ký")
    await mai.picks(next(label for label in mai.choices if label.startswith("tháng 5/2027")))
    by_word = (await mai.says("xã Pù Luông"))[-1]
    await mai.presses_key("dg:th-xa:2027-05:thanh-hoa")
    await mai.picks("Nhật ký nhắc")
    by_desk = (await mai.says("xã Pù Luông"))[-1]

    assert by_word == by_desk
    assert by_word.startswith("Nhật ký nhắc của UBND xã Pù Luông, tháng 5/2027 (1 dòng)")


async def test_pages_are_turned_to_the_oldest(lan, mai, clock):
    await lan.registers("th.pu-luong")
    days = [date(2027, 5, d) for d in (20, 24, 28, 31)] + [date(2027, 6, d) for d in (1, 3, 7, 14, 21, 28)]
    await on(lan, clock, *days)
    clock.move_to(date(2027, 6, 29))
    await mai.presses_key("na:th-xa:2027-05")
    await on(lan, clock, date(2027, 6, 29))

    first = (await mai.presses_key(PAGE))[-1]
    second = (await mai.picks("Xem cũ hơn"))[-1]

    shown = lines(first) + lines(second)
    assert len(lines(first)) == 10
    assert f"({len(shown)} dòng)" in first
    assert len(set(shown)) == len(shown)
    assert "29/06/2027" in shown[0]
    assert "20/05/2027" in shown[-1]
    assert "Xem cũ hơn" not in mai.choices


async def test_only_the_province_that_receives_reads_it(lan, mai, clock):
    await lan.registers("th.pu-luong")
    stranger = lan.other("8")
    await stranger.registers("kt.so-khcn", Role.RECEIVER)
    await on(lan, clock, date(2027, 5, 28))

    for phone in (lan, stranger):
        assert "đầu mối nhận báo cáo" in (await phone.presses_key(PAGE))[-1]
    assert "đầu mối nhận báo cáo" in (await lan.says("nhật ký"))[-1]


async def test_unit_that_nobody_was_reminded_of_has_an_empty_page(lan, mai, clock):
    clock.move_to(date(2027, 5, 28))

    assert "chưa nhắc ai và chưa có thay đổi nào" in (await mai.presses_key(PAGE))[-1]


async def run(folder, *arguments: str):
    runner = CliRunner(env={"ISOBOT_DATA_DIR": str(folder), "COLUMNS": "200"})
    return await asyncio.to_thread(runner.invoke, app, ["audit", *arguments])


def rows_in(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))


async def test_administrator_reads_acts_and_reminders_as_tables_and_files(
    lan, mai, clock, sqlite_file, tmp_path
):
    await lan.registers("th.pu-luong")
    await on(lan, clock, date(2027, 5, 28))
    await mai.says("gia hạn")
    await mai.says("xã Pù Luông")
    await mai.says("10/6/2027")
    await mai.says("=1+1 đơn vị đang sáp nhập")
    folder = tmp_path / "data"
    folder.mkdir()
    await lan.office.database.close()
    shutil.copy(sqlite_file, folder / "demo.db")

    acts = await run(folder, "acts", "--province", "thanh-hoa")
    written = await run(folder, "acts", "--unit", "th.pu-luong", "--csv", str(tmp_path / "acts.csv"))
    await run(folder, "reminders", "--unit", "th.pu-luong", "--csv", str(tmp_path / "told.csv"))
    table = await run(folder, "reminders", "--unit", "th.pu-luong", "--period", "2027-05")
    none = await run(folder, "acts", "--province", "kon-tum")
    wrong = await run(folder, "acts", "--since", "hôm nọ")

    assert "gia hạn đến 10/06/2027" in " ".join(acts.output.split())
    assert "1 việc." in acts.output
    assert "Đã ghi 1 việc" in written.output
    head, row = rows_in(tmp_path / "acts.csv")
    assert head == ["Lúc", "Tỉnh", "Đơn vị", "Chế độ", "Kỳ", "Ai", "Việc", "Lý do"]
    assert row[1:6] == ["thanh-hoa", "th.pu-luong", "th-xa", "2027-05", "Trần Thị Mai"]
    assert row[7] == "'=1+1 đơn vị đang sáp nhập"
    _, *steps = rows_in(tmp_path / "told.csv")
    sent = next(step for step in steps if step[7].startswith("đã gửi"))
    assert sent[3:7] == ["Phạm Thị Lan", "người lập báo cáo", "nhắc trước hạn 1 ngày", "28/05/2027"]
    assert f"{len(steps)} bước." in table.output
    assert "0 việc." in none.output
    assert wrong.exit_code == 2
