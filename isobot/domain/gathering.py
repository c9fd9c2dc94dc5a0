"""The province's own report filled from the reports of its units: counted, added up, never guessed."""

from collections.abc import Iterable, Sequence

from isobot.domain.fields import Field
from isobot.domain.forms import Form
from isobot.domain.kinds import Gather, GatherHow, Kind
from isobot.domain.period_totals import PeriodTotals
from isobot.domain.rollup import Totals
from isobot.domain.standings import Standing
from isobot.domain.units import Level
from isobot.domain.values import BLANK, NONE_ARISING, Value


def gather(form: Form, periods: Iterable[PeriodTotals]) -> dict[str, Value]:
    """Fill the fields that say where they come from.

    `periods` must not overlap. What is counted of units (who must report, who applies) is counted in the
    latest period of their level, and so are figures that stay from one period to the next (`keep`);
    figures of what happened in a period are added up over all of them. Where no
    unit of a level must report, nothing arises; where none has reported, the figure is left blank.
    """
    ordered = sorted(periods, key=lambda totals: totals.period.covers_to)
    return {field.key: _value(field, field.gather, ordered) for field in form.fields if field.gather}


def _value(field: Field, wanted: Gather, periods: Sequence[PeriodTotals]) -> Value:
    by_level = [found for level in wanted.levels if (found := _of_level(level, periods))]
    if not by_level:
        return BLANK if field.kind is Kind.TEXT else NONE_ARISING
    latest = [totals[-1] for totals in by_level]
    match wanted.how:
        case GatherHow.REQUIRED:
            return Value.of(sum(len(totals.owed) for totals in latest))
        case GatherHow.STANDING:
            standings = [Standing(word) for word in wanted.says]
            return Value.of(sum(len(totals.standing(*standings)) for totals in latest))
        case GatherHow.COVERAGE:
            return Value.of(". ".join(totals.coverage() for totals in latest)[: field.max_length])
        case GatherHow.COUNT:
            return _added([_count(wanted, totals) for totals in latest])
        case GatherHow.WITH:
            return _added([_units_with(wanted, totals) for totals in latest])
        case GatherHow.SUM:
            return _added([_sum(wanted, totals) for found in by_level for totals in _added_up(wanted, found)])


def _of_level(level: Level, periods: Iterable[PeriodTotals]) -> list[Totals]:
    """Return the totals of a level, the latest last."""
    return [group.totals for each in periods for group in each.levels if group.key == level.value]


def _added_up(wanted: Gather, found: list[Totals]) -> list[Totals]:
    """Leave out all but the latest where the figure is a state, which nobody adds up over time."""
    total = found[-1].get(wanted.field)
    return found[-1:] if total is not None and total.field.keep else found


def _count(wanted: Gather, totals: Totals) -> Value:
    total = totals.get(wanted.field)
    if total is None or not total.given:
        return BLANK
    return Value.of(sum(units for option, units in total.choices if option.key in wanted.says))


def _units_with(wanted: Gather, totals: Totals) -> Value:
    total = totals.get(wanted.field)
    return BLANK if total is None or total.sum is None else Value.of(total.at_least_one)


def _sum(wanted: Gather, totals: Totals) -> Value:
    total = totals.get(wanted.field)
    if total is None or total.sum is None:
        return BLANK
    return Value.of(total.sum) if total.given else NONE_ARISING


def _added(parts: Sequence[Value]) -> Value:
    """Add what is known; what no unit reported counts as nothing, and nothing known stays blank."""
    figures = [part.given for part in parts if isinstance(part.given, int)]
    if figures:
        return Value.of(sum(figures))
    return NONE_ARISING if any(part.is_none_arising for part in parts) else BLANK
