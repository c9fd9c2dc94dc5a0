"""Signed links to files, for chats that cannot carry one."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from isobot.channels.file_links import files_route
from isobot.chat.files import FileLinks, LinkRefused
from isobot.domain.messages import Attachment, Reply
from isobot.storage import outbox
from isobot.storage.outbox import Priority
from tests.channels.conftest import SetClock, render
from tests.emulators.serve import served

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
KEY = b"a key of this installation"


@pytest.fixture
def clock():
    return SetClock(NOON)


@pytest.fixture
async def linked(house, clock):
    """The address of the files, their links, and the number of a message with a file."""
    reply = Reply("Bản nháp", (), Attachment("note", "Báo cáo.txt", {"year": 2027}))
    async with house.database.write() as connection:
        row = outbox.row_of("zalo", "an", reply, prompt=0, priority=Priority.ANSWER, at=NOON)
        number = await outbox.add_one(connection, row)
        bare = await outbox.add_one(
            connection,
            outbox.row_of("zalo", "an", Reply("x"), prompt=0, priority=Priority.ANSWER, at=NOON),
        )
    app = Starlette()
    async with served(app) as base:
        links = FileLinks(base, KEY, clock, lifetime=timedelta(days=2))
        app.router.routes.append(files_route(links, house.history, render))
        yield links, number, bare


async def _get(url: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(url)


async def test_a_signed_link_gives_the_file_as_often_as_it_is_followed(linked):
    links, number, _ = linked

    for _ in range(2):
        file = await _get(links.url(number))
        assert (file.status_code, file.content.decode()) == (200, "Báo cáo năm 2027")
    assert "filename*=UTF-8''B%C3%A1o%20c%C3%A1o.txt" in file.headers["content-disposition"]


async def test_a_link_dies_when_its_time_is_over(linked, clock):
    links, number, _ = linked
    url = links.url(number)

    clock.pass_by(timedelta(days=2))
    assert (await _get(url)).status_code == 200
    clock.pass_by(timedelta(seconds=1))
    expired = await _get(url)

    assert expired.status_code == 403
    assert "hết hạn" in expired.text


async def test_a_changed_link_opens_nothing(linked, clock):
    links, number, bare = linked
    url = links.url(number)
    expiry = int((NOON + timedelta(days=2)).timestamp())
    changed = [
        url.replace(f"/files/{number}?", f"/files/{bare}?"),
        url.replace(f"e={expiry}", f"e={expiry + 1}"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.partition("?")[0],
        url.replace(f"e={expiry}", "e=²"),
        FileLinks(url.partition("/files")[0], b"a key of another office", clock).url(number),
    ]

    answers = [await _get(address) for address in changed]

    assert [(a.status_code, "Báo cáo năm" in a.text) for a in answers] == [(403, False)] * len(changed)


async def test_a_link_to_a_message_without_a_file_says_so(linked):
    links, _, bare = linked

    assert (await _get(links.url(bare))).status_code == 404


def test_a_link_signed_with_no_key_is_not_made(clock):
    with pytest.raises(ValueError, match="16 bytes"):
        FileLinks("https://bot.example.vn", b"", clock)
    with pytest.raises(LinkRefused):
        FileLinks("https://bot.example.vn", KEY, clock).check(1, "0", "")
