"""Entry that costs little and loses nothing: many figures at once, last period's values, doubts, channels."""

from datetime import date, timedelta

import pytest

from isobot.storage import reports
from tests.acceptance.conftest import ANSWERS
from tests.rule_cases import COMMUNE, TODAY

UNIT, RULE, PERIOD = "kg.minh-hoa-mot", "kg-nam-xa", "2026"
EVERYTHING = (
    "đã công bố, quyết định công bố 125/QĐ-UBND ngày 5/3/2024; tổng 120, áp dụng 118, "
    "lý do chưa đưa vào: đang soạn; quy trình 6; văn bản 3, cập nhật đúng hạn 2, lý do chậm: chờ hướng dẫn; "
    "đánh giá 1 lần ngày 10/9; xem xét 1 lần ngày 12/9; không phù hợp 4, khắc phục 4; "
    "khiếu nại 2, đã giải quyết 2; tập huấn 25; kinh phí 10 triệu, được giao 15 triệu, duy trì 10 triệu; "
    "khó khăn: thiếu người, thiếu kinh phí; kiến nghị: mở lớp"
)


@pytest.fixture
async def lan(phone, clock):
    """The reporter of a commune, in the window of its yearly report."""
    clock.move_to(TODAY)
    await phone.registers(UNIT)
    return phone


async def draft(phone) -> dict:
    return (await phone.office.report(UNIT, PERIOD, RULE)).draft


async def opens(phone) -> list[str]:
    return await phone.opens_report("năm 2026")


async def test_the_longest_form_of_a_commune_costs_at_most_thirty_messages(lan):
    before = lan.office.events

    await opens(lan)
    for answer in COMMUNE.values():
        await lan.says(answer)
    said = (await lan.picks("Gửi báo cáo"))[-1]

    assert said.startswith("Đã nhận số liệu. Mã biên nhận:")
    assert lan.office.events - before <= 30


async def test_with_all_figures_in_one_message_it_costs_three(lan):
    before = lan.office.events

    await lan.says("báo cáo")
    read = (await lan.says(EVERYTHING))[-1]
    receipt = (await lan.says("đúng"))[-1]

    assert lan.office.events - before == 3
    assert "Tôi đọc được 24 mục, chưa ghi mục nào" in read
    assert "12. Khó khăn, vướng mắc trong kỳ: thiếu người, thiếu kinh phí" in read
    assert "Đã nhận số liệu. Mã biên nhận:" in receipt
    figures = await draft(lan)
    assert figures["fund_maint"] == {"given": 10_000_000}
    assert figures["ia_last"] == {"date": "2026-09-10"}
    assert figures["announce_no"] == {"given": "125/QĐ-UBND"}


async def test_nothing_is_written_down_before_it_was_read_back_and_confirmed(lan):
    await opens(lan)

    said = (await lan.says("tổng 120, áp dụng 118, đánh giá 1 lần ngày 12/9, khó khăn: thiếu người"))[-1]

    assert "2. Tổng số TTHC thuộc thẩm quyền: 120 thủ tục" in said
    assert "6a. Ngày đánh giá nội bộ gần nhất: 12/09/2026" in said
    assert await draft(lan) == {}
    said = "\n".join(await lan.picks("Đúng, ghi lại"))
    assert "Đã ghi 5 mục" in said
    assert "1/12" in said
    assert len(await draft(lan)) == 5


async def test_a_figure_read_back_wrong_is_typed_again_and_the_rest_stays(lan):
    await opens(lan)
    await lan.says("tổng 120, áp dụng 118")
    await lan.picks("Sửa")

    said = (await lan.says("mục 2: 130"))[-1]
    await lan.says("đúng")

    assert "2. Tổng số TTHC thuộc thẩm quyền: 130 thủ tục" in said
    figures = await draft(lan)
    assert (figures["tthc_total"], figures["tthc_in"]) == ({"given": 130}, {"given": 118})


