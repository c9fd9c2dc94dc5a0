"""A report as one form on the web: the link, the page without any script, the same acts as in the chat."""

import html
import re
from contextlib import aclosing

import httpx
import pytest
from starlette.applications import Starlette

from isobot.domain.values import NONE_ARISING, Value
from isobot.storage.database import Database
from isobot.storage.form_links import WAITS
from isobot.web.pages import PATH, FormPages
from tests.acceptance.conftest import Office, Phone

UNIT = "th.pu-luong"
CELLS = {
    "status": "dang-xay-dung", "tthc_total": "120", "tthc_in": "120", "proc_changes": "6",
    "ia_count": "0", "nc_found": "0", "train_people": "25",
}  # fmt: skip
NONE_AROSE = ("legal_changes", "mr_count", "complaints", "fund_spent", "difficulties")


@pytest.fixture
async def office(sqlite_file, services, clock):
    database = Database(f"sqlite+aiosqlite:///{sqlite_file}")
    services.form_address, services.form_on_phones = f"https://iso.test{PATH}", True
    yield Office(database, services, clock)
    services.form_address, services.form_on_phones = "", False
    await database.close()


@pytest.fixture
async def phone(office):
    lan = Phone(office, buttons=True)
    await lan.registers(UNIT)
    await lan.opens_report()
    return lan


def browser(office):
    pages = FormPages(office.database, office.services, office.clock, told=lambda: None)
    app = Starlette(routes=pages.routes())
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://iso.test", follow_redirects=True
    )


async def link_from(phone):
    said = await phone.says("mở biểu trên web")
    return re.search(rf"https://iso\.test({PATH}/\S+)", "\n".join(said)).group(1)


async def opened(phone):
    """Open the form in a fresh browser; returns the browser, the address and the page."""
    tab = browser(phone.office)
    link = await link_from(phone)
    page = await tab.post(link)
    return tab, f"{link}/nhap", page


def hidden(page):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: html.unescape(value) for name, value in found}


async def sends(tab, address, page, act="luu", **cells):
    return await tab.post(address, data={**hidden(page), **cells, "viec": act})


async def test_link_opens_once_and_only_by_a_press(phone):
    link = await link_from(phone)
    async with (
        browser(phone.office) as preview,
        browser(phone.office) as mine,
        browser(phone.office) as other,
    ):
        assert "Mở biểu" in (await preview.get(link)).text
        assert "1. " in (await mine.post(link)).text
        refused = await other.post(link)
        again = await mine.get(link)

    assert refused.status_code == 403
    assert "gõ “mở biểu trên web”" in refused.text
    assert again.status_code == 200


async def test_link_dies_after_a_while(phone, clock):
    link = await link_from(phone)
    clock.pass_by(WAITS * 2)
    async with browser(phone.office) as tab:
        assert (await tab.post(link)).status_code == 403


async def test_whole_report_in_one_page(phone):
    tab, address, page = await opened(phone)
    states = {f"state-{key}": "khong-phat-sinh" for key in NONE_AROSE}
    async with aclosing(tab):
        page = await sends(tab, address, page, **CELLS, **states)
        assert f"Đã lưu {len(CELLS) + len(NONE_AROSE)} số." in page.text
        page = await sends(tab, address, page, "gui", **CELLS, **states)

    assert "Đã nhận số liệu. Mã biên nhận: " in page.text
    assert "vẫn phải được ký" in page.text
    record = await phone.office.report(UNIT, "2027-05")
    assert (record.status, record.version) == ("submitted", 1)
    assert Value.from_json(record.draft["complaints"]) == NONE_ARISING
    events = await phone.office.events_of(record)
    assert {event["channel"] for event in events} == {"web-form"}


async def test_what_was_typed_in_chat_is_on_the_page_and_the_other_way_round(phone):
    await phone.says("2")
    tab, address, page = await opened(phone)
    async with aclosing(tab):
        assert 'value="dang-xay-dung" checked' in page.text
        await sends(tab, address, page, status="dang-xay-dung", tthc_total="1.234")

    assert "Đang ghi: 1.234" in (await phone.says("sửa mục 2"))[-1]


