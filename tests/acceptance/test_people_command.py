"""An administrator sees who holds which role, and ends one."""

import json
from datetime import date

import pytest

from isobot.actions import registration
from isobot.domain.people import Role
from isobot.errors import Refusal
from isobot.storage import office, office_acts, people
from isobot.storage.store import Store

FRIDAY_T_3 = date(2027, 5, 28)


async def ended(phone, why: str = "chuyển công tác"):
    office_ = phone.office
    async with office_.database.write() as connection:
        store = Store(connection, office_.clock.now())
        (held,) = await people.holders(connection, units=["th.pu-luong"])
        made = await registration.end_role(
            store, post=held.post.id, directory=office_.services.directory, by="root", why=why
        )
        await store.flush()
    await office_.work()
    return made


async def test_person_whose_role_was_ended_is_told_and_may_do_nothing_more(plain_phone, clock):
    await plain_phone.registers("th.pu-luong")

    made = await ended(plain_phone)

    assert made.post.role is Role.REPORTER
    assert "Quản trị viên đã kết thúc vai trò" in plain_phone.screen[-1]
    assert "Lý do: chuyển công tác" in plain_phone.screen[-1]
    assert "chưa đăng ký báo cáo" in (await plain_phone.says("báo cáo"))[-1]
    clock.move_to(FRIDAY_T_3)
    assert (await plain_phone.office.tick()).messages == 0
    async with plain_phone.office.database.read() as connection:
        (act,) = await office.acts(connection, kind="end-role")
        assert await office_acts.verify(connection) == []
    assert (act["province"], act["why"]) == ("thanh-hoa", "chuyển công tác")


async def test_reminder_that_waits_does_not_leave_any_more(plain_phone, clock):
    await plain_phone.registers("th.pu-luong")
    clock.move_to(FRIDAY_T_3)
    await plain_phone.office.dispatcher().tick()

    await ended(plain_phone)

    assert not any("⏰" in text for text in plain_phone.screen)


async def test_role_needs_a_reason_to_be_ended_and_must_be_held(plain_phone):
    await plain_phone.registers("th.pu-luong")

    with pytest.raises(Refusal, match="lý do"):
        await ended(plain_phone, why=" ")
    await ended(plain_phone)
    async with plain_phone.office.database.write() as connection:
        store = Store(connection, plain_phone.office.clock.now())
        with pytest.raises(Refusal, match="people list"):
            await registration.end_role(
                store, post=1, directory=plain_phone.office.services.directory, by="root", why="nhầm"
            )


def test_commands_list_and_end(command, tmp_path, monkeypatch):
    monkeypatch.setenv("ISOBOT_DATA_DIR", str(tmp_path))

    listed = command("people", "list", "--json")
    wrong = command("people", "end-role", "7", "--why", "nhầm")

    assert listed.exit_code == 0
    assert [json.loads(line) for line in listed.output.splitlines() if line.startswith("{")] == []
    assert wrong.exit_code == 2
    assert "isobot people list" in " ".join(wrong.output.replace("│", " ").split())
