"""The figures that count, made anew from the versions that were sent, and compared with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from isobot.actions.reporting import figures_in
from isobot.domain.rollup import Filed, file_figures
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
    lacking: tuple[Filed, ...]
    surplus: tuple[Filed, ...]


async def rebuild(store: Store, forms: Forms) -> int:
    """Make every row anew from the versions in force; returns how many reports count."""
    await figures.clear(store.connection)
    counted = await _counted(store, forms)
    await figures.keep(store.connection, counted)
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
    expected = {one.report: one for one in await _counted(store, forms)}
    stale = await figures.counted_reports(store.connection) - expected.keys()
    kept = await figures.of_reports(store.connection, [*expected, *sorted(stale)])
    found = []
    for report, one in expected.items():
        right, there = set(one.figures), kept.get(report, set())
        if right != there:
            found.append(
                Discrepancy(report, one.unit, one.period, _sorted(right - there), _sorted(there - right))
            )
    return found + [Discrepancy(report, "", "", (), _sorted(kept[report])) for report in sorted(stale)]


def _sorted(figures_found: Iterable[Filed]) -> tuple[Filed, ...]:
    return tuple(sorted(figures_found, key=lambda f: (f.field, f.says)))


async def _counted(store: Store, forms: Forms) -> list[Counted]:
    """File the figures of every version in force; a form that is no more cannot be read, so it is told."""
    found = []
    for sent, province, rule, period in await rollup.versions_in_force(store.connection):
        form = forms.get(sent.form, sent.form_version)
        filed = file_figures(form, figures_in(sent.figures))
        found.append(Counted(sent.report, sent.unit, province, rule, period, filed))
    return found
