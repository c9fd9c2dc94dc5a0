"""A change made past the history of a report, or inside it, is found and named; on both databases."""

import contextlib
from datetime import UTC, date, datetime

from sqlalchemy import delete, insert, select, update

from isobot.actions import noting, receiving, reporting
from isobot.domain.audit import faults
from isobot.domain.deadlines import find_period
from isobot.domain.people import Actor, Post, Role
from isobot.storage import audit
from isobot.storage import people as people_room
from isobot.storage.store import Store
from isobot.storage.tables import people, report_events, report_notes, report_versions, reports

ANSWERS = {
    **{"status": "2", "tthc_total": "120", "tthc_in": "120", "proc_changes": "6"},
    **{"legal_changes": "không phát sinh", "ia_count": "0", "mr_count": "không phát sinh", "nc_found": "0"},
    **{"complaints": "không phát sinh", "train_people": "25", "fund_spent": "không phát sinh"},
    "difficulties": "không phát sinh",
}
UNIT = "th.pu-luong"
NOW = datetime(2027, 5, 20, 2, 0, tzinfo=UTC)
LAN = Actor(1, (Post(1, UNIT, "thanh-hoa", Role.REPORTER),))
MINH = Actor(2, (Post(2, "th.so-khcn", "thanh-hoa", Role.RECEIVER),))


async def live(database, services, *, accepted: bool = True) -> int:
    """A whole life: entered, sent, noted, returned on a figure, mended, sent again, with its letter."""
    async with database.write() as connection:
        await connection.execute(insert(people), [{"id": n, "created_at": NOW} for n in (1, 2)])
        store = Store(connection, NOW)
        work = await open_report(store, services)
        enter_all(store, work, ANSWERS)
        await reporting.submit(store, actor=LAN, work=work, channel="telegram")
        field = work.form.field("proc_changes")
        await noting.add_note(store, actor=MINH, work=work, field=field, text="xem lại số", channel="web")
        await receiving.send_back(
            store, actor=MINH, work=work, marks={field.key: "số khác"}, why="", seen=1, channel="zalo"
        )
        enter_all(store, work, {"proc_changes": "7"})
        await reporting.submit(store, actor=LAN, work=work, channel="telegram")
        await noting.record_letter(
            store, actor=LAN, work=work, number="12/BC-UBND", dated=date(2027, 5, 19), channel="zalo"
        )
        if accepted:
            await receiving.accept(store, actor=MINH, work=work, seen=2, channel="zalo")
        await store.flush()
        return work.record.id


async def open_report(store, services):
    rule = services.rules.by_id("th-xa")
    return await reporting.open_report(
        store,
        actor=LAN,
        unit=services.directory.get(UNIT),
        rule=rule,
        period=find_period(rule, "2027-05"),
        forms=services.forms,
        directory=services.directory,
    )


def enter_all(store, work, answers):
    for key, answer in answers.items():
        field = work.form.field(key)
        value = field.parse(answer, today=NOW.date())
        reporting.enter(
            store,
            actor=LAN,
            work=work,
            field=field,
            value=value,
            seen=work.record.draft.get(key),
            channel="telegram",
        )


async def found(database) -> list[str]:
    async with database.read() as connection:
        return [fault for one in await audit.next_reports(connection, after=0) for fault in faults(one)]


async def tamper(database, *statements) -> None:
    async with database.write() as connection:
        for statement in statements:
            await connection.execute(statement)


async def test_a_whole_life_is_found_whole(database, services):
    await live(database, services)

    assert await found(database) == []


CHANGED = {"given": 9999}
TAMPERINGS = [
    (update(reports).values(status="submitted"), "tình trạng là “submitted”"),
    (update(reports).values(version=1), "số bản ghi cạnh báo cáo là 1"),
    (update(reports).values(receipt="TH-2027-AAAA-2"), "mã biên nhận"),
    (update(reports).values(letter_no="13/BC-UBND"), "văn bản ký khác lịch sử"),
    (update(reports).values(last_hash="0" * 64), "mã băm cuối"),
    (update(reports).values(draft={}), "số liệu “tthc_total” khác lịch sử"),
    (
        update(report_versions).where(report_versions.c.version == 1).values(figures={"tthc_total": CHANGED}),
        "bản 1: số liệu “tthc_total” khác lịch sử",
    ),
    (
        update(report_versions).where(report_versions.c.version == 1).values(figures={}),
        "bản 1: có số liệu bị bớt hoặc thêm",
    ),
    (update(report_versions).values(submitted_at=datetime(2027, 6, 9, tzinfo=UTC)), "lúc gửi"),
    (delete(report_versions).where(report_versions.c.version == 1), "mất bản 1"),
    (update(report_notes).values(body="không có gì"), "ghi chú khác lịch sử"),
    (delete(report_notes), "ghi chú khác lịch sử"),
    (update(report_events).where(report_events.c.number == 2).values(after=CHANGED), "việc số 2 trong"),
    (update(report_events).where(report_events.c.number == 3).values(person=2), "việc số 3 trong"),
    (update(report_events).where(report_events.c.number == 15).values(why="khác"), "việc số 15 trong"),
    (delete(report_events).where(report_events.c.number == 4), "việc số 4 trong lịch sử"),
    (delete(report_events).where(report_events.c.number > 17), "việc ở cuối đã bị thêm hoặc bớt"),
]


class Undone(Exception):
    """Raised to leave the database as it was."""


async def test_each_tampering_is_named(database, services):
    await live(database, services)

    for statement, words in TAMPERINGS:
        with contextlib.suppress(Undone):
            async with database.write() as connection:
                await connection.execute(statement)
                told = [f for one in await audit.next_reports(connection, after=0) for f in faults(one)]
                assert any(words in fault for fault in told), (words, told)
                raise Undone
    assert await found(database) == []


async def test_events_cut_off_with_the_count_put_right_are_found_by_the_last_hash(database, services):
    await live(database, services)
    last = select(report_events.c.number).order_by(report_events.c.number.desc()).limit(1)
    async with database.read() as connection:
        count = (await connection.execute(last)).scalar()

    await tamper(
        database,
        delete(report_events).where(report_events.c.number == count),
        update(reports).values(events=count - 1, status="submitted"),
    )

    assert await found(database) == ["mã băm cuối của lịch sử khác mã ghi cạnh báo cáo"]


async def test_erasing_a_person_breaks_no_history(database, services):
    await live(database, services)
    async with database.write() as connection:
        await people_room.erase(connection, 1, at=NOW)

    assert await found(database) == []
