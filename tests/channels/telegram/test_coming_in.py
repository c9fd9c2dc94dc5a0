"""What comes in by Telegram, and keeping in touch, over HTTP against a Bot API server of our own."""

import asyncio
import json
import logging

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from isobot.channels.telegram import TelegramChannel, deep_link
from isobot.domain.messages import IncomingKind
from isobot.errors import ChannelBusy, ChatGone, MessageRefused, SettingsError
from tests.channels.conftest import running, until
from tests.channels.telegram.conftest import GROUP, LAN, SECRET, message
from tests.emulators.serve import served
from tests.emulators.telegram_api import BOT, TOKEN


async def test_text_is_answered(polling, platform):
    await platform.says(LAN, "xin chào")

    sent = await until(lambda: platform.sent_to(LAN))

    assert sent[0].text == "Đã nhận text: xin chào"


async def test_update_is_stored_before_telegram_may_forget_it(channel, house, platform):
    seen: list[tuple[int, list[str]]] = []

    async def look(done: list[int]) -> None:
        seen.append((done[0], [event.event_id for event in await house.kept()]))

    platform.on_acknowledge = look
    await platform.says(LAN, "một")
    async with running(channel.run_polling()):
        await until(lambda: seen)

    update, stored = seen[0]
    assert stored == [str(update)]


async def test_update_is_not_acknowledged_while_the_store_fails(channel, house, platform):
    async with house.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO inbox_away")
    await platform.says(LAN, "đừng mất tôi")

    async with running(channel.run_polling()):
        await until(lambda: len(platform.called("getUpdates")) >= 2)
        assert len(platform.pending) == 1
        async with house.database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE inbox_away RENAME TO inbox")
        kept = await until(house.kept)

    assert [event.text for event in kept] == ["đừng mất tôi"]


async def test_update_sent_again_is_answered_once(polling, platform):
    update = await platform.says(LAN, "một lần thôi")
    await until(lambda: platform.sent_to(LAN))
    await platform.hand_over(update)
    await platform.says(LAN, "hết")

    await until(lambda: len(platform.sent_to(LAN)) == 2)

    assert [sent.text for sent in platform.sent] == ["Đã nhận text: một lần thôi", "Đã nhận text: hết"]


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}, "voice", ""),
        (
            {
                "sticker": {
                    "file_id": "s",
                    "file_unique_id": "s",
                    "type": "regular",
                    "width": 512,
                    "height": 512,
                    "is_animated": False,
                    "is_video": False,
                }
            },
            "sticker",
            "",
        ),
        (
            {
                "photo": [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}],
                "caption": "biên lai",
            },
            "photo",
            "biên lai",
        ),
        ({"document": {"file_id": "d", "file_unique_id": "d", "file_name": "bc.docx"}}, "file", ""),
        ({"location": {"latitude": 21.0, "longitude": 105.8}}, "other", ""),
        ({"text": "Tie\u0302\u0301n\x00g"}, "text", "Tiếng"),
    ],
)
async def test_each_kind_of_message_is_told_apart(polling, house, platform, content, kind, text):
    await platform.hand_over(platform.update(message=platform.message(LAN, **content)))

    await until(lambda: platform.sent_to(LAN))

    assert (house.router.seen[0].kind, house.router.seen[0].text) == (IncomingKind(kind), text)


async def test_edited_message_brings_its_new_wording(polling, house, platform):
    edited = platform.message(LAN, text="118", edit_date=1_790_000_009)
    await platform.hand_over(platform.update(edited_message=edited))

    await until(lambda: house.router.seen)

    assert (house.router.seen[0].kind, house.router.seen[0].text) == (IncomingKind.EDITED, "118")


async def test_pressed_button_picks_its_choice_and_stops_waiting(polling, platform):
    await platform.says(LAN, "hỏi")
    await until(lambda: platform.sent_to(LAN))
    await platform.presses(LAN, "Đã rõ")

    await until(lambda: len(platform.sent_to(LAN)) == 2)

    assert platform.sent_to(LAN)[1].text == "Đã chọn: known"
    await until(lambda: platform.called("answerCallbackQuery"))