async def test_cell_that_does_not_fit_stays_with_its_reason_and_the_others_are_written(phone):
    tab, address, page = await opened(phone)
    async with aclosing(tab):
        page = await sends(tab, address, page, tthc_total="rất nhiều", ia_count="1")

    assert 'value="rất nhiều"' in page.text
    assert "Đã lưu 1 số; còn 1 ô cần xem lại" in page.text
    record = await phone.office.report(UNIT, "2027-05")
    assert "tthc_total" not in record.draft
    assert Value.from_json(record.draft["ia_count"]) == Value.of(1)


async def test_number_and_tick_together_are_asked_back(phone):
    tab, address, page = await opened(phone)
    async with aclosing(tab):
        page = await sends(tab, address, page, **{"complaints": "3", "state-complaints": "khong-phat-sinh"})

    assert "vừa có số vừa đánh dấu “Không phát sinh”" in page.text


async def test_stale_figure_is_shown_with_both_values_and_written_only_when_sent_again(phone):
    other = phone.other("2")
    await other.registers(UNIT)
    tab, address, page = await opened(phone)
    await other.opens_report()
    await other.says("sửa mục 2")
    await other.says("90")
    async with aclosing(tab):
        page = await sends(tab, address, page, tthc_total="120")
        assert "90" in page.text
        assert "Anh/chị nhập: 120" in page.text
        record = await phone.office.report(UNIT, "2027-05")
        assert Value.from_json(record.draft["tthc_total"]) == Value.of(90)
        await sends(tab, address, page, tthc_total="120")

    record = await phone.office.report(UNIT, "2027-05")
    assert Value.from_json(record.draft["tthc_total"]) == Value.of(120)


async def test_odd_figures_want_a_reason_before_the_report_leaves(phone):
    tab, address, page = await opened(phone)
    states = {f"state-{key}": "khong-phat-sinh" for key in NONE_AROSE if key != "fund_spent"}
    odd = {**CELLS, "fund_spent": "9 triệu", "fund_plan": "5 triệu", "fund_maint": "9 triệu"}
    async with aclosing(tab):
        page = await sends(tab, address, page, "gui", **odd, **states)
        assert "Còn thiếu mục" in page.text, "spending opens further questions, shown after saving"
        page = await sends(tab, address, page, "gui", **odd, **states)
        assert "Mã biên nhận" not in page.text
        checks = re.findall(r'name="(reason-[^"]+)"', page.text)
        reasons = dict.fromkeys(checks, "Cấp bổ sung trong tháng 12")
        page = await sends(tab, address, page, "gui", **odd, **states, **reasons)

    assert checks == ["reason-R11-vuot"]
    assert "Mã biên nhận" in page.text


async def test_role_that_ended_closes_the_page(phone):
    tab, address, page = await opened(phone)
    await phone.says("/roi")
    await phone.picks(phone.choices[0])
    async with aclosing(tab):
        page = await sends(tab, address, page, tthc_total="120")

    assert page.status_code == 403
    assert "không còn giữ vai trò" in page.text


async def test_pages_run_no_script_and_are_kept_nowhere(phone):
    tab, _, page = await opened(phone)
    await tab.aclose()

    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_without_an_address_the_chat_goes_on(phone):
    phone.office.services.form_address = ""

    said = await phone.says("mở biểu trên web")

    assert said[-1].startswith("Bản này chưa mở biểu trên web được. Ta nhập tiếp ở đây.")
    assert "1/12." in said[-1]


async def test_link_that_opens_on_this_machine_alone_is_offered_in_the_web_chat_alone(phone):
    phone.office.services.form_on_phones = False

    assert "chưa mở biểu trên web được" in (await phone.says("mở biểu trên web"))[-1]
