"""Two years of reminders on a virtual clock, and a judge that computes by itself what was promised.

The plan, the rounds and the last look are the real ones; only ledger and network are in memory. Officers
submit early, late or never, block the bot, change posts, snooze, get more time, send paper; the planner
and the network are down for minutes to weeks; the planner's clock jumps; two planners run at once.
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
