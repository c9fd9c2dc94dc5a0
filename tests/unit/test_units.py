"""The rosters of the five documents, and what became of their units in 2025."""

from collections import Counter
from datetime import date

import pytest

from isobot.domain.units import PARTING, Level, is_code, make_code
from isobot.unitfiles import load_provinces, load_units, shipped_units

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="module")
def units():
    return shipped_units()


def codes(found):
    return [unit.code for unit in found]


def test_every_code_is_its_own_and_easy_to_type(units):
    assert len(units) == len(load_units())
    assert all(is_code(unit.code) for unit in units)
    assert all(unit.code.startswith(load_provinces()[unit.province].prefix + ".") for unit in units)


def test_kon_tum_has_147_bodies_numbered_as_in_its_appendix(units):
    roster = units.roster("kon-tum")

    assert [unit.plan_number for unit in roster] == list(range(1, 148))
    assert Counter(unit.plan_year for unit in roster) == {2025: 35, 2027: 10, 2030: 102}
    assert Counter(unit.level for unit in roster) == {
        Level.SO: 20, Level.CHI_CUC: 15, Level.HUYEN: 10, Level.XA: 102,
    }  # fmt: skip
    assert units.lead_office("kon-tum").plan_number == 16


def test_kon_tum_counts_by_district_as_printed(units):
    counts = {d: len(units.roster("kon-tum", district=d, level=Level.XA)) for d in units.districts("kon-tum")}

    assert counts == {
        "Kon Tum": 21, "Đăk Glei": 12, "Ngọc Hồi": 8, "Đăk Tô": 8, "Tu Mơ Rông": 12, "Đăk Hà": 11,
        "Kon Plông": 9, "Kon Rẫy": 7, "Sa Thầy": 11, "Ia H'Drai": 3,
    }  # fmt: skip


def test_commune_printed_under_the_wrong_district_keeps_both(units):
    (dak_tram,) = units.find("xã Đăk Trăm")

    assert (dak_tram.district, dak_tram.true_district, dak_tram.plan_number) == ("Tu Mơ Rông", "Đăk Tô", 96)
    assert len(units.children("kt.huyen-dak-to")) == 9
    assert len(units.children("kt.huyen-tu-mo-rong")) == 11
    assert units.find("Đăk Trăm, huyện Đăk Tô") == units.find("Đăk Trăm, huyện Tu Mơ Rông") == (dak_tram,)


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("xã Đăk Pét", "UBND xã Đăk Pék"),
        ("phường và Duy Tân", "UBND phường Duy Tân"),
        ("xã Chư H’reng", "UBND xã Chư Hreng"),
        ("xã ĐăkRơWa", "UBND xã Đăk Rơ Wa"),
        ("Xã Mô Ray", "UBND xã Mô Rai"),
        ("Xã Yaly", "UBND xã Ya Ly"),
        ("thị trấn Đắk Hà huyện Tu Mơ Rông", "UBND xã Đăk Hà"),
        ("Xã Đắk Long, huyện Kon Plông", "UBND thị trấn Măng Đen"),
    ],
)
def test_name_as_printed_finds_the_real_one(units, printed, name):
    assert [unit.name for unit in units.find(printed, on=BEFORE)] == [name]


def test_thanh_hoa_has_92_communes_in_three_years(units):
    years = {year: units.roster("thanh-hoa", year=year) for year in (2022, 2023, 2024)}

    assert {year: len(found) for year, found in years.items()} == {2022: 32, 2023: 36, 2024: 24}
    assert all([u.plan_number for u in found] == list(range(1, len(found) + 1)) for found in years.values())
    counts = Counter(unit.district for unit in units.roster("thanh-hoa"))
    assert counts == {
        "Bá Thước": 17, "Quan Hóa": 15, "Như Xuân": 13, "Quan Sơn": 12, "Ngọc Lặc": 9,
        "Lang Chánh": 8, "Mường Lát": 8, "Thạch Thành": 6, "Thường Xuân": 4,
    }  # fmt: skip
    assert sum(unit.kind == "thị trấn" for unit in units.roster("thanh-hoa")) == 3


