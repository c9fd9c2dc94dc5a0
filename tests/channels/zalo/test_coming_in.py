"""What comes in by Zalo, by polls and by the webhook, over HTTP against a Zalo Bot Platform of our own."""

import asyncio
import json

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from isobot.channels.zalo import ZaloChannel
from isobot.domain.messages import IncomingKind
from isobot.errors import SettingsError
from tests.channels.conftest import running, until
from tests.channels.zalo.conftest import GROUP, LAN, SECRET
from tests.emulators.serve import served
from tests.emulators.zalo_api import FIRST_DATE


async def test_text_is_answered(polling, platform):
    await platform.says(LAN, "xin chào")

    assert await until(lambda: platform.sent_to(LAN)) == ["Đã nhận text: xin chào"]


@pytest.mark.parametrize("as_list", [False, True])
@pytest.mark.parametrize("replays", [False, True])
async def test_each_message_is_answered_once_in_every_way_that_polls_were_seen_to_work(
    polling, platform, house, as_list, replays
):
    platform.as_list, platform.replays = as_list, replays
    for number in range(4):
        await platform.says(LAN, str(number))
    await until(lambda: len(platform.sent_to(LAN)) >= 4)
    await platform.says(LAN, "cuối")
    await until(lambda: "Đã nhận text: cuối" in platform.sent_to(LAN))
    await asyncio.sleep(0.5)

    assert [text[-1] for text in platform.sent_to(LAN)] == ["0", "1", "2", "3", "i"]


async def test_an_update_that_comes_back_at_every_poll_does_not_make_the_polls_race(polling, platform):
    platform.replays = True
    await platform.says(LAN, "một")
    await until(lambda: platform.sent_to(LAN))

    before = len(platform.called("getUpdates"))
    await asyncio.sleep(1)

    assert 1 <= len(platform.called("getUpdates")) - before <= 4


async def test_idle_polls_are_no_trouble(channel, platform, house):
    with capture_logs() as logs:
        async with house.serving(channel), running(channel.run_polling()):
            await until(lambda: len(platform.called("getUpdates")) >= 3)
            await platform.says(LAN, "sau lúc im lặng")
            await until(lambda: platform.sent_to(LAN))

    assert [entry for entry in logs if entry["log_level"] in ("warning", "error")] == []


@pytest.mark.parametrize("body", [{"ok": True}, {"ok": True, "result": None}, {"ok": True, "result": []}])
async def test_a_poll_without_a_result_is_an_idle_poll(channel, platform, house, body):
    platform.answers("getUpdates", 200, body)
    with capture_logs() as logs:
        async with house.serving(channel), running(channel.run_polling()):
            await platform.says(LAN, "vẫn nghe")
            await until(lambda: platform.sent_to(LAN))

    assert [entry for entry in logs if entry["log_level"] == "warning"] == []


async def test_an_idle_answer_under_http_200_is_idle_too(polling, platform):
    platform.fails("getUpdates", 408, "Request timeout", status=200)
    await platform.says(LAN, "vẫn nghe")

    assert await until(lambda: platform.sent_to(LAN))


@pytest.mark.parametrize("body", ["<html>Bad Gateway</html>", {"ok": True, "result": {"event": 3}}, [1]])
async def test_polling_goes_on_after_answers_that_nobody_understands(polling, platform, body):
    platform.answers("getUpdates", 502 if isinstance(body, str) else 200, body)
    await platform.says(LAN, "sau sự cố")

    assert await until(lambda: platform.sent_to(LAN))


async def test_what_was_handed_over_is_kept_until_the_store_takes_it(channel, house, platform):
    async with house.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO inbox_away")
    await platform.says(LAN, "đừng mất tôi")

    async with running(channel.run_polling()):
        await until(lambda: not platform.pending)
        polls = len(platform.called("getUpdates"))
        await asyncio.sleep(0.3)
        assert len(platform.called("getUpdates")) == polls
        async with house.database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE inbox_away RENAME TO inbox")
        kept = await until(house.kept)

    assert [event.text for event in kept] == ["đừng mất tôi"]


@pytest.mark.parametrize(
    ("event", "content", "kind", "text"),
    [
        ("image", {"photo_url": "https://photo.example/x.jpg", "caption": "biên lai"}, "photo", "biên lai"),
        ("image", {"photo": "https://photo.example/x.jpg"}, "photo", ""),
        ("sticker", {"sticker": "1a2b", "url": "https://stickers.example/1a2b.png"}, "sticker", ""),
        ("sticker", {"sticker": {"id": "1a2b"}}, "sticker", ""),
        ("voice", {"voice_url": "https://voice.example/x.aac"}, "voice", ""),
        ("unsupported", {}, "other", ""),
    ],
)
async def test_each_kind_of_message_is_told_apart(polling, house, platform, event, content, kind, text):
    await platform.hand_over(platform.event(LAN, event, **content))

    await until(lambda: house.router.seen)

    assert (house.router.seen[0].kind, house.router.seen[0].text) == (IncomingKind(kind), text)


