"""The totals of a period as the lead office sees them (tổng hợp): register, reports and sums together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from isobot.actions.former import REASON
from isobot.actions.reporting import figures_in
from isobot.clock import VIETNAM, vietnam_day
from isobot.domain.deadlines import Extension, Period, ReportingRule, previous_period
from isobot.domain.fields import numbered
from isobot.domain.filing import Sum, merge, without
from isobot.domain.forms import Form
from isobot.domain.period_totals import (
    Consolidated,
    GroupTotals,
    PeriodTotals,
    Structure,
    UnitFigures,
    by_level,
    may_compare,
)
from isobot.domain.rollup import Totals, make_totals
from isobot.domain.standings import Roll, Standing, stand
from isobot.domain.tree import regroup
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.formfiles import Forms
from isobot.storage import office, rollup
from isobot.storage.rollup import Present
from isobot.storage.store import Store

OTHERS = ""
"""The level of sums whose unit the database does not know."""


@dataclass(frozen=True, slots=True)
class Register:
    """What a total is made against: who there is, and which form whom is asked."""

    directory: UnitDirectory
    forms: Forms

    def owing(self, rule: ReportingRule, period: Period, province: str) -> tuple[Unit, ...]:
        """Return who owes a report; "" for the province means all of them."""
        return tuple(u for u in self.bound(rule, province) if u.active_on(period.last_day))

    def bound(self, rule: ReportingRule, province: str) -> list[Unit]:
        """Return who owes reports of a rule, former units and present ones alike."""
        return [u for u in self.directory if province in ("", u.province) and rule.binds(u)]

    def form_of(self, rule: ReportingRule, period: Period, level: Level) -> Form:
        """Return the form that units of a level fill in for a period."""
        return self.forms.get(rule.form_for(level), on=period.covers_to, level=level)

    def joint_form(self, rule: ReportingRule, period: Period, levels: Iterable[Level]) -> Form:
        """Return the fields that several levels are asked, each once: what they have in common is added."""
        found = [self.form_of(rule, period, level) for level in levels if level in rule.forms]
        if not found:
            found = [self.form_of(rule, period, level) for level in Level if level in rule.forms][:1]
        first = found[0]
        if all(form is first for form in found):
            return first
        fields = {field.key: field for form in reversed(found) for field in form.fields}
        order = dict.fromkeys(field.key for form in found for field in form.fields)
        ratios = {ratio.key: ratio for form in found for ratio in form.ratios}
        return replace(
            first,
            fields=numbered(fields[key] for key in order),
            checks=(),
            ratios=tuple(ratios.values()),
        )


async def period_totals(
    store: Store, register: Register, *, rule: ReportingRule, period: Period, province: str
) -> PeriodTotals:
    """Add up one period with everybody who owes a report in it; "" for the province means all together."""
    (made,) = await totals_of(store, register, rule=rule, periods=(period,), province=province)
    return made


async def totals_of(
    store: Store, register: Register, *, rule: ReportingRule, periods: Sequence[Period], province: str
) -> list[PeriodTotals]:
    """Total several periods at once; "" for the province means all of them together."""
    keys = [period.key for period in periods]
    late_from = {period.key: first_late_moment(period.last_day) for period in periods}
    connection = store.connection
    present = await rollup.present(connection, rule=rule.id, late_from=late_from, province=province)
    sums = await rollup.sums(connection, rule=rule.id, periods=keys, province=province)
    extensions = await office.all_extensions(connection)
    letters = await office.all_letters(connection)
    bound = register.bound(rule, province)
    made = []
    for period in periods:
        here = present.get(period.key, Present())
        longer = {u: e for (r, p, u), e in extensions.items() if (r, p) == (rule.id, period.key)}
        on_paper = {
            unit
            for (of_rule, key, unit), letter in letters.items()
            if (of_rule, key) == (rule.id, period.key) and letter.verdict != office.STILL_MISSING
        }
        extended = await _within_extension(store, rule, period, here, longer)
        owing = tuple(unit for unit in bound if unit.active_on(period.last_day))
        owed = _stand(owing, here, extended, on_paper)
        levels = {level: found for (key, level), found in sums.items() if key == period.key}
        apart = here.all_in.difference(unit.code for unit in owing)
        made.append(await _put_together(store, register, rule, period, province, owed, levels, apart))
    return made


def first_late_moment(last_day: date) -> datetime:
    """Return the moment from which a report is late: the midnight after its last day, in Việt Nam."""
    return datetime.combine(last_day + timedelta(days=1), time(), VIETNAM).astimezone(UTC)


async def _within_extension(
    store: Store,
    rule: ReportingRule,
    period: Period,
    present: Present,
    extensions: Mapping[str, Extension],
) -> set[str]:
    """Return the units that were late by the common day, and on time by their own."""
    asked = [unit for unit in extensions if unit in present.late]
    if not asked:
        return set()
    moments = await rollup.first_moments(store.connection, rule=rule.id, period=period.key, units=asked)
    return {unit for unit, at in moments.items() if vietnam_day(at) <= extensions[unit].last_day}


def _stand(
    units: Iterable[Unit], present: Present, extended: Collection[str], on_paper: Collection[str]
) -> Roll:
    standings = (
        dict.fromkeys(on_paper, Standing.ON_PAPER)
        | dict.fromkeys(present.returned, Standing.RETURNED)
        | dict.fromkeys(present.late, Standing.LATE)
        | dict.fromkeys(extended, Standing.EXTENDED)
        | dict.fromkeys(present.on_time, Standing.ON_TIME)
    )
    return stand(units, standings=standings)


async def _put_together(
    store: Store,
    register: Register,
    rule: ReportingRule,
    period: Period,
    province: str,
    owed: Roll,
    sums: Mapping[str, Sequence[Sum]],
    apart: Collection[str],
) -> PeriodTotals:
    """Make the totals of those who owe a report; what others sent is taken out and shown apart."""
    extra: dict[str, list[Sum]] = {}
    if apart:
        levels = {code: _level_of(register.directory, code) for code in apart}
        extra = await rollup.group_sums(store.connection, rule=rule.id, period=period.key, groups=levels)
    groups = []
    for level, members in by_level(owed.units).items():
        own = without(sums.get(level.value, ()), extra.get(level.value, ()))
        totals = make_totals(register.form_of(rule, period, level), owed.of(members), own)
        groups.append(GroupTotals(level.value, level.label, totals))
    if len(groups) == 1 and len(groups[0].totals.owed) == len(owed):
        whole = groups[0].totals
    else:
        form = register.joint_form(rule, period, [Level(group.key) for group in groups])
        whole = make_totals(form, owed, without(merge(*sums.values()), merge(*extra.values())))
    aside = _apart(register, rule, period, apart, extra) if apart else None
    return PeriodTotals(rule, period, province, whole, tuple(groups), aside)


def _level_of(directory: UnitDirectory, code: str) -> str:
    unit = directory.get(code)
    return unit.level.value if unit is not None else OTHERS


def _apart(
    register: Register,
    rule: ReportingRule,
    period: Period,
    codes: Collection[str],
    sums: Mapping[str, Sequence[Sum]],
) -> Totals:
    found = (register.directory.get(code) for code in sorted(codes))
    units = [unit for unit in found if unit is not None]
    form = register.joint_form(rule, period, by_level(units))
    return make_totals(form, stand(units, standings={}, usual=Standing.ON_TIME), merge(*sums.values()))


async def grouped(
    store: Store, register: Register, totals: PeriodTotals, *, structure: Structure, today: date
) -> tuple[GroupTotals, ...]:
    """Show a period by the structure of then, its districts and agencies, or by that of now.

    In the structure of now a former unit counts for the one that took it over. One whose land was
    divided among several stands on its own, for its figures cannot be divided.
    """
    owed = totals.whole.owed
    groups, titles, divided = (
        _groups_of_then(owed.units)
        if structure is Structure.THEN
        else _groups_of_now(register, owed.units, today)
    )
    sums = await rollup.group_sums(
        store.connection, rule=totals.rule.id, period=totals.period.key, groups=groups
    )
    made = []
    for key, title in titles.items():
        members = [unit for unit in owed.units if groups.get(unit.code) == key]
        form = register.joint_form(totals.rule, totals.period, by_level(members))
        made_of = make_totals(form, owed.of(members), sums.get(key, ()))
        made.append(GroupTotals(key, title, made_of, key in divided))
    return tuple(made)


_Groups = tuple[dict[str, str], dict[str, str], set[str]]
"""The group of each unit, the title of each group, and the groups of divided units."""


def _groups_of_then(units: Iterable[Unit]) -> _Groups:
    groups: dict[str, str] = {}
    titles: dict[str, str] = {}
    for unit in units:
        district = unit.true_district or unit.district if unit.level is Level.XA else ""
        key = f"d:{district}" if district else f"l:{unit.level.value}"
        groups[unit.code] = key
        titles.setdefault(key, district or unit.level.label)
    return groups, titles, set()


def _groups_of_now(register: Register, units: Iterable[Unit], today: date) -> _Groups:
    groups: dict[str, str] = {}
    titles: dict[str, str] = {}
    divided: set[str] = set()
    now = regroup(register.directory, units, today)
    for group in now.groups:
        titles[group.unit.code] = group.unit.place_name
        groups |= {part.code: group.unit.code for part in group.parts}
    for unit, heirs in now.split:
        named = ", ".join(heir.place_name for heir in heirs)
        titles[unit.code] = f"{unit.place_name} (đã chia về {named}; số liệu để riêng, không chia)"
        groups[unit.code] = unit.code
        divided.add(unit.code)
    for unit in now.ended:
        titles[unit.code] = f"{unit.place_name} (không còn, không có đơn vị kế thừa)"
        groups[unit.code] = unit.code
    return groups, titles, divided


async def before(store: Store, register: Register, totals: PeriodTotals) -> tuple[PeriodTotals | None, str]:
    """Return the totals of the period before, and in Vietnamese why they are not to be compared with."""
    period = previous_period(totals.rule, totals.period)
    if period is None or period.covers_to.year < totals.rule.first_year:
        return None, "Chưa có kỳ trước để so."
    earlier = await period_totals(store, register, rule=totals.rule, period=period, province=totals.province)
    if not earlier.whole.reported:
        return None, f"Kỳ trước ({period.label}) chưa có số liệu trong hệ thống nên không so."
    if not may_compare(totals, earlier):
        return earlier, (
            f"Kỳ trước ({period.label}) do các đơn vị trước 01/7/2025 báo cáo; số liệu để riêng, không so."
        )
    return earlier, ""


async def consolidated(
    store: Store,
    register: Register,
    *,
    rule: ReportingRule,
    period: Period,
    province: str,
    province_name: str,
    today: date,
) -> Consolidated:
    """Load everything that the lead office's report of a period is written from."""
    totals = await period_totals(store, register, rule=rule, period=period, province=province)
    earlier, why = await before(store, register, totals)
    sent = await rollup.versions_in_force(store.connection, rule=rule.id, period=period.key)
    standings = {each.unit.code: each.standing for each in totals.whole.owed}
    rows = []
    for version, of_province, _, _ in sent:
        unit = register.directory.get(version.unit)
        if unit is None or of_province != province:
            continue
        form = register.forms.get(version.form, version.form_version)
        rows.append(
            UnitFigures(
                unit=unit,
                standing=standings.get(unit.code, Standing.ON_TIME),
                values=form.complete(figures_in(version.figures)),
                report=version.report,
                version=version.version,
                receipt=version.receipt,
                submitted_on=vietnam_day(version.submitted_at),
                reasons=_reasons(version.figures),
                voluntary=unit.code not in standings,
            )
        )
    order = {unit.code: place for place, unit in enumerate(register.directory)}
    rows.sort(key=lambda row: order[row.unit.code])
    comparable = earlier if not why else None
    return Consolidated(province_name, totals, tuple(rows), today, comparable, why)


def _reasons(figures: Mapping[str, object]) -> dict[str, str]:
    return {
        key.removeprefix(REASON): str(given["given"])
        for key, given in figures.items()
        if key.startswith(REASON) and isinstance(given, Mapping)
    }
