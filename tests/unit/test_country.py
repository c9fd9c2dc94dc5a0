"""Questions on what became of a commune that no plan names, answered from the country's table."""

from datetime import date

import pytest
from typer.testing import CliRunner

from isobot.adminfiles import load_admin_units
from isobot.cli import app
from knowledge.answer import Asker, Outcome
from knowledge.country import Country

TODAY = date(2026, 11, 21)
SOURCE = "(theo danh mục đơn vị hành chính của cơ quan thống kê, 10/10/2026)."


def ask(knowledge, question, province=None):
    return knowledge.answer(question, Asker(province=province), today=TODAY)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("xã Tân Lập, Đan Phượng, Hà Nội giờ là gì", "được chia vào 2 đơn vị: xã Ô Diên, xã Hoài Đức"),
        ("Phường Trung Sơn thành phố Sầm Sơn giờ là gì", "nay thuộc phường Sầm Sơn, tỉnh Thanh Hóa"),
        ("xa dong thai huyen an bien kien giang gio la xa nao", "nay thuộc xã Đông Thái, tỉnh An Giang"),
        ("Xã Mỹ Hưng của Cao Bằng nay thuộc đâu?", "nay thuộc xã Phục Hòa, tỉnh Cao Bằng"),
        ("phường 4 Sa Đéc Đồng Tháp sáp nhập vào đâu", "nay thuộc phường Sa Đéc, tỉnh Đồng Tháp"),
        ("phường Hạc Thành trước là xã nào", "một phần phường An Hưng"),
        ("đặc khu Phú Quốc trước đây gồm những xã nào", "phường Dương Đông (Phú Quốc)"),
        ("phường Long Thành ở Đồng Nai trước đây là xã nào", "237/NQ-UBTVQH16"),
    ],
)
def test_any_commune_of_the_country_is_told_with_its_source(knowledge, question, says):
    answer = ask(knowledge, question)

    assert answer.outcome is Outcome.ANSWERED
    assert says in answer.text
    assert answer.text.endswith(SOURCE)
    assert answer.citations


def test_the_asker_s_province_comes_first(knowledge):
    answer = ask(knowledge, "xã Đông Thái giờ là gì", "kien-giang")

    assert "huyện An Biên, tỉnh Kiên Giang nay thuộc" in answer.text


def test_a_name_that_many_places_bear_is_asked_back(knowledge):
    answer = ask(knowledge, "xã Tân Tiến giờ là gì")

    assert answer.outcome is Outcome.CLARIFY
    assert "nêu thêm huyện, tỉnh" in answer.text


def test_a_place_that_is_in_neither_list_is_not_made_up(knowledge):
    answer = ask(knowledge, "xã Đông Xuân, Đông Sơn, Thanh Hóa giờ là gì")

    assert answer.outcome is Outcome.REFUSED
    assert "không có xã Đông Xuân ở Đông Sơn, Thanh Hóa" in answer.text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("xã Thành Sơn nay là gì", "Có nhiều đơn vị mang tên này"),
        ("xã Luận Khê giờ thuộc xã nào", "được chia vào 2 đơn vị: xã Luận Thành và xã Tân Thành"),
        ("Xã Trung Sơn, huyện Quan Hóa, Thanh Hóa giờ là xã gì", "UBND xã Trung Sơn, huyện Quan Hóa từ 1/7"),
    ],
)
def test_communes_of_the_plans_are_still_the_rosters_to_answer(knowledge, question, says):
    assert says in ask(knowledge, question).text


@pytest.mark.parametrize(
    "question",
    ["xã tôi sáp nhập thì báo cáo thế nào", "xã nào giờ là phường", "xã báo cáo tháng mấy", "phường là gì"],
)
def test_other_questions_do_not_reach_the_table(knowledge, question):
    assert SOURCE not in ask(knowledge, question).text


def test_the_table_is_read_only_when_a_question_needs_it():
    read = []
    country = Country(lambda: read.append(True) or load_admin_units())

    country.place_in("xã báo cáo tháng mấy")
    assert read == []
    country.place_in("xã Tân Lập giờ là gì")
    assert read


def test_lookup_on_the_command_line():
    found = CliRunner().invoke(app, ["units", "lookup", "xã Đắk Long, Kon Plông, Kon Tum"])
    past = CliRunner().invoke(app, ["units", "lookup", "--before", "phường Long Thành, Đồng Nai"])
    nothing = CliRunner().invoke(app, ["units", "lookup", "xã Không Hề Có"])

    assert "nay thuộc xã Măng Đen, tỉnh Quảng Ngãi." in found.output
    assert "thị trấn Long Thành" in past.output
    assert nothing.exit_code == 1
    assert "Viết như: xã Đắk Long, Kon Plông, Kon Tum." in nothing.output
