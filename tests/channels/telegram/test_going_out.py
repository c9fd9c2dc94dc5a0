"""What goes out by Telegram: parts, buttons, files, refusals."""

import asyncio
import contextlib
from datetime import timedelta

import pytest

from isobot.channels.telegram import TelegramChannel
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.chat.parts import PartsSent
from isobot.domain.messages import Choice, Reply
from isobot.errors import ChannelBusy, ChatGone, MessageRefused
from isobot.storage import outbox
from isobot.storage.outbox import Priority
from tests.channels.conftest import LONG_LINE, until
from tests.channels.telegram.conftest import LAN, NOW, message
from tests.emulators.serve import served
from tests.emulators.telegram_api import TOKEN


async def test_long_text_is_cut_within_telegrams_limit_and_keeps_its_buttons_last(channel, platform):
    text = LONG_LINE * 300

    await channel.deliver(message(text, Choice("go", "Tiếp")), None)

    sent = platform.sent_to(LAN)
    assert len(sent) > 1
    assert all(len(part.text.encode("utf-16-le")) // 2 <= 4096 for part in sent)
    assert "".join(part.text + "\n" for part in sent).split() == text.split()
    assert [part.labels() for part in sent] == [[]] * (len(sent) - 1) + [["Tiếp"]]


async def test_retry_of_a_long_text_sends_only_the_parts_that_are_missing(channel, platform):
    text = "a" * 4096 + "\n" + "b" * 10
    platform.fails("sendMessage", 502, "Bad Gateway", when=lambda sent: sent["text"].startswith("b"))

    with pytest.raises(ChannelBusy):
        await channel.deliver(message(text), None)
    await channel.deliver(message(text), None)

    assert [sent.text[:1] for sent in platform.sent_to(LAN)] == ["a", "b"]


async def test_crash_between_two_parts_repeats_only_the_part_that_was_under_way(platform, house):
    text = "a" * 4096 + "\n" + "b" * 4096 + "\n" + "c" * 10
    async with house.database.write() as connection:
        row = outbox.row_of("telegram", str(LAN), Reply(text), prompt=0, priority=Priority.ANSWER, at=NOW)
        number = await outbox.add_one(connection, row)

    async def waiting() -> Outgoing:
        async with house.database.read() as connection:
            (found,) = await outbox.due_of_each(connection, {"telegram": 10}, now=NOW)
        return found

    async with served(platform.app) as base:
        for failing in ("b", "c", "nothing"):  # each time another process begins, which remembers nothing
            platform.fails("sendMessage", 502, "Bad Gateway", when=lambda s, f=failing: s["text"][0] == f)
            process = TelegramChannel(TOKEN, house.door, api_base=base, keep_parts=PartsSent(house.database))
            with contextlib.suppress(ChannelBusy):
                await process.deliver(await waiting(), None)
            await process.close()

    assert [sent.text[:1] for sent in platform.sent_to(LAN)] == ["a", "b", "c"]
    assert (await waiting()).id == number
    assert (await waiting()).parts == 2


async def test_short_labels_stand_in_pairs_and_long_ones_alone(channel, platform):
    await channel.deliver(message("?", Choice("y", "Có"), Choice("n", "Không"), Choice("h", "Hủy")), None)
    await channel.deliver(message("?", Choice("a", "Gửi báo cáo ngay bây giờ"), Choice("n", "Không")), None)

    rows = [[len(row) for row in sent.buttons] for sent in platform.sent_to(LAN)]
    assert rows == [[2, 1], [1, 1]]


async def test_button_data_stays_within_64_bytes(channel, platform):
    await channel.deliver(message("?", Choice("k" * 40, "Có"), prompt=9_999_999_999), None)

    assert platform.sent_to(LAN)[0].buttons[0][0]["callback_data"] == "9999999999|" + "k" * 40


async def test_file_is_sent_with_its_text_as_caption(polling, platform):
    await platform.says(LAN, "tệp")

    (sent,) = await until(lambda: platform.sent_to(LAN))

    assert (sent.filename, sent.content.decode(), sent.text) == (
        "bao-cao.txt",
        "Báo cáo năm 2026",
        "Bản nháp đây ạ.",
    )


@pytest.mark.parametrize(
    ("filename", "media_type", "kind"),
    [("tien-do.png", "image/png", "photo"), ("bao-cao.docx", "application/octet-stream", "document")],
)
async def test_picture_is_seen_at_once_and_other_files_are_to_open(
    channel, platform, filename, media_type, kind
):
    await channel.deliver(message("Tiến độ:"), RenderedFile(filename, b"\x89PNG", media_type))

    (sent,) = platform.sent_to(LAN)
    assert (sent.kind, sent.filename, sent.content, sent.text) == (kind, filename, b"\x89PNG", "Tiến độ:")


async def test_file_with_a_long_text_comes_after_the_text(channel, platform):
    file = RenderedFile("b.txt", b"x", "text/plain")

    await channel.deliver(message("dài " * 400, Choice("go", "Tiếp")), file)

    assert [(sent.filename, sent.labels()) for sent in platform.sent_to(LAN)] == [
        ("", []),
        ("b.txt", ["Tiếp"]),
    ]


async def test_flood_answer_names_the_wait(channel, platform):
    platform.fails("sendMessage", 429, "Too Many Requests: retry after 17", retry_after=17)

    with pytest.raises(ChannelBusy) as busy:
        await channel.deliver(message("chào"), None)

    assert busy.value.wait == timedelta(seconds=17)


@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        (403, "Forbidden: bot was blocked by the user", ChatGone),
        (400, "Bad Request: chat not found", ChatGone),
        (400, "Bad Request: message is too long", MessageRefused),
        (500, "Internal Server Error", ChannelBusy),
        (502, "Bad Gateway", ChannelBusy),
        (401, "Unauthorized", ChannelBusy),
    ],
)
async def test_each_refusal_becomes_one_of_ours(channel, platform, status, description, expected):
    platform.fails("sendMessage", status, description)

    with pytest.raises(expected) as error:
        await channel.deliver(message("chào"), None)

    assert TOKEN not in str(error.value)
    assert error.value.__cause__ is None


async def test_blocked_person_ends_as_a_dead_letter_and_others_go_on(polling, platform):
    platform.blocked.add(LAN)
    await platform.says(LAN, "một")
    await platform.says(LAN + 1, "hai")

    await until(lambda: platform.sent_to(LAN + 1))
    await asyncio.sleep(0.2)

    assert len(platform.called("sendMessage")) == 2
