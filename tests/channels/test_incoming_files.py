"""Files that people send: how each platform names them, and how their content is fetched."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update

from isobot.channels.telegram import TelegramChannel
from isobot.channels.terminal import TerminalChannel
from isobot.channels.web import WebChannel
from isobot.channels.zalo import ZaloChannel
from isobot.chat.uploads import MOST_WAITING, Uploads
from isobot.domain.messages import Incoming, IncomingKind
from isobot.errors import ChannelBusy, FileUnavailable
from tests.channels.conftest import render
from tests.emulators.serve import served
from tests.emulators.telegram_api import TOKEN, TelegramEmulator

PDF = b"%PDF-1.7 scan"
MOST = 1000


@pytest.fixture
async def telegram(house):
    emulator = TelegramEmulator()
    emulator.files = {"A1": PDF, "big": b"x" * (MOST + 1)}
    async with served(emulator.app) as base:
        channel = TelegramChannel(TOKEN, house.door, api_base=base)
        yield channel, emulator
        await channel.close()


async def test_telegram_names_a_document_and_gives_its_content(telegram):
    channel, emulator = telegram
    document = {"file_id": "A1", "file_unique_id": "A1", "file_name": "BC 125.pdf", "file_size": len(PDF)}
    update = emulator.update(message=emulator.message(7, document=document, caption="đã ký"))

    event = channel.incoming(Update.de_json(update, None))

    assert event.kind is IncomingKind.FILE
    assert event.text == "đã ký"
    assert event.file == {"file_id": "A1", "name": "BC 125.pdf", "size": len(PDF)}
    assert await channel.fetch(event.file, MOST) == PDF


async def test_telegram_gives_the_largest_size_of_a_photo(telegram):
    channel, emulator = telegram
    sizes = [
        {"file_id": n, "file_unique_id": n, "width": w, "height": w} for n, w in (("s", 90), ("A1", 900))
    ]
    update = emulator.update(message=emulator.message(7, photo=sizes))

    event = channel.incoming(Update.de_json(update, None))

    assert event.kind is IncomingKind.PHOTO
    assert await channel.fetch(event.file, MOST) == PDF


async def test_telegram_says_what_cannot_be_had(telegram):
    channel, emulator = telegram
    with pytest.raises(FileUnavailable, match="lớn hơn 10 MB"):
        await channel.fetch({"file_id": "big"}, MOST)
    with pytest.raises(FileUnavailable, match="không còn giữ"):
        await channel.fetch({"file_id": "gone"}, MOST)
    emulator.fails("getFile", 502, "Bad Gateway")
    with pytest.raises(ChannelBusy):
        await channel.fetch({"file_id": "A1"}, MOST)


async def test_a_file_survives_the_inbox(house):
    event = Incoming("telegram", "7", "7", "1", 1, IncomingKind.FILE, file={"file_id": "A1", "name": "a.pdf"})

    await house.door.take([event])

    assert (await house.kept())[0].file == {"file_id": "A1", "name": "a.pdf"}


async def test_zalo_gives_a_picture_from_its_own_servers_only(house):
    async def picture(request):
        return Response(PDF if request.path_params["name"] == "small.jpg" else b"x" * (MOST + 1))

    async with served(Starlette(routes=[Route("/{name}", picture)])) as base:
        channel = ZaloChannel("token", house.door, house.clock, api_base=base)
        assert await channel.fetch({"url": f"{base}/small.jpg"}, MOST) == PDF
        with pytest.raises(FileUnavailable, match="lớn hơn"):
            await channel.fetch({"url": f"{base}/large.jpg"}, MOST)
        for elsewhere in (
            "http://169.254.169.254/meta",
            "https://zdn.vn.example/x.jpg",
            "file:///etc/passwd",
        ):
            with pytest.raises(FileUnavailable, match="không nằm trên máy chủ của Zalo"):
                await channel.fetch({"url": elsewhere}, MOST)
        await channel.close()


@pytest.fixture
async def page(house):
    channel = WebChannel(
        house.door, house.history, render, house.clock, uploads=Uploads(house.database, house.clock)
    )
    async with served(Starlette(routes=channel.routes())) as base, httpx.AsyncClient(base_url=base) as client:
        await client.get("/")
        yield client, channel
        channel.stop_waiting()


async def test_a_page_sends_a_file_up_once_and_it_is_fetched_for_its_report(house, page):
    client, channel = page
    for _ in range(2):
        answer = await client.post("/chat/uploads", params={"id": "f1", "name": "BC 125.pdf"}, content=PDF)
        assert answer.status_code == 200

    (event,) = await house.kept()
    assert event.kind is IncomingKind.FILE
    assert event.file["name"] == "BC 125.pdf"
    assert await channel.fetch(event.file, MOST) == PDF


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"MZ program", {}, 415),
        (b"%PDF-" + b"x" * (10 * 1024 * 1024), {}, 413),
        (PDF, {"Origin": "https://elsewhere.example"}, 403),
    ],
    ids=["another kind", "too large", "another page"],
)
async def test_a_page_is_told_what_is_not_taken(house, page, content, headers, status):
    client, _ = page
    params = {"id": "f1", "name": "a.pdf"}

    answer = await client.post("/chat/uploads", params=params, content=content, headers=headers)

    assert answer.status_code == status
    assert answer.json()["error"]
    assert await house.kept() == []


async def test_strangers_cannot_fill_the_disk(house):
    uploads = Uploads(house.database, house.clock)
    for _ in range(MOST_WAITING):
        await uploads.keep(PDF)

    with pytest.raises(FileUnavailable, match="thử lại sau"):
        await uploads.keep(PDF)


async def test_the_terminal_reads_a_file_of_its_own_machine(house, tmp_path):
    channel = TerminalChannel(house.door, house.clock, user="an", folder=tmp_path)
    file = tmp_path / "bc.pdf"
    file.write_bytes(PDF)

    assert await channel.fetch({"path": str(file)}, MOST) == PDF
    with pytest.raises(FileUnavailable):
        await channel.fetch({"path": str(tmp_path / "none.pdf")}, MOST)
