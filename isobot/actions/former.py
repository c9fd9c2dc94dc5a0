"""What a unit reported the last time (kỳ trước): its own figures, or those of the units it took over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from isobot.domain.deadlines import Period, ReportingRule, RuleBook, find_period, previous_period
from isobot.domain.units import Unit, UnitDirectory
from isobot.domain.values import Value, values_from_json
from isobot.formfiles import Forms
from isobot.storage.reports import InForce, ReportKey, ReportRecord
from isobot.storage.store import Store

REASON = "reason:"
"""How a draft keys a reason: with the id of the check it explains."""


@dataclass(frozen=True, slots=True)
class LastPart:
    """One former unit's figures of the last period; a successor's are shown part by part, never summed."""

    unit: str
    figures: Mapping[str, Value]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Former:
    """The figures of the period before, computed ones among them.

    `last` is None where the unit has none of the same form; `parts` are its predecessors' when the
    period before was still theirs, and then there is no `last` to compare with.
    """

    last: Mapping[str, Value] | None = None
    parts: tuple[LastPart, ...] = ()


NOTHING = Former()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whose figures of which period are to be looked up for one report."""

    own: ReportKey | None
    parts: tuple[ReportKey, ...] = ()

    @property
    def keys(self) -> tuple[ReportKey, ...]:
        return (() if self.own is None else (self.own,)) + self.parts


def _wanted(unit: Unit, rule: ReportingRule, period: Period, directory: UnitDirectory) -> _Wanted:
    before = previous_period(rule, period)
    if before is None:
        return _Wanted(None)
    if unit.active_on(before.last_day):
        return _Wanted((rule.id, before.key, unit.code))
    theirs = directory.predecessors_of(unit.code)
    return _Wanted(None, tuple((rule.id, before.key, u.code) for u in theirs))


async def former_figures(
    store: Store, *, unit: Unit, rule: ReportingRule, period: Period, forms: Forms, directory: UnitDirectory
) -> Former:
    """Return what was in force for the period before."""
    wanted = _wanted(unit, rule, period, directory)
    if not wanted.keys:
        return NOTHING
    found = await store.in_force(wanted.keys)
    form_id = rule.form_for(unit.level)

    def figures(key: ReportKey) -> Mapping[str, Value] | None:
        sent = found.get(key)
        return _figures(sent, forms) if sent is not None and sent.form == form_id else None

    names = {unit.code: unit.place_name for unit in directory.predecessors_of(unit.code)}
    parts = tuple(
        LastPart(key[2], known, names.get(key[2], ""))
        for key in wanted.parts
        if (known := figures(key)) is not None
    )
    return Former(figures(wanted.own) if wanted.own else None, parts)


async def preload(
    store: Store, records: Iterable[ReportRecord], rules: RuleBook, directory: UnitDirectory
) -> None:
    """Look up in one statement what several open reports compare themselves with."""
    keys: list[ReportKey] = []
    for record in records:
        unit, rule = directory.get(record.unit), rules.get(record.rule, record.province)
        period = find_period(rule, record.period) if rule else None
        if unit is not None and rule is not None and period is not None:
            keys += _wanted(unit, rule, period, directory).keys
    await store.in_force(keys)


def _figures(sent: InForce, forms: Forms) -> Mapping[str, Value]:
    stored = {k: v for k, v in sent.figures.items() if not k.startswith(REASON)}
    return forms.get(sent.form, sent.form_version).complete(values_from_json(stored))
