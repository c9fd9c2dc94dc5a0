"""The unit's head approves from the phone, or gives back; somebody stands in while the head is away."""

from datetime import date

import pytest

from isobot.domain.people import Role
from tests.acceptance.conftest import Phone

UNIT, PERIOD = "th.pu-luong", "2027-05"


@pytest.fixture
def phone(plain_phone):
    return plain_phone


@pytest.fixture
async def head(phone):
    """The head of Pù Luông, who wants to approve."""
    head = phone.other("3", name="Hà Thị Thu")
    await head.registers(UNIT, Role.HEAD)
    await head.says("bật duyệt")
    return head


async def sends(lan: Phone) -> str:
    await lan.registers(UNIT)
    await lan.opens_report()
    await lan.answers()
    return (await lan.picks("Gửi báo cáo"))[-1]


@pytest.fixture
async def lan(phone, head):
    """The reporter, whose complete report waits for the head."""
    await sends(phone)
    return phone


async def status(phone) -> str:
    return (await phone.office.report(UNIT, PERIOD)).status


async def test_a_report_waits_for_the_head_and_is_not_in(lan, head):
    assert await status(lan) == "pending"
    assert "Đã trình lãnh đạo duyệt" in lan.screen[-1]
    told = head.screen[-1]
    assert told.startswith(
        "Chờ anh/chị duyệt: báo cáo tháng 5/2027 của UBND xã Pù Luông, do Phạm Thị Lan lập"
    )
    assert "còn 11 ngày" in told
    assert (
        told.index("Kỳ trước không có số liệu để so.")
        < told.index("Không có lưu ý.")
        < told.index("Số liệu:")
    )
    assert "chờ lãnh đạo đơn vị duyệt" in (await lan.says("tiến độ"))[-1]


async def test_approval_by_word_sends_it_with_receipts_to_both(lan, head):
    await head.says("duyệt báo cáo")
    said = (await head.says("duyệt"))[-1]

    assert await status(lan) == "submitted"
    assert "Mã biên nhận: TH-2027-" in said
    assert "Lãnh đạo đã duyệt" in lan.screen[-1]
    assert lan.messages[-1].reply.attachment is not None
    assert "Văn bản chính thức vẫn phải được ký" in lan.screen[-1]


async def test_approval_by_one_button_from_the_message(office):
    lan = Phone(office, buttons=True)
    head = lan.other("3", name="Hà Thị Thu")
    await head.registers(UNIT, Role.HEAD)
    await head.says("bật duyệt")
    await sends(lan)

    await head.picks("Duyệt")

    assert await status(lan) == "submitted"


async def test_figures_changed_after_the_request_are_not_approved_unseen(lan, head):
    request = head.messages[-1].reply.choices[0].key
    await lan.opens_report()
    await lan.says("sửa mục 4")
    await lan.says("8")
    assert await status(lan) == "draft"
    await lan.picks("Gửi báo cáo")

    said = "\n".join(await head.presses_key(request))

    assert "có thay đổi sau khi anh/chị xem" in said
    assert await status(lan) == "pending"
    await head.says("duyệt")
    assert await status(lan) == "submitted"


async def test_the_head_gives_back_one_figure_with_a_reason(lan, head):
    await head.says("duyệt báo cáo")
    await head.says("trả mục 4: hỏi lại bộ phận một cửa")

    assert await status(lan) == "draft"
    assert "Lãnh đạo đơn vị trả lại" in lan.screen[-1]
    asked = (await lan.picks("Sửa mục 4"))[-1]
    assert "hỏi lại bộ phận một cửa" in asked
    await lan.says("5")
    await lan.picks("Gửi báo cáo")
    await head.says("duyệt báo cáo")
    await head.says("duyệt")
    assert await status(lan) == "submitted"


async def test_a_correction_waits_while_the_sent_version_counts(lan, head):
    await head.says("duyệt báo cáo")
    await head.says("duyệt")
    await lan.opens_report()
    await lan.says("sửa mục 4")
    await lan.says("9")
    await lan.picks("Gửi bản sửa")

    record = await lan.office.report(UNIT, PERIOD)
    assert (record.status, record.version) == ("submitted", 1)
    assert "đây là bản sửa" in head.screen[-1]
    await head.says("duyệt báo cáo")
    await head.says("duyệt")
    assert (await lan.office.report(UNIT, PERIOD)).version == 2