async def test_what_cannot_be_read_is_named_and_what_is_open_is_asked(lan):
    await opens(lan)

    said = (await lan.says("tổng 120, áp dụng mấy trăm, lý do: đang soạn, xyz 5"))[-1]

    assert "Mục 3 (số TTHC đã đưa vào hệ thống)" in said
    assert "đây là mục 3a" in said
    assert "hay mục 5b" in said
    assert "“xyz 5”: tôi không biết đây là mục nào" in said
    await lan.says("đúng")
    assert await draft(lan) == {"tthc_total": {"given": 120}}


async def test_figures_that_contradict_each_other_are_not_written_down(lan):
    await opens(lan)

    said = (await lan.says("tổng 100, áp dụng 120"))[-1]
    await lan.says("đúng")

    assert "lớn hơn tổng số TTHC" in said
    assert await draft(lan) == {"tthc_total": {"given": 100}}


async def test_numbers_of_fields_do_as_well_as_their_names(lan):
    await opens(lan)
    await lan.says("2: 120; 3: 120; mục 4 6")
    await lan.says("đúng")

    assert await draft(lan) == {
        "tthc_total": {"given": 120},
        "tthc_in": {"given": 120},
        "proc_changes": {"given": 6},
    }


@pytest.mark.parametrize(
    ("key", "answer", "stored"),
    [
        ("tthc_total", "12", {"given": 12}),
        ("fund_spent", "1.234.567", {"given": 1_234_567}),
        ("fund_spent", "3,98 tỷ", {"given": 3_980_000_000}),
        ("difficulties", "Thiếu người, kinh phí ít, đào tạo chưa đủ", None),
        ("difficulties", "Đánh giá 1 lần, tổng hợp chậm", None),
    ],
)
async def test_a_plain_answer_is_no_batch(lan, key, answer, stored):
    await opens(lan)
    for each, usual in ANSWERS.items():
        await lan.says(answer if each == key else usual)
        if each == key:
            break

    assert (await draft(lan))[key] == (stored or {"given": answer})


async def test_a_text_that_reads_like_figures_is_asked_about(lan):
    await opens(lan)
    for answer in list(ANSWERS.values())[:-1]:
        await lan.says(answer)
    text = "Đánh giá 1 lần, tổng 130"

    said = (await lan.says(text))[-1]
    assert "difficulties" not in await draft(lan)
    assert "6. Số lần đánh giá nội bộ trong kỳ: 1 lần (đang ghi: 0 lần)" in said
    await lan.picks("Ghi nguyên văn vào mục 12")

    figures = await draft(lan)
    assert figures["difficulties"] == {"given": text}
    assert figures["ia_count"] == {"given": 0}


async def test_a_decision_typed_with_its_day_is_read_as_both(lan):
    await opens(lan)
    await lan.says("Đã công bố")

    said = (await lan.says("125/QĐ-UBND ngày 5/3/2024"))[-1]
    await lan.says("đúng")

    assert "1b. Ngày ký quyết định công bố: 05/03/2024" in said
    figures = await draft(lan)
    assert figures["announce_no"] == {"given": "125/QĐ-UBND"}
    assert figures["announce_date"] == {"date": "2024-03-05"}


async def test_figures_put_aside_by_a_pause_are_read_back_when_the_report_is_opened_again(lan):
    await opens(lan)
    await lan.says("tổng 120, áp dụng 120")

    assert "chưa được ghi" in "\n".join(await lan.says("tạm dừng"))
    said = "\n".join(await opens(lan))
    assert "Tôi đọc được 2 mục" in said
    await lan.says("đúng")
    assert len(await draft(lan)) == 2


async def test_right_and_stop_are_told_apart_by_their_marks(lan):
    await opens(lan)
    await lan.says("tổng 120, áp dụng 120")

    await lan.says("dừng")

    assert await draft(lan) == {}


