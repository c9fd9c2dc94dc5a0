"""Menus, the steps one at a time, and questions from a file."""

from datetime import date

import pytest

from knowledge.batch import answer_lines

TODAY = date(2026, 11, 21)


def test_the_steps_of_a_province_come_in_order(knowledge):
    numbers = [card.step for card in knowledge.steps("thanh-hoa", "xa")]
    assert numbers == sorted(numbers)
    assert numbers[0] == 1


def test_a_province_without_steps_walks_the_national_ones(knowledge):
    assert {card.scope for card in knowledge.steps("ha-nam", "huyen")} <= {"ha-nam", "national"}
    assert knowledge.steps(None, None)


def test_the_menu_holds_only_the_province_and_what_is_common(knowledge):
    scopes = {c.scope for g in knowledge.menu("kien-giang") for t in g.topics for c in t.cards}
    assert scopes == {"kien-giang", "national", "bot"}


def test_a_file_of_questions_is_answered_line_by_line(knowledge):
    lines = ['{"id": "a", "question": "hạn báo cáo iso", "province": "kien-giang", "unit": null}', ""]
    (line,) = answer_lines(knowledge, lines, today=TODAY)
    assert '"id": "a"' in line
    assert '"outcome": "answered"' in line


def test_a_bad_line_is_named(knowledge):
    with pytest.raises(ValueError, match="line 1"):
        list(answer_lines(knowledge, ['{"id": "a"}'], today=TODAY))
