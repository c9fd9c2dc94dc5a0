"""Played simulations of reminders, and the promises that were broken in them."""

from benchmarks.simulator import (
    FIRST_DAY,
    SMALL,
    Country,
    Simulation,
    Size,
    disturbances,
    outcome_of,
)

TINY = Size(60, 140, 200)
"""Half a year of two provinces, for planners that are broken on purpose."""


def played(size: Size = SMALL, *, seed: int = 3, troubles=None) -> Simulation:
    simulation = Simulation(
        Country(size, seed),
        seed=seed,
        troubles=disturbances(FIRST_DAY, size.days) if troubles is None else troubles,
    )
    simulation.prepare()
    simulation.run()
    return simulation


def broken(simulation: Simulation) -> dict[str, list[str]]:
    return {check: found for check, found in outcome_of(simulation, 0).broken.items() if found}
