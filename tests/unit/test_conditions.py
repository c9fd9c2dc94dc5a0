"""Conditions of forms: they hold, break, or cannot be decided yet."""

from datetime import date

import pytest

from isobot.domain.expressions import Facts, read_condition
from isobot.domain.values import BLANK, NONE_ARISING, Value

TODAY = date(2026, 11, 21)
YEAR = (date(2025, 12, 15), date(2026, 12, 14))


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"le": ["two", "three"]}, True),
        ({"lt": ["three", "two"]}, False),
        ({"eq": [{"sum": ["two", "three"]}, 5]}, True),
        ({"eq": [{"difference": ["three", "two"]}, 1]}, True),
        ({"sum_equals": {"total": "three", "parts": ["two", "none"]}}, False),
        ({"ge": ["none", 0]}, True),
        ({"ge": ["blank", 0]}, None),
        ({"ge": ["unanswered", 0]}, None),
        ({"eq": [{"sum": ["two", "blank"]}, 2]}, None),
        ({"le": ["two", "day"]}, None),
        ({"one_of": ["choice", ["a", "b"]]}, True),
        ({"one_of": ["yes", ["co"]]}, True),
        ({"given": "two"}, True),
        ({"given": "none"}, False),
        ({"given": "unanswered"}, None),
        ({"requires": {"if": {"gt": ["two", 0]}, "then": "blank"}}, False),
        ({"requires": {"if": {"gt": ["none", 0]}, "then": "blank"}}, True),
        ({"requires": {"if": {"gt": ["two", 0]}, "then": "unanswered"}}, None),
        ({"in_period": "day"}, True),
        ({"whole_year": True}, True),
        ({"all": [{"given": "two"}, {"given": "unanswered"}]}, None),
        ({"all": [{"given": "none"}, {"given": "unanswered"}]}, False),
        ({"any": [{"given": "two"}, {"given": "unanswered"}]}, True),
        ({"not": {"given": "two"}}, False),
    ],
)
def test_condition_holds_breaks_or_is_undecided(condition, outcome):
    values = {
        "two": Value.of(2),
        "three": Value.of(3),
        "none": NONE_ARISING,
        "blank": BLANK,
        "day": Value.of(TODAY),
        "choice": Value.of("a"),
        "yes": Value.of(True),
    }
    assert read_condition(condition).holds(Facts(values, YEAR)) is outcome


@pytest.mark.parametrize(
    "raw",
    [
        "a", {}, {"le": ["a"]}, {"le": "a"}, {"nearly": ["a", "b"]}, {"le": ["a", {"times": [1, 2]}]},
        {"le": ["a", True]}, {"given": 3}, {"one_of": ["a", "b"]}, {"whole_year": False},
        {"requires": {"if": {"given": "a"}}}, {"sum_equals": ["a", "b"]}, {"all": []},
        {"le": ["a", "b"], "lt": ["a", "b"]},
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused_when_the_form_is_read(raw):
    with pytest.raises(ValueError, match=r"this is|is no|makes no|whole_year"):
        read_condition(raw)
