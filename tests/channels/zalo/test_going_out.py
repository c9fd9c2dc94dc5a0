"""What goes out by Zalo: numbered choices, parts, links to files, refusals."""

import logging
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from isobot.channels.zalo import ZaloChannel
from isobot.errors import ChannelBusy, ChatGone, MessageRefused
from tests.channels.conftest import LONG_LINE, running, until
from tests.channels.zalo.conftest import LAN, message
from tests.emulators.serve import served
from tests.emulators.zalo_api import TOKEN


async def test_choices_become_a_numbered_list_that_can_be_typed(polling, platform):
    await platform.says(LAN, "hỏi")
    (asked,) = await until(lambda: platform.sent_to(LAN))
    await platform.says(LAN, "1")
    await until(lambda: len(platform.sent_to(LAN)) == 2)

    assert asked.splitlines()[1:3] == ["1. Đã rõ", "2. Trợ giúp"]
    assert "“không phát sinh”" in asked


async def test_long_text_is_cut_within_the_limit(channel, platform):
    text = LONG_LINE * 200

    assert await channel.deliver(message(text), None) == f"m{len(platform.sent)}"

    parts = platform.sent_to(LAN)
    assert len(parts) > 1
    assert all(len(part.encode("utf-16-le")) // 2 <= 2000 for part in parts)
    assert "\n".join(parts).split() == text.split()


async def test_retry_of_a_long_text_sends_only_the_parts_that_are_missing(channel, platform):
    text = "a" * 2000 + "\n" + "b" * 10
    platform.fails("sendMessage", 502, "…", when=lambda sent: sent["text"].startswith("b"))

    with pytest.raises(ChannelBusy):
        await channel.deliver(message(text), None)
    await channel.deliver(message(text), None)

    assert [part[0] for part in platform.sent_to(LAN)] == ["a", "b"]


async def test_a_file_becomes_a_link_on_a_line_of_its_own(polling, platform):
    await platform.says(LAN, "tệp")

    (sent,) = await until(lambda: platform.sent_to(LAN))

    assert (
        sent
        == "Bản nháp đây ạ.\nTệp “bao-cao.txt” (đường dẫn dùng được 7 ngày):\nhttps://bot.example.vn/files/1?e=1&s=2"
    )


async def test_without_a_public_address_a_file_is_not_promised(house, platform):
    async with served(platform.app) as base:
        channel = ZaloChannel(TOKEN, house.door, house.clock, api_base=base, poll_seconds=1)
        async with house.serving(channel), running(channel.run_polling()):
            await platform.says(LAN, "tệp")
            (sent,) = await until(lambda: platform.sent_to(LAN))
        await channel.close()

    assert "chưa có địa chỉ công khai" in sent


@pytest.mark.parametrize(
    ("code", "description", "expected"),
    [
        (429, "Quota exceeded", ChannelBusy),
        (403, "Internal server error", ChannelBusy),
        (408, "Request timeout", ChannelBusy),
        (500, "…", ChannelBusy),
        (504, "…", ChannelBusy),
        (401, "Unauthorized", ChannelBusy),
        (400, "Bad request", MessageRefused),
        (400, "Bad request: chat_id is invalid", ChatGone),
        (404, "User not found", ChatGone),
        (400, "user has blocked the bot", ChatGone),
    ],
)
@pytest.mark.parametrize("status", [None, 200])
async def test_each_refusal_becomes_one_of_ours(channel, platform, code, description, expected, status):
    platform.fails("sendMessage", code, description, status=status)

    with pytest.raises(expected) as error:
        await channel.deliver(message("chào"), None)

    assert error.value.__cause__ is None
    assert platform.sent == []


async def test_over_the_quota_the_wait_is_a_minute(channel, platform):
    platform.fails("sendMessage", 429, "Quota exceeded")

    with pytest.raises(ChannelBusy) as busy:
        await channel.deliver(message("chào"), None)

    assert busy.value.wait == timedelta(seconds=60)


async def test_token_is_in_no_log_whatever_goes_wrong(house, platform, caplog):
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with served(platform.app) as base:
            channel = ZaloChannel(TOKEN, house.door, house.clock, api_base=base, poll_seconds=1)
            for code in (400, 401, 403, 404, 408, 429, 500):
                platform.fails("sendMessage", code, f"bot{TOKEN}")
                with pytest.raises((ChannelBusy, ChatGone, MessageRefused)) as error:
                    await channel.deliver(message("chào"), None)
                assert TOKEN not in str(error.value)
            platform.fails("getMe", 500, "…")
            platform.answers("getUpdates", 502, f"<html>{TOKEN}</html>")
            async with house.serving(channel), running(channel.run_polling()):
                await platform.says(LAN, "xin chào")
                await until(lambda: platform.sent_to(LAN))
        with pytest.raises(ChannelBusy):
            await channel.deliver(message("máy chủ đã tắt"), None)
        await channel.close()

    assert logs
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(logs)