async def test_old_button_is_known_as_old_and_a_lasting_one_still_works(polling, platform):
    await platform.says(LAN, "hỏi")
    await platform.says(LAN, "hỏi")
    await until(lambda: len(platform.sent_to(LAN)) == 2)
    first = {b["text"]: b["callback_data"] for row in platform.sent_to(LAN)[0].buttons for b in row}

    for data in (first["Đã rõ"], first["Trợ giúp"], "không phải của tôi", "1" * 60 + "|x"):
        await platform.press_data(LAN, data)
    await until(lambda: len(platform.sent_to(LAN)) == 6)

    assert [sent.text for sent in platform.sent_to(LAN)[2:]] == [
        "Nút này của câu hỏi cũ.",
        "Đã chọn: help",
        "Nút này của câu hỏi cũ.",
        "Nút này của câu hỏi cũ.",
    ]


async def test_in_a_group_only_what_is_addressed_to_the_bot_is_read(polling, house, platform):
    async def group_says(text: str, **content) -> None:
        written = platform.message(GROUP, group=True, sender=LAN, text=text, **content)
        await platform.hand_over(platform.update(message=written))

    await group_says("trưa nay ăn gì")
    await group_says("/baocao@bot_khac")
    await group_says("/tiendo@ISO_thu_bot hôm nay")
    asked = {"message_id": 4, "date": 1, "chat": {"id": GROUP, "type": "supergroup"}, "from": BOT}
    await group_says("đúng rồi", reply_to_message={**asked, "text": "Đúng không?"})
    await until(lambda: len(platform.sent_to(GROUP)) == 2)

    assert [event.text for event in house.router.seen] == ["/tiendo hôm nay", "đúng rồi"]
    assert {(event.private, event.chat, event.sender) for event in house.router.seen} == {
        (False, str(GROUP), str(LAN))
    }
    await until(lambda: not platform.pending)


async def test_unknown_kinds_of_update_are_acknowledged_and_left_alone(polling, house, platform):
    await platform.hand_over(platform.update(something_new={"a": 1}))
    pinned = platform.message(LAN, pinned_message=platform.message(LAN, text="ghim"))
    await platform.hand_over(platform.update(message=pinned))

    await until(lambda: not platform.pending)

    assert house.router.seen == []


async def test_the_menu_of_commands_is_set_at_the_start(polling, platform):
    menu = await until(lambda: platform.called("setMyCommands"))

    assert json.loads(menu[0]["commands"]) == [{"command": "baocao", "description": "Nộp báo cáo"}]


# The webhook


@pytest.fixture
async def hooked(channel, house, platform):
    app = Starlette(routes=[channel.webhook_route(SECRET)])
    async with served(app) as public, house.serving(channel):
        await channel.set_webhook(public, SECRET)
        yield channel


async def test_webhook_stores_before_it_answers(channel, house, platform):
    app = Starlette(routes=[channel.webhook_route(SECRET)])
    async with served(app) as public:
        await channel.set_webhook(public + "/", SECRET)
        update = await platform.says(LAN, "qua webhook")

        assert [event.event_id for event in await house.kept()] == [str(update["update_id"])]
    assert platform.webhook == public + "/webhooks/telegram"


async def test_parallel_webhooks_of_one_chat_are_answered_in_order(hooked, platform):
    updates = [platform.update(message=platform.message(LAN, text=str(number))) for number in range(1, 8)]
    for update in updates[:1]:
        await platform.hand_over(update)
    await asyncio.gather(*(platform.hand_over(update) for update in reversed(updates[1:])))

    await until(lambda: len(platform.sent_to(LAN)) == 7)

    assert [sent.text[-1] for sent in platform.sent_to(LAN)] == list("1234567")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"update_id": "7"}',
        b"\xff\xfe",
    ],
)
async def test_malformed_body_is_refused_and_the_next_update_is_taken(hooked, platform, body):
    assert (await platform.post(body)).status_code == 400

    await platform.says(LAN, "vẫn sống")
    await until(lambda: platform.sent_to(LAN))


UNREADABLE = (
    {"message": 3},
    {"message": {"date": "x"}},
    {"message": {"message_id": 1, "date": 1, "chat": "đâu đó"}},
    {"callback_query": {"id": "1", "message": []}},
)


