"""The web chat in a real browser."""

import os
from pathlib import Path

import pytest

from tests.channels.web.conftest import COMMUNE


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
