"""What became of any commune of the country in 2025, resolved without guessing."""

import importlib.util
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isobot.adminfiles import load_admin_units
from isobot.domain.admin_units import Structure
from isobot.domain.former_units import Reason, Verdict
from isobot.domain.place_names import PlaceName, divide, name_key, one_letter_apart
from isobot.domain.units import Level
from isobot.errors import DataFileError
from isobot.unitfiles import shipped_units

TABLE = load_admin_units()
ROSTERS = shipped_units()
PROVINCES = {"kon-tum": "Kon Tum", "thanh-hoa": "Thanh Hóa"}
COMMUNES = [u for slug in PROVINCES for u in ROSTERS.roster(slug, level=Level.XA)]


def as_printed(unit, district=None):
    name = divide(unit.printed_name or unit.name)
    return PlaceName(name.name, name.kind, district or unit.district, PROVINCES[unit.province])


def former(text):
    found = TABLE.resolve_former(TABLE.parse(text))
    return found.verdict, found.reason, [u.full_title for u in found.units]


def now(text):
    found = TABLE.resolve_former(TABLE.parse(text))
    return [h.full_title for u in found.units for h in TABLE.heirs(u)]


def test_counts_of_the_former_structure():
    provinces = [p for p in TABLE.provinces if p.structure is Structure.FORMER]
    islands = [u for u in TABLE.former if u.code == u.district.code]

    assert (len(provinces), len(TABLE.districts), len(TABLE.former)) == (63, 696, 10_040)
    assert sorted(u.name for u in islands) == ["Bạch Long Vĩ", "Côn Đảo", "Cồn Cỏ", "Hoàng Sa", "Lý Sơn"]


def test_counts_of_the_current_structure():
    provinces = Counter(p.kind for p in TABLE.provinces if p.structure is Structure.CURRENT)

    assert provinces == {"thành phố": 9, "tỉnh": 25}
    assert Counter(u.kind for u in TABLE.current.values()) == {"phường": 709, "xã": 2_599, "đặc khu": 13}
    assert TABLE.version == "2026-10-10"


def test_every_current_commune_has_a_past_and_every_former_one_an_heir():
    assert all(unit.successors for unit in TABLE.former)
    assert all(TABLE.made_of(unit) for unit in TABLE.current.values())
    assert sum(unit.split for unit in TABLE.former) == 443


def test_heirs_lie_in_the_province_that_their_old_one_went_into():
    for unit in TABLE.former:
        assert {h.province.code for h in TABLE.heirs(unit)} == {unit.district.province.now}


def test_a_code_means_different_places_in_the_two_structures():
    names = {u.code: u.title for u in TABLE.former}
    shared = [code for code in TABLE.current if code in names]

    assert len(shared) == 3_316
    assert names["16222"] == "xã Thanh Sơn"
    assert TABLE.current["16222"].title == "xã Thanh Quân"
    assert sum(name_key(names[c]) != name_key(TABLE.current[c].title) for c in shared) > 1_788


def test_the_194_communes_of_the_two_plans():
    found = {unit.code: TABLE.resolve_former(as_printed(unit)) for unit in COMMUNES}

    assert Counter(match.verdict for match in found.values()) == {
        Verdict.ACCEPT: 189, Verdict.ASK: 4, Verdict.NONE: 1,
    }  # fmt: skip
    asked = {ROSTERS.get(code).bare_name for code, m in found.items() if m.verdict is Verdict.ASK}
    assert asked == {"Đăk Pék", "Đăk Ui", "Mô Rai", "Đăk Trăm"}
    assert [ROSTERS.get(c).bare_name for c, m in found.items() if m.verdict is Verdict.NONE] == ["Duy Tân"]
    for code, match in found.items():
        heirs = {name_key(h.title) for u in match.units for h in TABLE.heirs(u)}
        expected = {name_key(s.name.removeprefix("UBND ")) for s in ROSTERS.successors_of(code)}
        assert heirs == expected or match.verdict is Verdict.NONE


def test_a_commune_under_a_district_that_never_had_it_is_not_accepted():
    """The rosters with every other district of their plan: 1,639 pairs; an earlier name is no mistake."""
    there = {(name_key(u.name), name_key(u.district.name)) for u in TABLE.former}
    pairs = [
        (unit, district)
        for unit in COMMUNES
        for district in ROSTERS.districts(unit.province)
        if district not in (unit.district, unit.true_district)
        and (name_key(unit.bare_name), name_key(district)) not in there
        and (name_key(as_printed(unit).name), name_key(district)) not in there
    ]
    assert len(pairs) > 578

    matches = [(u, d, TABLE.resolve_former(as_printed(u, d))) for u, d in pairs]

    accepted = {(u.bare_name, d, m.units[0].name) for u, d, m in matches if m.verdict is Verdict.ACCEPT}
    assert accepted == {("Đăk Long", "Kon Plông", "Măng Đen"), ("Thanh Xuân", "Quan Hóa", "Phú Xuân")}
    assert all(m.reason is Reason.ALIAS for _, _, m in matches if m.verdict is Verdict.ACCEPT)


