"""Phrases that lead up to a question are left out, and numbers spelt out become figures."""

import pytest

from knowledge.spoken import in_figures, without_fillers

FILLERS = {"noi": [("noi", "chung", "la"), ("noi", "chung")]}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("chín mươi hai xã", "92 xã"),
        ("hai muoi hai so", "22 so"),
        ("ba mươi đơn vị", "30 đơn vị"),
        ("ba mươi mốt", "31"),
        ("tháng mười hai", "tháng 12"),
        ("tháng mười làm gì", "tháng mười làm gì"),
        ("thang muoi lam gi", "thang muoi lam gi"),
        ("mười lăm lớp", "15 lớp"),
        ("mười đơn vị", "mười đơn vị"),
        ("một mười", "một mười"),
        ("năm nào", "năm nào"),
    ],
)
def test_numbers_spelt_out_become_figures(typed, read):
    assert in_figures(typed.split()) == read.split()


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("Nói chung xã em làm năm nào", "xã em làm năm nào"),
        ("xã em nói chung là làm năm nào", "xã em làm năm nào"),
        ("nói chuyện với ai", "nói chuyện với ai"),
        ("nói chung", "nói chung"),
    ],
)
def test_what_only_leads_up_to_a_question_is_left_out(typed, left):
    assert without_fillers(typed.split(), FILLERS) == left.split()
