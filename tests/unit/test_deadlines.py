"""Who reports when: the rules of five provinces and the national one, and what is said of each."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.domain.deadlines import (
    Nature,
    find_period,
    last_day_on_time,
    late_periods,
    next_period,
    open_periods,
    periods_between,
    reporting_units,
)
from isobot.domain.units import Level
from isobot.errors import DataFileError
from isobot.rulefiles import load_ladder, load_rules
from isobot.unitfiles import load_provinces, load_units, shipped_units

BOOK = load_rules()
UNITS = load_units()
RULES = st.sampled_from(BOOK.rules)
DAYS = st.dates(date(2023, 1, 1), date(2040, 12, 31))


def keys(periods):
    return [period.key for period in periods]


def test_before_the_15th_means_the_14th():
    assert last_day_on_time(date(2026, 12, 15), exclusive=True) == date(2026, 12, 14)
    assert last_day_on_time(date(2026, 12, 15), exclusive=False) == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("rule", "periods"),
    [
        ("kg-nam", ["2026 14/11-14/12", "2027 14/11-14/12"]),
        ("kg-nam-xa", ["2026 14/11-14/12", "2027 14/11-14/12"]),
        ("th-xa", ["2026-05 1/5-31/5", "2026-10 1/10-31/10", "2027-05 1/5-31/5", "2027-10 1/10-31/10"]),
        ("tq-6-thang", ["2026-H1 15/5-14/6", "2026 14/11-14/12", "2027-H1 15/5-14/6", "2027 14/11-14/12"]),
        ("kt-nam", ["2026 14/11-14/12", "2027 14/11-14/12"]),
        ("kt-nam-chi-cuc", ["2026 14/11-14/12", "2027 14/11-14/12"]),
        ("qg-thang-12", ["2026 1/12-31/12", "2027 1/12-31/12"]),
    ],
)
def test_windows_of_2026_and_2027(rule, periods):
    found = periods_between(BOOK.by_id(rule), date(2026, 1, 1), date(2027, 12, 31))

    assert [
        f"{p.key} {p.opens.day}/{p.opens.month}-{p.last_day.day}/{p.last_day.month}" for p in found
    ] == periods


def test_every_province_has_rules_or_says_that_it_has_none():
    for slug in load_provinces():
        assert bool(BOOK.for_province(slug)) != bool(BOOK.silence(slug))
    assert "không nêu" in BOOK.silence("ha-nam")


@pytest.mark.parametrize(
    ("rule", "duty", "day", "inherited"),
    [
        ("kg-nam", Nature.PLAN, Nature.PLAN, True),
        ("kg-nam-xa", Nature.PLAN, Nature.OFFICE, True),
        ("th-xa", Nature.PLAN, Nature.OFFICE, True),
        ("tq-6-thang", Nature.PLAN, Nature.OFFICE, True),
        ("kt-nam", Nature.PLAN, Nature.OFFICE, True),
        ("kt-nam-chi-cuc", Nature.OFFICE, Nature.OFFICE, True),
        ("qg-thang-12", Nature.LAW, Nature.OFFICE, False),
    ],
)
def test_law_plan_and_office_setting_are_told_apart(rule, duty, day, inherited):
    found = BOOK.by_id(rule)

    assert (found.nature, found.date_nature, found.inherited) == (duty, day, inherited)
    assert ("(kế thừa, chưa xác minh hiệu lực)" in found.remark()) is inherited
    assert found.nature.label in found.remark()
    assert found.date_nature.label in found.remark()


def test_every_rule_stands_somewhere_and_has_a_form():
    for rule in BOOK.rules:
        assert all(basis.document and basis.section for basis in rule.basis)
        assert all(rule.form_for(level) for level in rule.levels)


@pytest.mark.parametrize(
    ("rule", "key", "many"),
    [
        ("th-xa", "2026-10", 56),  # the successors of the 92
        ("th-xa", "2025-05", 92),  # the last period of the old communes
        ("th-xa", "2025-10", 56),
        ("kt-nam", "2026", 20 + 40),
        ("kt-nam", "2024", 20 + 10 + 102),
        ("kt-nam-chi-cuc", "2026", 15),
        ("tq-6-thang", "2027-H1", 18),  # 17 of the 18 certified, and Sở TTTT; the districts are gone
        ("tq-6-thang", "2024", 25),
        ("kg-nam", "2026", 6),  # Sở KHCN and the invented ones
        ("kg-nam-xa", "2026", 4),
        ("qg-thang-12", "2026", 4),  # the lead offices; Hà Nam's is not known
    ],
)
def test_who_must_report_exists_on_the_last_day(rule, key, many):
    rule = BOOK.by_id(rule)

    assert len(reporting_units(rule, find_period(rule, key), UNITS)) == many


def test_unit_finds_its_rules():
    units = shipped_units()

    def rules_of(code):
        return [rule.id for rule in BOOK.for_unit(units.get(code))]

    assert rules_of("th.pu-luong") == ["th-xa"]
    assert rules_of("kt.so-khcn") == ["kt-nam", "qg-thang-12"]
    assert rules_of("kt.chi-cuc-tdc") == ["kt-nam-chi-cuc"]
    assert rules_of("hn.so-minh-hoa-mot") == []


def test_open_late_and_next_period_of_a_commune():
    rule = BOOK.by_id("th-xa")

    def around(day):
        following = next_period(rule, day)
        return keys(open_periods(rule, day)), keys(late_periods(rule, day)), following and following.key

    assert around(date(2026, 10, 1)) == (["2026-10"], ["2026-05"], "2027-05")
    assert around(date(2026, 10, 31)) == (["2026-10"], ["2026-05"], "2027-05")
    assert around(date(2026, 11, 21)) == ([], ["2026-05", "2026-10"], "2027-05")
    assert around(date(2027, 4, 30)) == ([], ["2026-10"], "2027-05")
    assert around(date(2027, 5, 1)) == (["2027-05"], ["2026-10"], "2027-10")


def test_figures_of_two_periods_do_not_overlap_within_a_rule():
    for rule in BOOK.rules:
        if rule.id == "tq-6-thang":
            continue  # the report of the year takes in its first half
        periods = periods_between(rule, date(2025, 1, 1), date(2030, 12, 31))
        for one, following in pairwise(periods):
            assert following.covers_from == one.covers_to + timedelta(days=1)


@settings(deadline=None)  # shared machines are slow now and then
@given(RULES, DAYS)
def test_no_day_is_open_and_late_in_one_period(rule, day):
    opened, late = set(keys(open_periods(rule, day))), set(keys(late_periods(rule, day)))

    assert not opened & late
    following = next_period(rule, day)
    assert following.opens > day
    assert following.key not in opened | late


@settings(deadline=None)  # shared machines are slow now and then
@given(RULES, DAYS)
def test_period_is_found_by_its_key(rule, day):
    for period in periods_between(rule, day, day + timedelta(days=400)):
        assert find_period(rule, period.key) == period


@pytest.mark.parametrize("key", ["", "2027-11", "năm 2027", "0000", "2019", "٢٠٢٧"])
def test_key_of_no_period_is_none(key):
    assert find_period(BOOK.by_id("th-xa"), key) is None


GOOD = """province: thanh-hoa
rules:
  - id: a
    title: t
    levels: [xa]
    occurrences:
      - {key: "{year}", label: "năm {year}", before: 15/12, opens_days_before: 30, covers: [1/1, 31/12]}
    recipient: r
    form: {xa: f}
    basis: [{document: d, section: s}]
    nature: plan
    date_nature: plan
    first_year: 2021
