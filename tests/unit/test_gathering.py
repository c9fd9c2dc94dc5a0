"""What the province's own report is filled with, and what is left open."""

from datetime import date

import pytest

from isobot.actions.gathering import _parts
from isobot.domain.deadlines import find_period
from isobot.domain.filing import add_up, file_figures
from isobot.domain.gathering import gather
from isobot.domain.period_totals import GroupTotals, PeriodTotals
from isobot.domain.rollup import make_totals
from isobot.domain.standings import Standing, stand
from isobot.domain.units import Level, Unit
from isobot.domain.values import BLANK, NONE_ARISING, Value
from isobot.formfiles import load_forms
from isobot.rulefiles import load_rules
from tests.rule_cases import AGENCY, AGENCY_FORM, COMMUNE, COMMUNE_FORM, PROVINCE_FORM, TODAY

FORMS, RULES = load_forms(), load_rules()
FORM = FORMS.get(PROVINCE_FORM)
BASE = {Level.XA: COMMUNE, Level.SO: AGENCY}
FORM_OF = {Level.XA: COMMUNE_FORM, Level.SO: AGENCY_FORM}


def unit(code: str, level: Level) -> Unit:
    return Unit(code=f"th.{code}", name=f"Đơn vị {code}", kind="xã", level=level, province="thanh-hoa")


def totals(level: Level, **reports: dict[str, str] | Standing) -> GroupTotals:
    """The totals of some units: what each answered, or how it stands without figures."""
    form = FORMS.get(FORM_OF[level])
    standings = {f"th.{c}": t if isinstance(t, Standing) else Standing.ON_TIME for c, t in reports.items()}
    filed = []
    for told in reports.values():
        if isinstance(told, Standing):
            continue
        values: dict[str, Value] = {}
        while (field := form.next_field(values)) is not None:
            values[field.key] = field.parse({**BASE[level], **told}[field.key], today=TODAY)
        filed += file_figures(form, values)
    roll = stand([unit(code, level) for code in reports], standings=standings)
    return GroupTotals(level.value, level.label, make_totals(form, roll, add_up(filed)))


def period(key: str, *groups: GroupTotals) -> PeriodTotals:
    rule = RULES.by_id("th-xa")
    found = find_period(rule, key)
    return PeriodTotals(rule, found, "thanh-hoa", groups[0].totals, groups)


def test_each_level_is_counted_on_its_own_and_sums_go_over_all():
    made = period(
        "2026-10",
        totals(Level.SO, a={}, b={"standard": "TCVN ISO 9001:2008", "medium": "giấy"}, c=Standing.MISSING),
        totals(Level.XA, d={}, e={"status": "Chưa xây dựng"}, f=Standing.LATE),
    )
    filled = gather(FORM, [made])
    assert [filled[key] for key in ("required_so", "ontime_so", "required_xa", "late_xa")] == [
        Value.of(n) for n in (3, 2, 3, 1)
    ]
    assert [filled[key] for key in ("applied_so", "converted_so", "eiso_so", "applied_xa")] == [
        Value.of(n) for n in (2, 1, 1, 1)
    ]
    assert filled["tthc_total"] == Value.of(4 * 120)
    assert filled["units_spent"] == Value.of(2 * 38_000_000 + 2 * 10_000_000)
    assert filled["coverage"].given == ("2/3 cơ quan, thiếu: Đơn vị c. 3/3 xã, đủ")
    assert filled["mandatory_total"] == Value.of(3)


def test_level_that_nobody_reports_for_arises_nowhere_and_one_without_reports_stays_open():
    filled = gather(FORM, [period("2026-10", totals(Level.XA, a=Standing.MISSING, b=Standing.RETURNED))])
    assert filled["required_xa"] == Value.of(2)
    assert filled["ontime_xa"] == Value.of(0)
    assert filled["applied_xa"] == BLANK
    assert filled["nc_found"] == BLANK
    assert filled["required_so"] == NONE_ARISING
    complete = FORM.complete(filled)
    assert complete["missing_xa"] == Value.of(2)
    assert "applied_huyen" not in complete


def test_nothing_arising_everywhere_stays_nothing_arising():
    group = totals(Level.XA, a={"complaints": "kps"}, b={"complaints": "kps"})
    assert gather(FORM, [period("2026-10", group)])["complaints"] == NONE_ARISING


def test_states_are_of_the_latest_period_and_events_of_all():
    may = period("2026-05", totals(Level.XA, a={"tthc_total": "300", "tthc_in": "300"}, b={}))
    october = period("2026-10", totals(Level.XA, a={}, b=Standing.MISSING))
    filled = gather(FORM, [october, may])
    assert filled["tthc_total"] == Value.of(120)
    assert filled["nc_found"] == Value.of(12)
    assert filled["announced_xa"] == Value.of(1)


@pytest.mark.parametrize(
    ("rule", "parts"),
    [("th-xa", ["2026-10", "2026-05"]), ("tq-6-thang", ["2026"]), ("kt-nam", ["2026"]), ("qg-thang-12", [])],
)
def test_half_years_are_not_added_to_the_year_that_holds_them(rule, parts):
    december = find_period(RULES.by_id("qg-thang-12"), "2026")
    assert (december.covers_from, december.covers_to) == (date(2025, 12, 15), date(2026, 12, 14))
    assert [part.key for part in _parts(RULES.by_id(rule), december)] == parts
