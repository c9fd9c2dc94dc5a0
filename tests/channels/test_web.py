"""The web chat, over HTTP and in a real browser."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import httpx
import pytest
from starlette.applications import Starlette

from isobot.channels.file_links import files_route
from isobot.channels.web import Persona, WebChannel
from isobot.channels.web_visits import COOKIE
from isobot.chat.files import FileLinks, LinkRefused
from isobot.domain.messages import Attachment, IncomingKind, Reply
from isobot.storage import outbox
from isobot.storage.outbox import Priority
from tests.channels.conftest import SetClock, render, running, until
from tests.emulators.serve import served

COMMUNE = Persona("th-thanh-son", "Thanh Hóa", "Cán bộ UBND xã Thành Sơn", "Nộp báo cáo của xã")
OFFICE = Persona("th-so", "Thanh Hóa", "Chuyên viên Sở Khoa học và Công nghệ", "Theo dõi 92 xã")
AGENCY = Persona("kt-1", "Kon Tum", "Cán bộ Sở Tư pháp", "Nộp báo cáo của sở")


class SmallDemo:
    banner = "Bản dùng thử: dữ liệu không thật, xin đừng nhập thông tin mật."

    def __init__(self) -> None:
        self.entered: list[tuple[str, str]] = []

    def personas(self):
        return [COMMUNE, OFFICE, AGENCY]

    async def enter(self, chat: str, key: str) -> None:
        self.entered.append((chat, key))


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
def demo():
    return SmallDemo()


@pytest.fixture
async def base(house, demo):
    web = WebChannel(house.door, house.history, render, house.clock, demo=demo)
    async with served(Starlette(routes=web.routes())) as base, house.serving(web):
        yield base
        web.stop_waiting()


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


# Signed links

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


# In a browser


@pytest.mark.browser
async def test_an_officer_chats_on_a_phone(base, phone_page):
    page = phone_page
    await page.goto(base + "/demo")
    await page.get_by_role("button", name=COMMUNE.label).click()
    await page.get_by_text(COMMUNE.label).wait_for()

    await page.get_by_label("Tin nhắn của anh/chị").fill("hỏi")
    await page.get_by_role("button", name="Gửi").click()
    await page.get_by_role("button", name="Đã rõ").click()
    await page.get_by_text("Đã chọn: known").wait_for()

    await page.get_by_label("Tin nhắn của anh/chị").fill("tệp")
    await page.get_by_role("button", name="Gửi").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="bao-cao.txt").click()
    assert Path(await (await download.value).path()).read_text() == "Báo cáo năm 2026"

    await page.reload()
    await page.get_by_text("Đã chọn: known").wait_for()
    said = await page.locator(".message .bubble").all_inner_texts()
    assert said == [
        "hỏi",
        "Anh/chị đã rõ chưa?",
        "Đã rõ",
        "Đã chọn: known",
        "tệp",
        "Bản nháp đây ạ.",
    ]
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    if folder := os.environ.get("ISOBOT_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / "chat.png")
        await page.goto(base + "/demo")
        await page.screenshot(path=Path(folder) / "demo.png")


@pytest.mark.browser
async def test_a_persona_is_found_without_typing_marks(base, phone_page):
    await phone_page.goto(base + "/demo")

    await phone_page.get_by_label("Tìm theo tên").fill("thanh hoa xa thanh son")

    names = phone_page.locator(".persona strong").filter(visible=True)
    assert await names.all_inner_texts() == [COMMUNE.label, "Khách hỏi đáp"]
    await phone_page.get_by_label("Tìm theo tên").fill("không có đâu")
    await phone_page.get_by_text("Không có vai nào như vậy").wait_for()


@pytest.mark.browser
async def test_old_chips_go_away_when_a_new_question_stands(base, phone_page):
    page = phone_page
    await page.goto(base)
    for _ in range(2):
        await page.get_by_label("Tin nhắn của anh/chị").fill("hỏi")
        await page.get_by_role("button", name="Gửi").click()
    await page.locator(".theirs").nth(1).wait_for()

    assert await page.get_by_role("button", name="Đã rõ").count() == 1
    assert await page.get_by_role("button", name="Trợ giúp").count() == 2


@pytest.mark.browser
async def test_what_is_typed_without_a_connection_is_kept_and_sent_later(base, house, phone_page):
    page = phone_page
    await page.goto(base)
    await page.get_by_label("Tin nhắn của anh/chị").fill("đang gõ dở")
    await page.reload()
    assert await page.get_by_label("Tin nhắn của anh/chị").input_value() == "đang gõ dở"

    await page.context.set_offline(True)
    await page.get_by_role("button", name="Gửi").click()
    await page.get_by_text("Mất kết nối").wait_for()
    assert house.router.seen == []
    await page.context.set_offline(False)

    await page.get_by_text("Đã nhận text: đang gõ dở").wait_for()
    await page.get_by_text("Mất kết nối").wait_for(state="hidden")
    assert len(house.router.seen) == 1


@pytest.mark.browser
async def test_the_page_can_be_used_by_keyboard_and_named_by_a_screen_reader(base, phone_page):
    page = phone_page
    await page.goto(base)
    await page.get_by_label("Tin nhắn của anh/chị").focus()
    await page.keyboard.type("hỏi")
    await page.keyboard.press("Enter")
    await page.get_by_role("group", name="Các lựa chọn").wait_for()

    await page.get_by_role("button", name="Đã rõ").focus()
    await page.keyboard.press("Enter")

    await page.get_by_role("log", name="Nội dung trò chuyện").get_by_text("Đã chọn: known").wait_for()
    small = await page.evaluate(
        "[...document.querySelectorAll('button, a')].filter(e => e.offsetHeight)"
        ".filter(e => e.offsetHeight < 40).length"
    )
    assert small == 0


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
