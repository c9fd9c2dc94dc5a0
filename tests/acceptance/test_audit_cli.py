"""`isobot audit verify`, and the history as it is read in chat."""

import asyncio
import shutil
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from isobot.cli import app
from isobot.domain.people import Role
from isobot.storage.database import Database
from isobot.storage.tables import reports
from tests.storage.test_audit import live

UNIT = "th.pu-luong"


@pytest.fixture
async def sent(plain_phone):
    await plain_phone.registers(UNIT)
    await plain_phone.opens_report()
    await plain_phone.answers()
    await plain_phone.says("sửa mục 2")
    await plain_phone.says("121")
    await plain_phone.says("Đang chờ công bố")
    await plain_phone.says("gửi báo cáo")
    return plain_phone


async def test_history_tells_who_when_through_what_before_and_after(sent):
    said = (await sent.says("lịch sử"))[-1]

    assert "20/05/2027 09:00, Phạm Thị Lan (Telegram): mục 2 (" in said
    assert "120 thủ tục → 121 thủ tục" in said
    assert "gửi số liệu, bản 1" in said
    assert "\n1. 20/05/2027" not in said
    assert "\n1. 20/05/2027" in (await sent.picks("Xem cũ hơn"))[-1]


async def test_an_erased_person_has_no_name_in_the_history(sent):
    minh = sent.other("9", name="Trần Minh")
    office = sent.office.services.directory.lead_office("thanh-hoa")
    await minh.registers(office.code, Role.RECEIVER)
    await sent.says("/xoa")
    await sent.picks("Xóa")

    await minh.says("xem xã Pù Luông")
    said = (await minh.says("lịch sử"))[-1]

    assert "người đã xóa thông tin" in said
    assert "Phạm Thị Lan" not in said


async def run(folder: Path, *arguments: str):
    runner = CliRunner(env={"ISOBOT_DATA_DIR": str(folder)})
    return await asyncio.to_thread(runner.invoke, app, ["audit", "verify", *arguments])


async def test_the_command_says_whole_or_names_what_is_not_and_ends_with_one(tmp_path, sqlite_file, services):
    folder = tmp_path / "data"
    folder.mkdir()
    database = Database(f"sqlite+aiosqlite:///{folder}/demo.db")
    assert "isobot migrate" in str((await run(folder)).exception)
    shutil.copy(sqlite_file, folder / "demo.db")
    key = await live(database, services)

    whole = await run(folder, "--report", str(key))
    assert (whole.exit_code, (await run(folder, "--report", "99")).exit_code) == (0, 2)
    assert "Mọi lịch sử đều nguyên vẹn." in whole.output

    async with database.write() as connection:
        await connection.execute(update(reports).values(status="draft"))
    await database.close()
    broken = await run(folder)

    assert broken.exit_code == 1
    assert f"báo cáo {key} (th.pu-luong, th-xa 2027-05): tình trạng là “draft”" in broken.output