"""What Telegram does not send today; the library cannot read it."""


@pytest.mark.parametrize("content", UNREADABLE)
async def test_unreadable_update_is_passed_over_by_the_webhook(hooked, house, platform, content):
    with capture_logs() as logs:
        unreadable = await platform.hand_over(platform.update(**content))
        await platform.says(LAN, "vẫn sống")
        await until(lambda: platform.sent_to(LAN))

    (line,) = [entry for entry in logs if entry["event"] == "telegram_update_unreadable"]
    assert line["update"] == unreadable["update_id"]
    assert len(house.router.seen) == 1


async def test_unreadable_updates_do_not_hold_up_those_behind_them(polling, house, platform):
    with capture_logs() as logs:
        first = [await platform.hand_over(platform.update(**content)) for content in UNREADABLE]
        await platform.says(LAN, "một")
        last = await platform.hand_over(platform.update(**UNREADABLE[0]))
        await until(lambda: platform.sent_to(LAN) and not platform.pending)

    assert [event.text for event in house.router.seen] == ["một"]
    told = [entry["update"] for entry in logs if entry["event"] == "telegram_update_unreadable"]
    assert sorted(set(told)) == [u["update_id"] for u in (*first, last)]
    assert "đâu đó" not in str(logs)


async def test_wrong_secret_is_forbidden_and_nothing_is_stored(hooked, house, platform):
    update = json.dumps(platform.update(message=platform.message(LAN, text="giả"))).encode()

    assert (await platform.post(update, secret="sai")).status_code == 403
    assert (await platform.post(update, secret="")).status_code == 403
    assert (await platform.post(b"x" * 1_100_000)).status_code == 413

    assert await house.kept() == []
    assert house.router.seen == []


# Trouble


async def test_polling_goes_on_after_network_trouble(polling, platform):
    platform.fails("getUpdates", 502, "Bad Gateway")
    await platform.says(LAN, "sau sự cố")

    assert await until(lambda: platform.sent_to(LAN))


async def test_another_poller_is_reported_once_and_waited_for(channel, house, platform):
    platform.fails("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=2)
    await platform.says(LAN, "chờ tôi")

    with capture_logs() as logs:
        async with house.serving(channel), running(channel.run_polling()):
            await until(lambda: platform.sent_to(LAN))

    assert [entry["event"] for entry in logs].count("telegram_conflict") == 1


async def test_wrong_token_stops_the_start_and_names_the_setting(house, platform):
    async with served(platform.app) as base:
        channel = TelegramChannel("1:wrong-token", house.door, api_base=base)
        with pytest.raises(SettingsError, match="ISOBOT_TELEGRAM_TOKEN") as error:
            await channel.run_polling()
        await channel.close()

    assert "wrong-token" not in str(error.value)
    assert error.value.__cause__ is None


async def test_token_is_in_no_log_whatever_goes_wrong(house, platform, caplog):
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with served(platform.app) as base:
            channel = TelegramChannel(TOKEN, house.door, api_base=base, poll_seconds=1)
            for status in (401, 403, 404, 409, 429, 500):
                platform.fails("sendMessage", status, "…", **({"retry_after": 1} if status == 429 else {}))
                with pytest.raises((ChannelBusy, ChatGone, MessageRefused)):
                    await channel.deliver(message("chào"), None)
            platform.fails("getMe", 500, "…")
            platform.fails("getUpdates", 502, "…")
            platform.fails("getUpdates", 409, "…")
            async with house.serving(channel), running(channel.run_polling()):
                await platform.says(LAN, "xin chào")
                await until(lambda: platform.sent_to(LAN))
        with pytest.raises(ChannelBusy):
            await channel.deliver(message("máy chủ đã tắt"), None)
        await channel.close()

    secret = TOKEN.partition(":")[2]
    assert logs
    assert secret not in caplog.text
    assert secret not in repr(logs)


def test_deep_link_opens_the_bot_with_the_code():
    assert deep_link("iso_thu_bot", "K7M2-QX") == "https://t.me/iso_thu_bot?start=K7M2-QX"