"""


def test_form_may_differ_by_level(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")

    assert load_rules(tmp_path).by_id("a").form_for(Level.XA) == "f"


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("before: 15/12", "before: 31/6", "there is no day 31/6"),
        ("before: 15/12", "before: 15-12", "must be a day and a month"),
        ("before: 15/12", "before: 15/12, last_day: 14/12", 'either "last_day" or "before"'),
        ("opens_days_before: 30", "opens: year", "month"),
        ("levels: [xa]", "levels: [xa, so]", "must name a form"),
        ("nature: plan", "nature: maybe", "'law', 'plan' or 'office-setting'"),
        ("levels: [xa]", "levels: [thôn]", "line 5"),
        ("  - id: a", "  - id: a\n    colour: red", "colour"),
    ],
)
def test_mistake_in_a_rule_file_is_told_with_its_place(tmp_path, right, wrong, told):
    (tmp_path / "a.yaml").write_text(GOOD.replace(right, wrong, 1), encoding="utf-8")

    with pytest.raises(DataFileError) as refused:
        load_rules(tmp_path)
    assert told in str(refused.value)
    assert "line" in refused.value.place


def test_two_rules_of_one_id_are_refused(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")

    with pytest.raises(DataFileError, match="stands twice"):
        load_rules(tmp_path)


@pytest.mark.parametrize(
    "steps",
    [
        "[{name: T, days: 1, to: [head]}]",
        "[{name: T+1, days: 1, to: [head]}, {name: T, days: 0, to: [head]}]",
    ],
)
def test_ladder_whose_names_and_days_disagree_is_refused(tmp_path, steps):
    (tmp_path / "ladder.yaml").write_text(f"steps: {steps}\n", encoding="utf-8")

    with pytest.raises(DataFileError):
        load_ladder(tmp_path / "ladder.yaml")
