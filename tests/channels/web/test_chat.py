"""The web chat, over HTTP."""

import asyncio
from time import monotonic

import httpx
import pytest
from starlette.applications import Starlette

from isobot.channels.web import WebChannel
from isobot.channels.web_visits import COOKIE
from isobot.domain.messages import IncomingKind, Reply
from isobot.storage import outbox
from isobot.storage.outbox import Priority
from tests.channels.conftest import render, running, until
from tests.channels.web.conftest import COMMUNE, SmallDemo
from tests.emulators.serve import served


class Page:
    """A page without a browser: what chat.js does, in Python."""

    def __init__(self, base: str) -> None:
        self.client = httpx.AsyncClient(base_url=base, timeout=30)
        self.after = 0
        self.sent = 0

    async def says(self, text: str, **content) -> httpx.Response:
        self.sent += 1
        return await self.client.post("/chat/messages", json={"id": f"m{self.sent}", "text": text, **content})

    async def hears(self, *, wait: float = 5) -> list[dict]:
        answer = await self.client.get("/chat/messages", params={"after": self.after, "wait": wait})
        messages = answer.raise_for_status().json()["messages"]
        self.after = max([self.after, *(m["id"] for m in messages)])
        return messages


@pytest.fixture
async def opens(base):
    pages: list[Page] = []

    async def open_page() -> Page:
        page = Page(base)
        pages.append(page)
        (await page.client.get("/")).raise_for_status()
        return page

    yield open_page
    for page in pages:
        await page.client.aclose()


async def test_what_is_typed_is_answered_on_the_page(opens):
    page = await opens()

    await page.says("xin chào")

    assert [m["text"] for m in await page.hears()] == ["Đã nhận text: xin chào"]


async def test_a_waiting_page_is_woken_when_something_is_said(opens):
    page = await opens()
    waiting = asyncio.create_task(page.hears(wait=20))
    await asyncio.sleep(0.3)

    begun = monotonic()
    await page.says("nhanh lên")

    assert (await waiting)[0]["text"] == "Đã nhận text: nhanh lên"
    assert monotonic() - begun < 0.9  # sooner than the page would look by itself


async def test_a_page_that_waits_in_vain_gets_an_empty_answer(opens):
    assert await (await opens()).hears(wait=0.2) == []


async def test_a_message_sent_by_another_process_is_found_without_a_call(house, opens):
    page = await opens()
    await page.says("một")
    await page.hears()
    waiting = asyncio.create_task(page.hears(wait=20))
    await asyncio.sleep(0.2)

    chat = house.router.seen[0].chat
    async with house.database.write() as connection:
        row = outbox.row_of(
            "web", chat, Reply("Nhắc hạn"), prompt=0, priority=Priority.CAMPAIGN, at=house.clock.now()
        )
        await connection.execute(outbox.outbox.insert().values(**{**row, "status": "sent"}))

    assert [m["text"] for m in await waiting] == ["Nhắc hạn"]


async def test_a_reminder_sent_after_a_younger_answer_is_not_missed(opens):
    page = await opens()
    await page.says("một")
    await page.says("hai")
    await until(lambda: _count(page, 2))
    first, second = (
        m["id"] for m in (await page.client.get("/chat/messages?after=0&wait=0")).json()["messages"]
    )

    answer = await page.client.get(f"/chat/messages?after=0&seen={second}&wait=0")

    assert [m["id"] for m in answer.json()["messages"]] == [first]


async def _count(page: Page, number: int) -> bool:
    answer = await page.client.get("/chat/messages?after=0&wait=0")
    return len(answer.json()["messages"]) == number


async def test_the_same_post_twice_is_taken_once(opens, house):
    page = await opens()
    body = {"id": "giong-nhau", "text": "một lần"}

    answers = [await page.client.post("/chat/messages", json=body) for _ in range(3)]

    assert [a.json() for a in answers] == [{"ok": True, "new": n} for n in (True, False, False)]
    await page.says("hết")
    await until(lambda: _count(page, 2))
    assert [event.text for event in house.router.seen] == ["một lần", "hết"]


async def test_the_same_id_in_another_chat_is_another_message(opens):
    for _ in range(2):
        page = await opens()
        assert (await page.says("chào")).json()["new"] is True


async def test_a_chip_picks_its_choice(opens, house):
    page = await opens()
    await page.says("hỏi")
    (asked,) = await page.hears()

    known, lasting, by_word = asked["choices"]
    await page.says("", choice=known["key"], prompt=known["prompt"])

    assert [m["text"] for m in await page.hears()] == ["Đã chọn: known"]
    assert (lasting["prompt"], by_word["label"]) == (0, "Không phát sinh")
    assert house.router.seen[1].kind is IncomingKind.CHOICE


async def test_a_file_is_a_link_and_made_when_it_is_followed(opens):
    page = await opens()
    await page.says("tệp")
    (message,) = await page.hears()

    file = await page.client.get(message["file"]["url"])

    assert file.content.decode() == "Báo cáo năm 2026"
    assert 'filename="bao-cao.txt"' in file.headers["content-disposition"]


async def test_picture_is_shown_in_the_page_and_another_file_is_not(opens):
    page = await opens()
    marked = {}
    for asked in ("hình", "tệp"):
        await page.says(asked)
        (message,) = await page.hears()
        marked[message["file"]["name"]] = message["file"]["picture"]

    assert marked == {"tien-do.png": True, "bao-cao.txt": False}


