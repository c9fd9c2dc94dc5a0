"""Plays and judges a simulation, and prints what it showed."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.simulator.country import BIG, FIRST_DAY, Country, Size
from benchmarks.simulator.judge import Judge
from benchmarks.simulator.outages import judge_outages
from benchmarks.simulator.play import Simulation
from benchmarks.simulator.told_acts import judge_told_acts
from benchmarks.simulator.troubles import disturbances


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a simulation showed."""

    size: Size
    seconds: float
    ticks: int
    due: int
    escalations: int
    stood_in: int
    caught_up: int
    told_at_once: int
    letters_told: int
    statuses: Mapping[str, int]
    messages: int
    broken: Mapping[str, Sequence[str]]

    @property
    def kept(self) -> bool:
        """Tell whether every promise was kept."""
        return not any(self.broken.values())


def simulate(size: Size, *, seed: int = 1) -> Outcome:
    """Play the time and judge it."""
    begin = time.perf_counter()
    country = Country(size, seed)
    simulation = Simulation(country, seed=seed, troubles=disturbances(FIRST_DAY, size.days))
    simulation.prepare()
    simulation.run()
    return outcome_of(simulation, time.perf_counter() - begin)


def outcome_of(simulation: Simulation, seconds: float) -> Outcome:
    """Judge what a simulation did."""
    judge = Judge(simulation)
    judge.judge()
    judge_outages(judge)
    judge_told_acts(judge)
    return Outcome(
        simulation.country.size,
        seconds,
        simulation.ticks,
        judge.due,
        judge.escalations,
        judge.stood_in,
        judge.caught_up,
        judge.told_at_once,
        judge.letters_told,
        Counter(row.status for row in simulation.ledger.values()),
        len(simulation.deliveries),
        judge.broken,
    )


async def run(console: Console, size: Size = BIG) -> bool:
    """Run the big simulation, print its table, and tell whether every promise was kept."""
    outcome = simulate(size)
    table = Table(title="Reminders on a virtual clock", show_header=False)
    for name, value in (
        ("units, people, days", f"{size.units:,}, {size.people:,}, {size.days}"),
        ("rounds of the planner", f"{outcome.ticks:,}"),
        ("due steps, by the judge's own count", f"{outcome.due:,}"),
        ("rows of the ledger", f"{sum(outcome.statuses.values()):,}"),
        *((f"  {status}", f"{n:,}") for status, n in sorted(outcome.statuses.items())),
        ("messages delivered", f"{outcome.messages:,}"),
        ("escalations on undisturbed days", f"{outcome.escalations:,}"),
        ("told in place of somebody out of reach", f"{outcome.stood_in:,}"),
        ("caught up with after an outage", f"{outcome.caught_up:,}"),
        ("told of more time at once", f"{outcome.told_at_once:,}"),
        ("letters told on the next working day", f"{outcome.letters_told:,}"),
        ("seconds", f"{outcome.seconds:.0f}"),
    ):
        table.add_row(name, value)
    for check, broken in outcome.broken.items():
        table.add_row(check, "kept" if not broken else f"BROKEN {len(broken):,} times: {broken[0]}")
    console.print(table)
    return outcome.kept
