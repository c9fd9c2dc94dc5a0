"""The tree of units on a day, and old reports in the structure of now."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isobot.domain.deadlines import find_period, receiving_unit
from isobot.domain.tree import FateKind, as_of, regroup, structure
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.rulefiles import load_rules
from isobot.unitfiles import load_units, parse_unit_table, shipped_units

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
BOOK = load_rules()
UNITS = load_units()
DIRECTORY = shipped_units()


@pytest.fixture
def units():
    return DIRECTORY


def test_commune_stands_below_its_district_until_the_districts_end(units):
    dak_tram = units.get("kt.dak-to.dak-tram") or units.find("xã Đăk Trăm", on=BEFORE)[0]

    assert units.parent_of(dak_tram, BEFORE).name == "UBND huyện Đăk Tô"
    assert units.parent_of(dak_tram, AFTER) is None
    assert len(units.children_of("kt.huyen-dak-to", BEFORE)) == 9
    assert units.children_of("kt.huyen-dak-to", AFTER) == ()


def test_structure_of_then_has_districts_and_the_structure_of_now_has_none(units):
    then = structure(units, "kon-tum", BEFORE)
    now = structure(units, "kon-tum", AFTER)

    districts = [b for b in then if b.unit and b.unit.level is Level.HUYEN]
    assert len(districts) == 10
    assert sum(len(b.below) for b in districts) == 102
    assert not any(b.below for b in now)
    assert sum(b.unit.level is Level.XA for b in now) == 40


def test_districts_that_are_only_headings_hold_their_communes(units):
    then = [b for b in structure(units, "thanh-hoa", BEFORE) if b.below]

    assert {b.title: len(b.below) for b in then}["Bá Thước"] == 17
    assert all(b.unit is None for b in then)
    assert sum(len(b.units()) for b in then) == 92


@given(st.sampled_from(["kon-tum", "thanh-hoa", "kien-giang"]), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_structure_holds_every_unit_of_its_day_once(province, day):
    listed = [u.code for b in structure(DIRECTORY, province, day) for u in b.units()]

    assert sorted(listed) == sorted(u.code for u in DIRECTORY.active_on(day, province))


def test_fate_of_communes_and_districts(units):
    def fate(code, day=AFTER):
        found = as_of(units, units.get(code), day)
        return found.kind, [u.code for u in found.units]

    assert fate("th.quan-hoa.thanh-son") == (FateKind.WHOLE, ["th.trung-thanh"])
    assert fate("th.thuong-xuan.luan-khe") == (FateKind.SPLIT, ["th.luan-thanh", "th.tan-thanh"])
    assert fate("kt.huyen-dak-to") == (FateKind.ENDED, [])
    assert fate("th.trung-thanh") == (FateKind.SAME, ["th.trung-thanh"])
    kind, former = fate("th.trung-thanh", BEFORE)
    assert kind is FateKind.NOT_YET
    assert "th.quan-hoa.thanh-son" in former


def test_a_split_unit_is_named_and_not_divided(units):
    roster = units.roster("thanh-hoa", level=Level.XA)

    found = regroup(units, roster, AFTER)

    assert sum(len(g.parts) for g in found.groups) == 90
    assert {u.bare_name: [s.bare_name for s in into] for u, into in found.split} == {
        "Sơn Lư": ["Quan Sơn", "Tam Lư"],
        "Luận Khê": ["Luận Thành", "Tân Thành"],
    }
    assert found.ended == ()


@given(st.lists(st.sampled_from(UNITS), unique=True), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_regrouping_loses_and_doubles_nothing(chosen, day):
    found = regroup(DIRECTORY, chosen, day)

    parts = [u for g in found.groups for u in g.parts] + [u for u, _ in found.split] + list(found.ended)
    assert sorted(u.code for u in parts) == sorted(u.code for u in chosen)
    assert len({g.unit.code for g in found.groups}) == len(found.groups)


def test_heirs_of_heirs_are_followed_and_a_ring_of_heirs_ends():
    def commune(code, *heirs, until=None, since=None):
        return Unit(code, code, "an-nam", Level.XA, successors=heirs, valid_to=until, valid_from=since)

    first = commune("a.mot", "a.hai", until=date(2020, 1, 1))
    second = commune("a.hai", "a.ba", until=BEFORE)
    third = commune("a.ba", since=AFTER)
    chain = UnitDirectory([first, second, third])
    ring = UnitDirectory([replace(first, successors=("a.hai",)), replace(second, successors=("a.mot",))])

    assert as_of(chain, first, AFTER).single == third
    assert as_of(ring, first, AFTER).kind is FateKind.ENDED


def kien_giang(tmp_path):
    path = tmp_path / "kg.csv"
    path.write_text(
        "tên đơn vị,cấp,huyện,đến ngày,đơn vị cấp trên\n"
        "UBND huyện An Biên,huyện,,30/6/2025,\n"
        "UBND xã Đông Thái,xã,An Biên,30/6/2025,\n"
        "UBND xã Tây Yên,xã,,,\n"
        "Chi cục Minh họa,chi cục,,,kg.so-minh-hoa-mot\n",
        encoding="utf-8",
    )
    known = [u.code for u in UNITS]
    table = parse_unit_table(path, province="kien-giang", known=known)
    assert table.problems == ()
    return UnitDirectory([*UNITS, *table.units])


def test_kien_giang_communes_sent_to_their_district_before_the_parting(tmp_path):
    directory = kien_giang(tmp_path)
    rule = BOOK.by_id("kg-nam-xa")
    old, now = find_period(rule, "2024"), find_period(rule, "2026")
    (dong_thai,) = directory.find("xã Đông Thái")
    (tay_yen,) = directory.find("xã Tây Yên")

    assert receiving_unit(rule, old, dong_thai, directory).name == "UBND huyện An Biên"
    assert rule.recipient_for(Level.XA, old) == "Ủy ban nhân dân cấp huyện"
    assert receiving_unit(rule, now, tay_yen, directory).lead_office
    assert rule.recipient_for(Level.XA, now) == "Sở Khoa học và Công nghệ"


def test_thanh_hoa_and_kon_tum_communes_never_sent_through_a_district(units):
    for rule, unit in (("th-xa", "th.quan-hoa.thanh-son"), ("kt-nam", "kt.dak-to.dak-tram")):
        known = BOOK.by_id(rule)
        period = find_period(known, f"{known.first_year + 1}-05") or find_period(known, str(known.first_year))
        commune = units.get(unit) or units.find("xã Đăk Trăm")[0]
        assert receiving_unit(known, period, commune, units).lead_office


def test_a_list_may_name_the_unit_right_above(tmp_path):
    directory = kien_giang(tmp_path)
    (branch,) = directory.find("Chi cục Minh họa")

    assert directory.parent_of(branch, AFTER).code == "kg.so-minh-hoa-mot"


def test_unknown_unit_above_is_told_with_its_row(tmp_path):
    path = tmp_path / "kg.csv"
    path.write_text("tên đơn vị,cấp,đơn vị cấp trên\nChi cục A,chi cục,kg.khong-co\n", encoding="utf-8")

    (problem,) = parse_unit_table(path, province="kien-giang").problems

    assert str(problem) == (
        "Dòng 2: Đơn vị cấp trên “kg.khong-co” không có trong tệp và chưa có trong hệ thống."
    )
