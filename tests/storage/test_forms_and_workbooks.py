"""Links to a form, and workbooks on their way, on both databases."""

from datetime import UTC, datetime, timedelta

from isobot.storage import filled_files, form_links, reports
from isobot.storage.filled_files import Stage
from isobot.storage.form_links import LASTS, WAITS

NOW = datetime(2027, 5, 20, 2, tzinfo=UTC)


async def report_in(connection):
    record = await reports.open_draft(
        connection,
        unit="th.pu-luong",
        province="thanh-hoa",
        rule="th-xa",
        period="2027-05",
        practice_of=0,
        form="xa-rut-gon",
        form_version=1,
        at=NOW,
    )
    return record.id


async def test_link_is_given_to_the_first_browser_alone_and_dies(database):
    async with database.write() as connection:
        secret = await form_links.make(connection, report=await report_in(connection), person=1, now=NOW)
    async with database.write() as connection:
        first = await form_links.open_once(connection, secret, now=NOW)
        second = await form_links.open_once(connection, secret, now=NOW)
    async with database.read() as connection:
        link = await form_links.find(connection, secret, now=NOW + WAITS * 2)
        later = await form_links.find(connection, secret, now=NOW + LASTS * 2)

    assert second is None
    assert form_links.is_opened_by(link, first)
    assert not form_links.is_opened_by(link, "")
    assert later is None


async def test_link_that_nobody_opened_in_time_opens_no_more(database):
    async with database.write() as connection:
        secret = await form_links.make(connection, report=await report_in(connection), person=1, now=NOW)
        assert await form_links.open_once(connection, secret, now=NOW + WAITS * 2) is None
        assert await form_links.open_once(connection, "something else", now=NOW) is None


async def test_workbook_goes_from_stage_to_stage_once(database):
    async with database.write() as connection:
        number = await filled_files.add(
            connection, bot="telegram", chat="9", source={"file_id": "f"}, filename="a.xlsx", person=1, at=NOW
        )
        (waiting,) = await filled_files.at_work(connection, ["telegram"])
        assert await filled_files.at_work(connection, ["zalo"]) == []
        moved = [
            await filled_files.move(
                connection, number, before=waiting.stage, after=Stage.CHECKED, content=b"PK"
            )
            for _ in range(2)
        ]
        assert await filled_files.at_work(connection, ["telegram"]) == []
        wanted = [
            await filled_files.want(connection, number, person=person, stage=Stage.WANTED)
            for person in (2, 1, 1)
        ]
        (ready,) = await filled_files.at_work(connection, ["telegram"])

    assert moved == [True, False]
    assert wanted == [False, True, False]
    assert (ready.stage, ready.content) == (Stage.WANTED, b"PK")


async def test_old_workbooks_are_forgotten(database):
    async with database.write() as connection:
        await filled_files.add(
            connection, bot="telegram", chat="9", source={}, filename="a.xlsx", person=1, at=NOW
        )
        await filled_files.forget(connection, before=NOW + timedelta(days=1))
        assert await filled_files.at_work(connection, ["telegram"]) == []
