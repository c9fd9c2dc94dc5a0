"""The figures that count, made anew from the versions that were sent, and compared with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from isobot.actions.reporting import figures_in
from isobot.domain.filing import Filed, file_figures
from isobot.errors import NotFound
from isobot.formfiles import Forms
from isobot.storage import figures, records, rollup
from isobot.storage.figures import Counted
from isobot.storage.store import Store

EDITION = "figures_edition"
"""A setting of the database: how figures were filed when they were last made anew."""

PRESENT = "1"
"""Raised when figures are filed otherwise than before, so that the next start makes them anew."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One report whose rows are not what its version in force says."""

    report: int
    unit: str
    period: str
    lacking: tuple[Filed, ...] = ()
    surplus: tuple[Filed, ...] = ()
    form_lost: str = ""
    """The form that it was made with, where that is no more, so that nothing can be counted."""


async def rebuild(store: Store, forms: Forms) -> int:
    """Make every row anew from the versions in force; returns how many reports count."""
    counted, _ = await _counted(store, forms)
    await figures.clear(store.connection)
    await figures.change(store.connection, counted=counted)
    await records.set_meta(store.connection, EDITION, PRESENT)
    return len(counted)


async def rebuild_if_older(store: Store, forms: Forms) -> bool:
    """Make the rows anew where an earlier isobot, which kept none or others, wrote the reports."""
    if await records.get_meta(store.connection, EDITION) == PRESENT:
        return False
    await rebuild(store, forms)
    return True


async def discrepancies(store: Store, forms: Forms) -> list[Discrepancy]:
    """Compare every row with the versions in force."""
    counted, found = await _counted(store, forms)
    expected = {one.report: one for one in counted}
    stale = sorted(await figures.counted_reports(store.connection) - expected.keys())
    kept = await figures.of_reports(store.connection, [*expected, *stale])
    for report, one in expected.items():
        right, there = set(one.figures), kept.get(report, set())
        if right != there:
            lacking, surplus = _in_order(right - there), _in_order(there - right)
            found.append(Discrepancy(report, one.unit, one.period, lacking, surplus))
    return found + [Discrepancy(report, "", "", surplus=_in_order(kept[report])) for report in stale]


async def crooked_lines(store: Store) -> int:
    """Count the sums that are not those of their rows."""
    return await figures.crooked_lines(store.connection)


def _in_order(filed: Iterable[Filed]) -> tuple[Filed, ...]:
    return tuple(sorted(filed, key=lambda one: (one.field, one.says)))


async def _counted(store: Store, forms: Forms) -> tuple[list[Counted], list[Discrepancy]]:
    """File the figures of every version in force; those of a form that is no more are told apart."""
    found, lost = [], []
    for sent, province, rule, period in await rollup.versions_in_force(store.connection):
        try:
            form = forms.get(sent.form, sent.form_version)
        except NotFound:
            name = f"{sent.form} {sent.form_version}"
            lost.append(Discrepancy(sent.report, sent.unit, period, form_lost=name))
            continue
        filed = file_figures(form, figures_in(sent.figures))
        found.append(Counted(sent.report, sent.unit, province, rule, period, filed))
    return found, lost
