"""Loads what the pictures of a period show."""

from isobot.actions import totals
from isobot.domain.forms import RollUp
from isobot.domain.numbers import format_date
from isobot.domain.period_totals import PeriodTotals, compare_totals
from isobot.domain.rollup import UNIT_WORDS, RatioTotal, Totals
from isobot.domain.standings import Standing
from isobot.domain.units import Level
from isobot.exports.charts import ComparisonChart, LevelProgress, Pair, ProgressChart
from isobot.exports.names import safe_name
from isobot.files.consolidated import register_of, wanted, with_siblings
from isobot.files.desk import Desk
from isobot.files.period_table import SHEET_NAMES

NAMED = 8
SHARES, SUMS = 3, 6
"""A picture of more pairs is longer than anybody scrolls; the tables hold them all."""

_SUMMED = (RollUp.SUM, RollUp.SUM_BY, RollUp.UNITS_WITH)


async def load_progress(desk: Desk, *, rule: str, period: str, province: str) -> tuple[ProgressChart, str]:
    """Load how far a period is, over all rules of the same days.

    Raises:
        NotFound: there is no such period, or it is none of that province.
    """
    async with desk.reading() as store:
        chosen = wanted(desk, rule, period, province)
        found = [
            await totals.period_totals(
                store, register_of(desk), rule=each.rule, period=each.period, province=province
            )
            for each in with_siblings(desk, chosen, province)
        ]
    levels = [(Level(group.key), group.totals) for part in found for group in part.levels]
    missing = [unit.place_name for _, each in levels for unit in each.missing]
    name, label = desk.province_name(province), chosen.period.label
    data = ProgressChart(
        title="Tiến độ báo cáo ISO",
        subtitle=f"{_capital(label)} · {name} · hạn {format_date(chosen.period.last_day)}",
        levels=tuple(_level(level, each) for level, each in levels),
        made_on=desk.today,
        missing=tuple(missing[:NAMED]),
        more=max(0, len(missing) - NAMED),
    )
    return data, safe_name(f"Tiến độ báo cáo ISO - {name} - {label}", ".png")


def _level(level: Level, totals_: Totals) -> LevelProgress:
    counts = ((standing, len(totals_.standing(standing))) for standing in Standing)
    return LevelProgress(SHEET_NAMES[level], UNIT_WORDS[level], tuple((s, n) for s, n in counts if n))


async def load_comparison(
    desk: Desk, *, rule: str, period: str, province: str
) -> tuple[ComparisonChart, str]:
    """Load the totals of a period and of the one before.

    Raises:
        NotFound: there is no such period, or it is none of that province.
    """
    async with desk.reading() as store:
        chosen = wanted(desk, rule, period, province)
        register = register_of(desk)
        now = await totals.period_totals(
            store, register, rule=chosen.rule, period=chosen.period, province=province
        )
        before, why = await totals.before(store, register, now)
    name, label = desk.province_name(province), chosen.period.label
    comparable = before if before is not None and not why else None
    data = ComparisonChart(
        title="So với kỳ trước",
        subtitle=f"Báo cáo ISO · {name}",
        now_label=_capital(label),
        now_of=now.whole.denominator(),
        before_label=_capital(before.period.label) if before else "",
        before_of=before.whole.denominator() if before else "",
        pairs=(*_shares(now, comparable), *_sums(now, comparable)),
        made_on=desk.today,
        no_comparison=why,
    )
    return data, safe_name(f"So với kỳ trước - {name} - {label}", ".png")


def _shares(now: PeriodTotals, before: PeriodTotals | None) -> list[Pair]:
    then = {total.ratio.key: total for total in (before.whole.ratios if before else ())}

    def percent(total: RatioTotal | None) -> float | None:
        return total.percent if total is not None else None

    pairs = [
        Pair(total.ratio.label, "%", total.percent, percent(then.get(total.ratio.key)))
        for total in now.whole.ratios
    ]
    return [pair for pair in pairs if pair.now is not None][:SHARES]


def _sums(now: PeriodTotals, before: PeriodTotals | None) -> list[Pair]:
    pairs = [
        Pair(each.now.label, each.now.field.unit, each.now.sum, each.before.sum if each.before else None)
        for each in compare_totals(now.whole, before.whole if before else now.whole)
        if each.now.field.roll_up in _SUMMED and each.now.sum is not None
    ]
    return pairs[:SUMS]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
