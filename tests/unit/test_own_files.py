"""An office's own ladder, hours, rules and days off stand in its data folder, in place of isobot's."""

from datetime import date, time
from pathlib import Path

import pytest

from isobot.content import load_content
from isobot.domain.deadlines import Audience, open_periods
from isobot.errors import DataFileError

LADDER = """
steps:
  - {name: T-5, days: -5, to: [reporter]}
  - {name: T+2, days: 2, to: [reporter, head, receiver]}
duties:
  - {name: T-5, days: -5, to: [reporter]}
"""
HOURS = """
begins: "07:30"
ends: "16:30"
quiet_days: [{day: 2027-05-24, why: Họp tỉnh}]
"""
YEAR = """
year: 2027
official: true
days_off: [{day: 2027-05-28, why: Ví dụ}]
working_days: [{day: 2027-05-29, why: Làm bù}]
"""
RULES = """
province: thanh-hoa
rules:
  - id: th-xa
    title: Báo cáo của UBND cấp xã
    levels: [xa]
    occurrences:
      - {key: "{year}-05", label: "tháng 5/{year}", last_day: 20/5, opens: month, covers: [1/11, 20/5]}
    recipient: Sở Khoa học và Công nghệ
    form: xa-rut-gon
    basis: [{document: thanh-hoa, section: Điều 2 khoản 5}]
    nature: plan
    date_nature: office-setting
    first_year: 2022
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_folder_without_files_of_the_office_changes_nothing(tmp_path):
    mine, shipped = load_content(own=tmp_path), load_content()

    assert (mine.rules, mine.ladder, mine.duty_ladder, mine.calendar) == (
        shipped.rules,
        shipped.ladder,
        shipped.duty_ladder,
        shipped.calendar,
    )


def test_office_has_a_ladder_of_its_own(tmp_path):
    content = load_content(own=written(tmp_path, "ladder.yaml", LADDER))

    assert [step.name for step in content.ladder] == ["T-5", "T+2"]
    assert content.ladder[1].audiences == {Audience.REPORTER, Audience.HEAD, Audience.RECEIVER}
    assert [step.name for step in content.duty_ladder] == ["T-5"]


def test_office_has_hours_and_days_of_its_own(tmp_path):
    written(tmp_path, "hours.yaml", HOURS)
    calendar = load_content(own=written(tmp_path, "calendar/2027.yaml", YEAR)).calendar

    assert (calendar.begins, calendar.ends) == (time(7, 30), time(16, 30))
    assert not calendar.is_working(date(2027, 5, 24))
    assert not calendar.is_working(date(2027, 5, 28))
    assert calendar.is_working(date(2027, 5, 29))
    assert calendar.is_official(2027)
    assert calendar.is_official(2026)  # of isobot's own file, which stays


def test_file_of_a_province_stands_in_place_of_isobots(tmp_path):
    rules = load_content(own=written(tmp_path, "rules/thanh-hoa.yaml", RULES)).rules

    (rule,) = rules.for_province("thanh-hoa")
    assert [p.last_day for p in open_periods(rule, date(2027, 5, 3))] == [date(2027, 5, 20)]
    assert rules.for_province("kon-tum")


def test_mistake_in_a_file_of_the_office_is_told_with_its_name(tmp_path):
    own = written(tmp_path, "ladder.yaml", LADDER.replace("days: 2,", "days: 3,"))

    with pytest.raises(DataFileError, match=r'"T\+2" must have days: 2') as refused:
        load_content(own=own)
    assert refused.value.path == own / "ladder.yaml"
