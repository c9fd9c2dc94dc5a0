"""`isobot outbox`: what was given up, why, and sending it again."""

import asyncio

from isobot.core import opened
from isobot.domain.messages import Reply
from isobot.settings import read_settings
from isobot.storage import outbox
from isobot.storage.outbox import Priority


async def _give_up(why: str) -> int:
    async with opened(read_settings()) as core, core.database.write() as connection:
        row = outbox.row_of(
            "telegram", "5", Reply("tin"), prompt=0, priority=Priority.ANSWER, at=core.clock.now()
        )
        number = await outbox.add_one(connection, row)
        await outbox.mark_dead(connection, number, attempts=1, why=why)
        return number


def test_dead_letters_are_listed_with_a_reason_in_vietnamese_and_sent_again(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ISOBOT_DATA_DIR", str(tmp_path / "var"))
    number = asyncio.run(_give_up("Forbidden: Forbidden: bot was blocked by the user"))

    listed = command("outbox", "dead").output
    again = command("outbox", "resend", str(number))
    neither = command("outbox", "resend")

    assert "người nhận đã chặn bot" in listed
    assert "Forbidden" not in listed
    assert "Đã xếp lại 1 tin." in again.output
    assert neither.exit_code == 2
    assert "Lỗi: Cần số của tin, hoặc --all." in neither.output
    assert "Không có tin nào gửi hỏng." in command("outbox", "dead").output
