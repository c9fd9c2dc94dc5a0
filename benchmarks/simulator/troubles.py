"""What goes wrong: outages of minutes to weeks, and a clock that jumps."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from benchmarks.simulator.country import at


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Something that is wrong for a while; `shift` is how far the planner's clock is off."""

    kind: str
    begin: datetime
    end: datetime
    shift: timedelta = timedelta(0)


def disturbances(first: date, days: int) -> list[Disturbance]:
    """Lay outages of minutes to weeks and clock jumps over the time, some across last days."""

    def span(kind: str, offset: float, **length: float) -> Disturbance:
        begin = at(first, 0) + timedelta(days=offset)
        return Disturbance(kind, begin, begin + timedelta(**length))

    found = [
        span("planner down", 24.34, minutes=40),
        span("planner down", 118.3, hours=5),
        span("planner down", 146.2, days=2),
        span("planner down", 165.1, days=9),
        span("network down", 150.33, minutes=90),
        span("network down", 291.4, days=3),
        span("planner down", 300.2, days=23),
        span("network down", 347.35, hours=30),
        span("planner down", 400.0, days=75),
        span("network down", 660.4, days=6),
        span("planner down", 668.4, minutes=25),
    ]
    for offset, shift in ((132.4, 2.0), (340.42, -3.0), (517.4, 0.9), (655.4, -0.4)):
        begin = at(first, 0) + timedelta(days=offset)
        found.append(Disturbance("clock jump", begin, begin + timedelta(hours=7), timedelta(days=shift)))
    return [each for each in found if each.begin < at(first + timedelta(days=days))]
