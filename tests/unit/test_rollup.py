"""Totals: what is added up, out of how many; missing is missing, never zero."""

from dataclasses import replace
from datetime import date

import pytest

from isobot.domain.filing import add_up, file_figures, merge, without
from isobot.domain.forms import BLANK_LABEL, NONE_ARISING_LABEL, Ratio
from isobot.domain.rollup import make_totals
from isobot.domain.standings import Standing, stand
from isobot.domain.values import BLANK, NONE_ARISING, Value

SENT = {
    "status": Value.of("da-cong-bo"),
    "announce_no": Value.of("12/QĐ-UBND"),
    "announce_date": Value.of(date(2026, 3, 2)),
    "tthc_total": Value.of(120),
    "tthc_in": Value.of(118),
    "tthc_out_reason": Value.of("Đang soạn quy trình"),
    "ia_count": Value.of(0),
    "nc_found": NONE_ARISING,
    "complaints": BLANK,
}


@pytest.fixture
def form(services):
    return services.forms.get("xa-rut-gon", 1)


@pytest.fixture
def communes(services):
    return services.directory.roster("thanh-hoa")[:4]


def total_of(form, communes, reports):
    sums = add_up(figure for values in reports for figure in file_figures(form, values))
    standings = {unit.code: Standing.ON_TIME for unit, _ in zip(communes, reports, strict=False)}
    return make_totals(form, stand(communes, standings=standings), sums)


def test_missing_units_are_named_and_count_as_nothing(form, communes):
    totals = total_of(form, communes, [SENT, SENT])

    assert totals.get("tthc_in").sum == 236
    assert totals.denominator() == "2/4 xã"
    assert totals.coverage() == f"2/4 xã, thiếu: {communes[2].place_name}; {communes[3].place_name}"
    assert totals.coverage(most=1).endswith(f"thiếu: {communes[2].place_name}; và 1 đơn vị khác")
    assert totals.timeliness() == "đúng hạn 2, chưa gửi 2"


def test_zero_blank_and_nothing_arising_are_counted_apart(form, communes):
    totals = total_of(form, communes, [SENT, {**SENT, "ia_count": Value.of(2), "complaints": Value.of(3)}])

    audits, complaints, faults = (totals.get(key) for key in ("ia_count", "complaints", "nc_found"))
    assert (audits.given, audits.at_least_one, audits.sum) == (2, 1, 2)
    assert (complaints.given, complaints.blank, complaints.sum) == (1, 1, 3)
    assert (faults.given, faults.none_arising, faults.sum) == (0, 2, 0)
    assert faults.show() == NONE_ARISING_LABEL
    assert complaints.parts() == "1 đơn vị có số, 1 chưa có số liệu"


def test_a_field_without_any_figure_shows_no_zero(form, communes):
    totals = total_of(form, communes, [SENT])

    assert totals.get("complaints").show() == BLANK_LABEL
    assert totals.get("train_people").sum is None
    assert total_of(form, communes, []).get("tthc_total").show() == BLANK_LABEL


def test_the_procedures_of_many_units_are_not_called_those_of_the_province(form, communes):
    procedures = total_of(form, communes, [SENT, SENT]).get("tthc_total")

    assert "lượt TTHC theo đơn vị, không phải số TTHC của tỉnh" in procedures.label
    assert procedures.show() == "240 thủ tục"


def test_shares_are_worked_out_from_the_sums(form, communes):
    form = replace(form, ratios=(Ratio("share", "Tỷ lệ TTHC trong hệ thống", "tthc_in", "tthc_total"),))
    small = {**SENT, "tthc_total": Value.of(10), "tthc_in": Value.of(1)}

    (share,) = total_of(form, communes, [SENT, small]).ratios

    assert share.percent == pytest.approx(100 * 119 / 130)
    assert share.show() == "91,5% (119/130)"


def test_choices_are_counted_and_computed_figures_added(form, communes):
    totals = total_of(form, communes, [SENT, {**SENT, "status": Value.of("dang-ap-dung")}])

    counted = {option.key: units for option, units in totals.get("status").choices}
    assert counted == {"chua-xay-dung": 0, "dang-xay-dung": 0, "dang-ap-dung": 1, "da-cong-bo": 1}
    assert totals.get("tthc_out").sum == 4


def test_sums_of_different_reports_add_and_can_be_taken_out_again(form):
    one, other = (add_up(file_figures(form, v)) for v in (SENT, {**SENT, "tthc_in": Value.of(1)}))

    both = merge(one, other)

    assert set(without(both, other)) == set(one)
    assert {s.units for s in both if s.field == "tthc_in"} == {2}