async def test_a_report_left_for_a_month_goes_on_at_the_same_figure_on_another_channel(lan, clock):
    await opens(lan)
    await lan.says("2")
    await lan.says("120")
    clock.pass_by(timedelta(days=31))
    await lan.says("tạm dừng")
    await lan.says("/toi")
    said = "\n".join(await lan.picks("Dùng thêm kênh khác"))
    zalo = lan.other("z1", bot="zalo")
    await zalo.says(next(word for word in said.split() if "-" in word and len(word) == 9))

    said = "\n".join(await zalo.opens_report("năm 2026"))

    assert "Đã nhập 2 mục" in said
    assert "3/12" in said
    await zalo.says("120")
    assert (await draft(lan))["tthc_in"] == {"given": 120}


class TestNextPeriod:
    """The year after: what was reported stands beside each question."""

    @pytest.fixture
    async def lan(self, lan, clock):
        await lan.says("báo cáo")
        await lan.says(EVERYTHING)
        await lan.says("đúng")
        clock.move_to(date(2027, 11, 22))
        await lan.opens_report("năm 2027")
        return lan

    async def draft(self, lan) -> dict:
        return (await lan.office.report(UNIT, "2027", RULE)).draft

    async def test_the_last_value_is_shown_and_kept_at_one_tap(self, lan):
        assert "Kỳ trước: Đã công bố." in lan.screen[-1]
        await lan.picks("Giữ nguyên")
        assert "Kỳ trước: 125/QĐ-UBND." in lan.screen[-1]
        await lan.says("như cũ")

        figures = await self.draft(lan)
        assert figures == {"status": {"given": "da-cong-bo"}, "announce_no": {"given": "125/QĐ-UBND"}}

    async def test_all_that_usually_stays_is_kept_in_one_go_after_it_was_read_back(self, lan):
        said = (await lan.picks("Giữ nguyên tất cả"))[-1]

        assert "Tôi đọc được 6 mục, chưa ghi mục nào" in said
        assert await self.draft(lan) == {}
        await lan.says("đúng")
        assert sorted(await self.draft(lan)) == [
            "announce_date",
            "announce_no",
            "status",
            "tthc_in",
            "tthc_out_reason",
            "tthc_total",
        ]
        assert "4/12" in lan.screen[-1]

    async def test_a_figure_far_from_the_last_is_asked_again_and_only_once(self, lan):
        await lan.says("sửa mục 2")
        said = (await lan.says("12"))[-1]

        assert "Kỳ trước mục này là 120 thủ tục" in said
        assert "tthc_total" not in await self.draft(lan)
        await lan.says("đúng")
        assert (await self.draft(lan))["tthc_total"] == {"given": 12}
        await lan.says("sửa mục 2")
        await lan.says("100")
        await lan.says("sửa mục 2")
        assert "Anh/chị nhập đúng vậy chứ" not in "\n".join(await lan.says("12"))
        assert (await self.draft(lan))["tthc_total"] == {"given": 12}

    async def test_another_figure_may_be_typed_instead_of_the_doubted_one(self, lan):
        await lan.says("sửa mục 2")
        await lan.says("12")

        await lan.says("121")

        assert (await self.draft(lan))["tthc_total"] == {"given": 121}

    async def test_a_question_in_between_comes_back_to_the_doubt(self, lan):
        await lan.says("sửa mục 2")
        await lan.says("12")

        assert "Kỳ trước mục này là 120 thủ tục" in "\n".join(await lan.says("/trogiup"))
        await lan.says("đúng")
        assert (await self.draft(lan))["tthc_total"] == {"given": 12}


async def test_practice_takes_many_figures_and_counts_for_nothing(phone, clock):
    clock.move_to(TODAY)
    await phone.says("/baocao")
    await phone.picks("Nhập thử")
    await phone.says(EVERYTHING)

    await phone.says("đúng")

    assert "Kết thúc nhập thử" in phone.choices
    await phone.picks("Kết thúc nhập thử")
    async with phone.office.database.read() as connection:
        assert await reports.count(connection) == 0