async def test_nobody_reads_another_chat(opens):
    lan, minh = await opens(), await opens()
    await lan.says("tệp")
    (message,) = await lan.hears()

    assert await minh.hears(wait=0) == []
    assert (await minh.client.get(message["file"]["url"])).status_code == 404
    minh.client.cookies.set(COOKIE, "đoán bừa".encode().hex())
    assert await minh.hears(wait=0) == []


async def test_the_chat_is_found_again_by_its_cookie_alone_and_the_database_does_not_hold_it(
    base, house, opens
):
    page = await opens()
    await page.says("nhớ tôi nhé")
    await page.hears()
    cookie = page.client.cookies[COOKIE]

    async with httpx.AsyncClient(base_url=base, cookies={COOKIE: cookie}) as again:
        said = (await again.get("/chat/messages?after=0")).json()["messages"]

    assert [m["text"] for m in said] == ["Đã nhận text: nhớ tôi nhé"]
    assert cookie not in repr(house.router.seen)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(base, house):
    web = WebChannel(house.door, house.history, render, house.clock, public_url="https://bot.example.vn")
    async with served(Starlette(routes=web.routes())) as proxied, httpx.AsyncClient() as client:
        cookies = [(await client.get(url)).headers["set-cookie"].lower() for url in (base, proxied)]

    assert all("httponly" in cookie and "samesite=lax" in cookie for cookie in cookies)
    assert ["secure" in cookie for cookie in cookies] == [False, True]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://ke-xau.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({}, 200),
    ],
)
async def test_a_post_from_another_site_is_refused(opens, demo, headers, status):
    page = await opens()

    posted = await page.client.post("/chat/messages", json={"id": "x", "text": "a"}, headers=headers)
    entered = await page.client.post("/demo/enter", data={"key": "th-so"}, headers=headers)

    assert posted.status_code == status
    assert (entered.status_code == 403) == (status == 403) == (not demo.entered)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"khong phai json", 400),
        (b'{"id": "a"}', 400),
        (b'{"id": "a", "text": "  \\u0000 "}', 400),
        (b'{"id": "c\xc3\xb3 d\xe1\xba\xa5u", "text": "a"}', 400),
        (b'{"id": "a", "text": 7}', 400),
        (b"[" * 100_000, 400),
        (b'{"id": "a", "text": "' + b"x" * 20_001 + b'"}', 413),
        (b'{"id": "a", "text": "' + b"x" * 300_000 + b'"}', 413),
    ],
)
async def test_a_bad_post_gets_a_vietnamese_sentence_and_stores_nothing(opens, house, body, status):
    page = await opens()

    answer = await page.client.post("/chat/messages", content=body)

    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert "nh/chị" in answer.json()["error"]
    assert await house.kept() == []


async def test_half_characters_and_nul_are_dropped_and_the_rest_is_kept(opens, house):
    page = await opens()

    await page.client.post("/chat/messages", content=b'{"id": "a", "text": "m\\u0000\\ud83dot"}')
    await page.hears()

    assert house.router.seen[0].text == "mot"


async def test_ten_thousand_characters_arrive(opens, house):
    page = await opens()

    await page.says("ố" * 10_000)
    await page.hears()

    assert len(house.router.seen[0].text) == 10_000


async def test_in_the_demo_one_becomes_somebody_and_each_has_a_chat_of_their_own(opens, demo):
    page = await opens()
    listed = await page.client.get("/demo", headers={"Accept": "application/json"})
    assert [p["key"] for p in listed.json()["personas"]] == ["th-thanh-son", "th-so", "kt-1"]

    for key in ("th-thanh-son", "th-so", "th-thanh-son"):
        entered = await page.client.post("/demo/enter", data={"key": key})
        assert (entered.status_code, entered.headers["location"]) == (303, "/")

    chats = [chat for chat, _ in demo.entered]
    assert chats[0] == chats[2] != chats[1]
    shown = (await page.client.get("/")).text
    assert COMMUNE.label in shown
    assert SmallDemo.banner in shown


async def test_nobody_unknown_can_be_entered(opens, demo):
    page = await opens()

    answer = await page.client.post("/demo/enter", data={"key": "quan-tri"})

    assert (answer.status_code, demo.entered) == (404, [])


async def test_without_a_demo_there_is_no_choice_of_persona(house):
    web = WebChannel(house.door, house.history, render, house.clock)
    async with served(Starlette(routes=web.routes())) as base, httpx.AsyncClient(base_url=base) as client:
        assert (await client.get("/demo")).status_code == 404
        assert (await client.post("/demo/enter", data={"key": "th-so"})).status_code == 404
        assert "Đổi vai" not in (await client.get("/")).text


async def test_waiting_pages_do_not_hold_up_the_stop(house):
    web = WebChannel(house.door, house.history, render, house.clock)
    async with served(Starlette(routes=web.routes())) as base:
        page = Page(base)
        async with running(page.hears(wait=20)) as waiting:
            await asyncio.sleep(0.3)
            web.stop_waiting()
            async with asyncio.timeout(1):
                assert await waiting == []
        await page.client.aclose()
