"""A whole season, acted out by the real acts: every total is the one that plain loops over it give.

147 units of Kon Tum and 92 of Thanh Hóa by name, 191 of Kiên Giang that its plan only counts; reports on
time, late, late with leave, on paper, never sent, left half way, returned, mended, corrected, accepted,
reopened; then the reform, and Thanh Hóa's successors report for the first time.
"""

import random
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from isobot.actions import counting
from isobot.actions.totals import Register, before, grouped, period_totals
from isobot.domain.deadlines import find_period
from isobot.domain.period_totals import PeriodTotals, Structure
from isobot.domain.rollup import Totals
from isobot.domain.standings import Standing
from isobot.domain.tree import as_of
from isobot.domain.units import UnitDirectory
from isobot.storage import unit_records
from isobot.storage.database import Database
from isobot.storage.store import Store
from tests import rollup_oracle
from tests.rollup_oracle import Counts
from tests.season import Season, Told, invented, with_computed

AFTERWARDS = datetime(2026, 3, 1, tzinfo=UTC)
NOW = date(2026, 3, 1)


def agree(totals: Totals, told: list[Told]) -> None:
    """Hold a total against what its units said."""
    expected = rollup_oracle.count(with_computed(one.said) for one in told if one.said is not None)
    for total in totals.fields:
        right = expected.get(total.field.key, Counts())
        seen = (total.sum, total.given, total.at_least_one, total.none_arising, total.blank)
        wanted = (right.sum, right.given, right.at_least_one, right.none_arising, right.blank)
        if total.field.kind.value in ("integer", "money"):
            assert seen == wanted, total.field.key
        else:
            assert (total.given, *seen[3:]) == (right.given, *wanted[3:]), total.field.key
        if total.choices:
            assert {option.key: units for option, units in total.choices if units} == dict(right.choices)
    for ratio in totals.ratios:
        part, whole = (expected.get(key, Counts()).sum for key in (ratio.ratio.part, ratio.ratio.whole))
        assert ratio.percent == (100 * part / whole if part is not None and whole else None)


def agree_in_all(totals: PeriodTotals, season: Season) -> None:
    """Hold the whole, each level, and who stands how against the season."""
    told = season.told
    agree(totals.whole, list(told.values()))
    assert {u.code for u in totals.whole.missing} == {c for c, one in told.items() if one.said is None}
    assert {o.unit.code: o.standing for o in totals.whole.owed} == {
        code: one.standing for code, one in told.items()
    }
    for group in totals.levels:
        agree(group.totals, [one for one in told.values() if one.unit.level.value == group.key])
    reported = sum(one.said is not None for one in told.values())
    assert totals.whole.denominator().startswith(f"{reported}/{len(told)} ")


@pytest.fixture
async def database(sqlite_file):
    opened = Database(f"sqlite+aiosqlite:///{sqlite_file}")
    async with opened.write() as connection:
        await unit_records.add_imported(connection, invented())
    yield opened
    await opened.close()


async def test_the_totals_of_a_season_are_those_of_its_events(database, services):
    named = [unit for unit in services.directory if unit.province != "kien-giang"]
    directory = UnitDirectory([*named, *invented()])
    register = Register(directory, services.forms)
    chance = random.Random(2024)
    played: list[Season] = []
    for rule_id, key in (
        *(("kt-nam", "2024"), ("kt-nam-chi-cuc", "2024"), ("th-xa", "2024-10")),
        *(("kg-nam", "2024"), ("kg-nam-xa", "2024"), ("th-xa", "2025-10")),
    ):
        rule = services.rules.by_id(rule_id)
        period = find_period(rule, key)
        season = Season(database, services, directory, rule, period, chance)
        await season.play(register.owing(rule, period, rule.province))
        played.append(season)
    assert [len(s.told) for s in played] == [132, 15, 92, 46, 145, 56]

    async with database.read() as connection:
        store = Store(connection, AFTERWARDS)
        found = [
            await period_totals(store, register, rule=s.rule, period=s.period, province=s.rule.province)
            for s in played
        ]
        for totals, season in zip(found, played, strict=True):
            agree_in_all(totals, season)
        await agree_by_structure(store, register, found[2], played[2])
        _, why_not = await before(store, register, found[5])
        assert await counting.discrepancies(store, services.forms) == []
        assert await counting.crooked_lines(store) == 0

    assert "không so" in why_not
    standings = Counter(one.standing for season in played for one in season.told.values())
    assert standings.keys() == set(Standing), "a season that holds every case"


async def agree_by_structure(store: Store, register: Register, totals: PeriodTotals, season: Season) -> None:
    """Show Thanh Hóa's 92 communes by their districts of then, and by the communes of now."""
    then = await grouped(store, register, totals, structure=Structure.THEN, today=NOW)
    now = await grouped(store, register, totals, structure=Structure.NOW, today=NOW)

    assert len(then) == 9
    for group in then:
        agree(group.totals, [t for t in season.told.values() if t.unit.district == group.title])
    assert {g.key for g in now if g.divided} == {"th.quan-son.son-lu", "th.thuong-xuan.luan-khe"}
    for group in now:
        heirs = {code: as_of(register.directory, t.unit, NOW) for code, t in season.told.items()}
        members = [
            told
            for code, told in season.told.items()
            if group.key == (heirs[code].single.code if heirs[code].single else code)
        ]
        agree(group.totals, members)