async def test_only_the_head_turns_approval_on(phone):
    await phone.registers(UNIT)

    assert "dành cho lãnh đạo" in (await phone.says("bật duyệt"))[-1]


async def test_a_head_of_another_unit_approves_nothing(lan, head):
    request = head.messages[-1].reply.choices[0].key
    other = lan.other("6", name="Lãnh đạo xã khác")
    await other.registers("th.trung-thanh", Role.HEAD)

    await other.presses_key(request)

    assert await status(lan) == "pending"


async def test_reminders_run_on_while_it_waits_and_the_head_hears_them(lan, head, clock, office):
    clock.move_to(date(2027, 5, 28))

    await office.tick()

    assert "Báo cáo đang chờ lãnh đạo đơn vị duyệt, chưa được gửi." in lan.screen[-1]
    assert "chờ anh/chị duyệt mới được gửi" in head.screen[-1]
    await head.picks("Duyệt báo cáo")
    await head.says("duyệt")
    assert await status(lan) == "submitted"


async def test_who_stands_in_for_the_reporter_is_reminded(phone, clock, office):
    await phone.registers(UNIT)
    head = phone.other("3", name="Hà Thị Thu")
    await head.registers(UNIT, Role.HEAD)
    await phone.says("ủy quyền cho Hà Thị Thu từ 20/5 đến 30/5")
    clock.move_to(date(2027, 5, 28))

    await office.tick()

    assert "Gõ “báo cáo” để nhập" in head.screen[-1]


async def test_who_stands_in_approves_and_no_longer_after_the_last_day(lan, head, clock):
    son = lan.other("4", name="Lò Văn Sơn")
    await son.registers(UNIT, Role.DEPUTY)
    said = (await head.says("ủy quyền cho Lò Văn Sơn từ 20/5 đến 24/5"))[-1]
    assert "từ 20/05/2027 đến hết 24/05/2027" in said
    assert "ủy quyền cho anh/chị" in son.screen[-1]

    clock.move_to(date(2027, 5, 25))
    await son.says("duyệt báo cáo")
    assert "dành cho lãnh đạo" in son.screen[-1]
    clock.move_to(date(2027, 5, 24))
    await son.says("duyệt báo cáo")
    await son.says("duyệt")

    assert await status(lan) == "submitted"
    events = await lan.office.events_of(await lan.office.report(UNIT, PERIOD))
    assert [e["kind"] for e in events][-3:] == ["ask", "approve", "submit"]


async def test_standing_in_can_be_ended_at_once(lan, head):
    son = lan.other("4", name="Lò Văn Sơn")
    await son.registers(UNIT, Role.DEPUTY)
    await head.says("ủy quyền")
    await head.picks("Lò Văn Sơn")
    await head.says("đến 30/5")
    await head.says("ủy quyền")
    await head.picks("Kết thúc ủy quyền cho Lò Văn Sơn")

    await son.says("duyệt báo cáo")

    assert "dành cho lãnh đạo" in son.screen[-1]


async def test_an_officer_away_lends_the_reporting_too(phone):
    await phone.registers(UNIT)
    head = phone.other("3", name="Hà Thị Thu")
    await head.registers(UNIT, Role.HEAD)
    assert "chưa đăng ký báo cáo" in (await head.says("báo cáo"))[-1]

    await phone.says("ủy quyền cho Hà Thị Thu từ 20/5 đến 30/5")

    assert "tháng 5/2027" in (await head.says("báo cáo"))[-1]
    assert "đang được ủy quyền" in (await head.says("tôi là ai"))[-1]


async def test_nothing_can_be_lent_to_somebody_of_another_unit(phone):
    await phone.registers(UNIT)
    other = phone.other("6", name="Người xã khác")
    await other.registers("th.trung-thanh")

    said = "\n".join(await phone.says("ủy quyền cho Người xã khác từ 20/5 đến 30/5"))

    assert "chưa rõ" in said or "chưa có ai khác" in said
