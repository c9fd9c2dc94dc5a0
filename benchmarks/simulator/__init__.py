"""Two years of reminders on a virtual clock, and a judge that computes by itself what was promised.

The plan, the rounds and the last look are the real ones; only ledger and network are in memory. Officers
submit early, late or never, send paper, ask their head, snooze, get more time, say "not me" and take it
back, block the bot, lend their posts or hand them over; units merge; offices ask for rounds, move days and,
now and then, turn duties of the whole country on or off for their province. The planner and the network
are down for minutes to weeks, clocks jump and stand in other zones, two planners run at once. `facts` is
the diary from which `promises` and `judge` work out what should have been.
"""

from benchmarks.simulator.country import BIG, FIRST_DAY, SMALL, Country, Size
from benchmarks.simulator.judge import Judge
from benchmarks.simulator.play import Simulation
from benchmarks.simulator.report import Outcome, outcome_of, run, simulate
from benchmarks.simulator.troubles import Disturbance, disturbances

__all__ = [
    "BIG",
    "FIRST_DAY",
    "SMALL",
    "Country",
    "Disturbance",
    "Judge",
    "Outcome",
    "Simulation",
    "Size",
    "disturbances",
    "outcome_of",
    "run",
    "simulate",
]