@pytest.mark.parametrize(
    ("text", "verdict", "reason", "heirs"),
    [
        ("xã Đắk Long, Kon Plông, Kon Tum", Verdict.ACCEPT, Reason.ALIAS, ["xã Măng Đen, tỉnh Quảng Ngãi"]),
        ("thị trấn Đắk Hà, Tu Mơ Rông, Kon Tum", Verdict.ACCEPT, Reason.OTHER_KIND,
         ["xã Tu Mơ Rông, tỉnh Quảng Ngãi"]),
        ("xã Luận Khê, huyện Thường Xuân, tỉnh Thanh Hóa", Verdict.ACCEPT, Reason.NAME,
         ["xã Luận Thành, tỉnh Thanh Hóa", "xã Tân Thành, tỉnh Thanh Hóa"]),
        ("UBND xa thanh son, quan hoa, thanh hoa", Verdict.ACCEPT, Reason.NAME,
         ["xã Trung Thành, tỉnh Thanh Hóa"]),
        ("xã Đăk Trăm, Tu Mơ Rông, Kon Tum", Verdict.ASK, Reason.OTHER_DISTRICT,
         ["xã Kon Đào, tỉnh Quảng Ngãi"]),
        ("xã Đăk Pét, Đăk Glei, Kon Tum", Verdict.ASK, Reason.ONE_LETTER, ["xã Đăk Pék, tỉnh Quảng Ngãi"]),
        ("xã Kon Đào, Đăk Tô, Quảng Ngãi", Verdict.ACCEPT, Reason.NAME, ["xã Kon Đào, tỉnh Quảng Ngãi"]),
        ("xã Không Hề Có, Đăk Tô, Kon Tum", Verdict.NONE, Reason.NOTHING, []),
        ("xã Thanh Sơn, Đăk Tô, Atlantis", Verdict.NONE, Reason.NO_PROVINCE, []),
        ("phường 4, Sa Đéc, Đồng Tháp", Verdict.ACCEPT, Reason.NAME, ["phường Sa Đéc, tỉnh Đồng Tháp"]),
        ("xã Phú Tân, Châu Thành, Hậu Giang", Verdict.ACCEPT, Reason.NAME,
         ["xã Phú Hữu, thành phố Cần Thơ"]),
    ],
)  # fmt: skip
def test_what_a_typed_name_means(text, verdict, reason, heirs):
    assert former(text)[:2] == (verdict, reason)
    assert now(text) == heirs


def test_namesakes_are_asked_and_the_district_or_the_marks_decide():
    verdict, reason, titles = former("xã Thành Sơn, Thanh Hóa")

    assert (verdict, reason) == (Verdict.ASK, Reason.SEVERAL)
    assert titles == [
        "xã Thành Sơn, huyện Quan Hóa, tỉnh Thanh Hóa", "xã Thành Sơn, huyện Bá Thước, tỉnh Thanh Hóa",
    ]  # fmt: skip
    assert former("xã Tân Lập")[:2] == (Verdict.ASK, Reason.TOO_MANY)
    assert len(former("xa son ha, quang ngai")[2]) < len(former("xa son ha")[2])


def test_current_names_know_the_wards_of_2026():
    ward = TABLE.resolve_current(TABLE.parse("phường Long Thành, Đồng Nai")).units[0]

    assert (ward.title, ward.province.title) == ("phường Long Thành", "thành phố Đồng Nai")
    assert ward.since.isoformat() == "2026-04-30"
    assert TABLE.resolve_current(TABLE.parse("xã Long Thành, Đồng Nai")).reason is Reason.OTHER_KIND


def test_current_names_are_told_apart_by_their_marks():
    for name in ("Sơn Hà", "Sơn Hạ"):
        (unit,) = TABLE.resolve_current(TABLE.parse(f"xã {name}, Quảng Ngãi")).units
        assert unit.name == name
    assert TABLE.resolve_current(TABLE.parse("xa son ha, quang ngai")).verdict is Verdict.ASK


@given(st.sampled_from(TABLE.former))
def test_every_former_commune_is_found_by_its_full_name(unit):
    found = TABLE.resolve_former(TABLE.parse(unit.full_title))

    assert unit in found.units
    assert found.verdict is Verdict.ACCEPT or found.reason is Reason.SEVERAL


@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered(text):
    found = TABLE.resolve_former(TABLE.parse(text))

    assert bool(found.units) == (found.reason not in (Reason.NOTHING, Reason.TOO_MANY, Reason.NO_PROVINCE))


@given(st.text("abc", min_size=3, max_size=6), st.integers(0, 6), st.sampled_from("xyz"))
def test_one_letter_more_less_or_other_is_one_letter_apart(word, at, letter):
    at = min(at, len(word))
    longer = word[:at] + letter + word[at:]

    assert one_letter_apart(word, longer)
    assert one_letter_apart(longer, word)
    assert not one_letter_apart(word, word)
    assert not one_letter_apart(word, longer + letter)


def test_a_broken_table_names_its_cure(tmp_path):
    with pytest.raises(DataFileError, match="build the table anew"):
        load_admin_units(tmp_path)


def test_the_script_drops_the_heir_of_a_namesake_and_keeps_a_real_division():
    path = Path(__file__).parents[2] / "scripts" / "build_admin_units.py"
    spec = importlib.util.spec_from_file_location("build_admin_units", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    east, west = ("p", "dong"), ("p", "tay")
    heirs = {
        "old_a_mot": [east], "old_b_hai": [west],
        "old_a_tan": [east, west], "old_b_tan": [west, east],
        "old_a_chia": [east, west],
    }  # fmt: skip

    cleaned = script.without_mixed_up(heirs, {"old_a_tan", "old_b_tan", "old_a_chia"})

    assert cleaned["old_a_tan"] == [east]
    assert cleaned["old_b_tan"] == [west]
    assert cleaned["old_a_chia"] == [east, west]