async def test_events_yet_to_be_invented_are_left_alone(polling, house, platform):
    await platform.hand_over({"event_name": "user.follow", "user": {"id": LAN}})
    await platform.hand_over(platform.event(LAN, "hologram", shape="cube"))
    await platform.says(LAN, "một")

    await until(lambda: platform.sent_to(LAN))

    assert [event.text for event in house.router.seen] == ["một"]


async def test_order_is_the_moment_of_the_message_in_milliseconds(polling, house, platform):
    await platform.says(LAN, "giây", date=FIRST_DATE // 1000)
    await until(lambda: house.router.seen)
    await platform.says(LAN, "mili giây", date=FIRST_DATE + 7)
    await until(lambda: len(house.router.seen) == 2)

    assert [event.order for event in house.router.seen] == [FIRST_DATE, FIRST_DATE + 7]


async def test_in_a_group_the_mention_is_taken_out_and_the_group_is_answered(polling, house, platform):
    await platform.says(LAN, "@Bot ISO thử báo cáo", group=GROUP)

    await until(lambda: platform.sent_to(GROUP))

    (event,) = house.router.seen
    assert (event.text, event.private, event.chat, event.sender) == ("báo cáo", False, GROUP, LAN)


async def test_a_webhook_in_the_way_of_polling_is_taken_away(channel, house, platform):
    platform.webhook = "https://cu.example.vn/zalo"
    async with house.serving(channel), running(channel.run_polling()):
        await until(lambda: not platform.webhook)
        await platform.says(LAN, "xin chào")
        await until(lambda: platform.sent_to(LAN))

    assert not platform.webhook
    assert [event.text for event in house.router.seen] == ["xin chào"]


# The webhook


@pytest.fixture
async def hooked(channel, house, platform):
    app = Starlette(routes=[channel.webhook_route(SECRET)])
    async with served(app) as public, house.serving(channel):
        await channel.set_webhook(public, SECRET)
        yield channel


@pytest.mark.parametrize("wrapped", [True, False])
async def test_webhook_takes_the_event_with_and_without_its_wrapper(hooked, platform, wrapped):
    platform.wrapped = wrapped

    await platform.says(LAN, "qua webhook")

    assert await until(lambda: platform.sent_to(LAN)) == ["Đã nhận text: qua webhook"]


async def test_webhook_stores_before_it_answers(channel, house, platform):
    app = Starlette(routes=[channel.webhook_route(SECRET)])
    async with served(app) as public:
        await channel.set_webhook(public + "/", SECRET)
        event = await platform.says(LAN, "giữ lấy")

        assert [kept.event_id for kept in await house.kept()] == [event["message"]["message_id"]]
    assert platform.webhook == public + "/webhooks/zalo"


async def test_an_event_posted_again_is_answered_once(hooked, platform):
    event = await platform.says(LAN, "một lần")
    await platform.hand_over(event)
    await platform.says(LAN, "hết")

    await until(lambda: len(platform.sent_to(LAN)) == 2)

    assert platform.sent_to(LAN) == ["Đã nhận text: một lần", "Đã nhận text: hết"]


async def test_the_platforms_try_of_the_address_is_answered(hooked, platform):
    async with httpx.AsyncClient() as client:
        assert (await client.post(platform.webhook)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"ok": true, "result": 5}',
        b'{"event_name": 5}',
        b'{"event_name": "message.text.received"}',
        b'{"event_name": "message.text.received", "message": {"message_id": "x"}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
async def test_malformed_body_is_refused_and_the_next_event_is_taken(hooked, platform, body):
    assert (await platform.post(body)).status_code == 400

    await platform.says(LAN, "vẫn sống")
    await until(lambda: platform.sent_to(LAN))


async def test_wrong_secret_is_forbidden_and_nothing_is_stored(hooked, house, platform):
    event = json.dumps(platform.event(LAN, text="giả")).encode()

    assert (await platform.post(event, secret="sai")).status_code == 403
    assert (await platform.post(event, secret="")).status_code == 403
    assert (await platform.post(b"x" * 1_100_000)).status_code == 413

    assert await house.kept() == []
    assert house.router.seen == []


async def test_an_address_that_zalo_cannot_reach_is_reported(channel):
    with capture_logs() as logs:
        await channel.set_webhook("http://127.0.0.1:9", SECRET)

    (entry,) = [entry for entry in logs if entry["event"] == "zalo_webhook_not_reached"]
    assert entry["outcome"] == "webhook.err.conn"


async def test_an_address_that_zalo_refuses_stops_the_start(channel, platform):
    platform.fails("setWebhook", 400, "Bad request: url")

    with pytest.raises(SettingsError, match="ISOBOT_PUBLIC_URL"):
        await channel.set_webhook("http://192.168.1.1", SECRET)


async def test_wrong_token_stops_the_start_and_names_the_setting(house, platform):
    async with served(platform.app) as base:
        channel = ZaloChannel("1:wrong-token", house.door, house.clock, api_base=base)
        with pytest.raises(SettingsError, match="ISOBOT_ZALO_TOKEN") as error:
            await channel.run_polling()
        await channel.close()

    assert "wrong-token" not in str(error.value)