def test_two_communes_are_called_thanh_son(units):
    both = units.find("Thành Sơn", province="thanh-hoa")

    assert [(u.district, u.plan_year, u.plan_number) for u in both] == [
        ("Bá Thước", 2023, 13),
        ("Quan Hóa", 2024, 7),
    ]
    assert [codes(units.successors_of(u.code)) for u in both] == [["th.pu-luong"], ["th.trung-thanh"]]
    assert codes(units.find("xã Thành Sơn huyện Quan Hoá")) == ["th.quan-hoa.thanh-son"]


def test_name_without_marks_may_mean_more(units):
    assert len(units.find("thanh son")) == 3


def test_tuyen_quang_names_25_bodies(units):
    roster = units.roster("tuyen-quang")
    groups = Counter(group for unit in roster for group in unit.plan_groups)

    assert len(roster) == 25
    assert sorted(groups.values()) == [1, 1, 5, 5, 18]
    assert [u.name for u in roster if u.plan_year == 2012] == ["UBND huyện Lâm Bình"]


def test_provinces_whose_plan_names_no_unit_have_only_invented_ones(units):
    for province in ("kien-giang", "ha-nam"):
        assert units.roster(province) == ()
        assert all(u.demo or u.lead_office for u in units.of_province(province))
    assert [group.count for group in load_provinces()["kien-giang"].groups] == [22, 9, 160]


def test_every_lead_office_is_known_but_ha_nam_s(units):
    assert [p for p in load_provinces() if units.lead_office(p) is None] == ["ha-nam"]


def test_communes_of_the_plans_became_56_and_40(units):
    assert PARTING == AFTER
    for province, many in (("thanh-hoa", 56), ("kon-tum", 40)):
        now = [u for u in units.of_province(province, Level.XA) if u.active_on(AFTER)]
        assert len(now) == many
        assert not any(u.active_on(BEFORE) for u in now)
        assert {s.code for u in units.roster(province) for s in units.successors_of(u.code)} == set(
            codes(now)
        )


def test_every_commune_of_a_plan_has_an_heir_and_no_district_has(units):
    for unit in units:
        if unit.in_plan and unit.level in (Level.XA, Level.HUYEN):
            assert unit.valid_to == BEFORE
            assert bool(unit.successors) == (unit.level is Level.XA)


def test_a_commune_that_was_split_has_two_heirs(units):
    split = {u.bare_name: codes(units.successors_of(u.code)) for u in units if len(u.successors) > 1}

    assert split == {
        "Sơn Lư": ["th.quan-son", "th.tam-lu"],
        "Luận Khê": ["th.luan-thanh", "th.tan-thanh"],
    }


def test_successor_names_its_former_units(units):
    assert [u.bare_name for u in units.predecessors_of("th.pu-luong")] == ["Thành Lâm", "Thành Sơn"]
    assert units.predecessors_of("kt.so-tu-phap") == ()


def test_same_name_before_and_after_the_reform_is_told_apart_by_the_day(units):
    assert codes(units.find("Ia Tơi", on=BEFORE)) == ["kt.ia-hdrai.ia-toi"]
    assert codes(units.find("Ia Tơi", on=AFTER)) == ["kt.ia-toi"]
    assert len(units.find("Ia Tơi")) == 2


@pytest.mark.parametrize(
    "said", ["Sở KHCN", "sở kh&cn", "So Khoa hoc va Cong nghe", "SỞ KHOA HỌC VÀ CÔNG NGHỆ"]
)
def test_agency_is_found_as_officers_write_it(units, said):
    assert codes(units.find(said, province="kon-tum")) == ["kt.so-khcn"]


@pytest.mark.parametrize("said", ["Hoà Bình", "hòa bình", "Ủy ban nhân dân xã Hoà Bình", "UBND xa Hoa Binh"])
def test_place_of_the_tone_mark_does_not_matter(units, said):
    assert codes(units.find(said)) == ["kt.kon-tum.hoa-binh"]


def test_code_is_read_in_any_case_and_unknown_is_none(units):
    assert units.get(" TH.Pu-Luong ").name == "UBND xã Pù Luông"
    assert units.get("th.khong-co") is None
    assert units.find("Hà Nội") == ()


def test_code_is_made_from_district_and_name():
    assert make_code("th", Level.XA, "UBND xã Thành Sơn", "Bá Thước") == "th.ba-thuoc.thanh-son"
    assert make_code("kg", Level.SO, "Sở Tư pháp") == "kg.so-tu-phap"
    assert make_code("kg", Level.HUYEN, "UBND huyện Kiên Lương") == "kg.huyen-kien-luong"
