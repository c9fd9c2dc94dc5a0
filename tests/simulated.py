"""Played simulations of reminders, and the promises that were broken in them."""

from datetime import date, datetime, timedelta

from benchmarks.simulator import (
    FIRST_DAY,
    SMALL,
    Country,
    Simulation,
    Size,
    disturbances,
    outcome_of,
)
from benchmarks.simulator.country import at
from isobot.domain.people import Role

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


COMMUNE, OTHER, THIRD = "tinh-0.xa-0", "tinh-0.xa-1", "tinh-0.xa-2"
REPORTER, HEAD = 3, 900


def on(day: int, month: int, hour: int = 10, minute: int = 0) -> datetime:
    return at(date(2026, month, day), hour, minute)


class Story(Simulation):
    """A commune with its head and a few others, until July 2026; what they do is told, not drawn.

    Their report is due on 31 May, a Sunday. A longer story comes to the duties of autumn.
    """

    def __init__(self, *acts, troubles=(), days=160) -> None:
        super().__init__(Country(Size(8, 10, days), 1), seed=1, troubles=troubles)
        self.country.take(COMMUNE, Role.HEAD, HEAD, at(FIRST_DAY, 0))
        for n in range(days + 80):
            for hour in (8, 14, 19):
                self._plan(at(FIRST_DAY + timedelta(days=n), hour), "tick")
        for moment, kind, *what in acts:
            self._plan(moment, kind, *what)


def opened(moment=on(10, 3), last=date(2026, 4, 10)):  # noqa: B008
    return (moment, "open_round", "yc-tinh-0-1", "tinh-0", [COMMUNE, OTHER], last)


def moved(moment, day):
    return (moment, "move", "r0", "{year}-05", 2026, day, "tinh-0")
