"""The rush of a deadline's day, in small: a server that enforces the limit, officers who ask meanwhile.

The figures that depend on the machine have room here for one that does other things as well;
`python -m benchmarks rush` holds them to what is promised.
"""

import pytest

from benchmarks.rush import SMALL, SMALL_COUNTRY, Outcome, Size, rush

BUSY_MACHINE = 1.15


@pytest.mark.soak
@pytest.mark.parametrize("size", [SMALL, SMALL_COUNTRY], ids=["one bot", "34 bots at once"])
async def test_a_rush_reaches_everybody_once_within_the_limit_and_answers_go_first(size: Size):
    outcome = await rush(size)

    _everybody_was_told_once(outcome, size)
    assert outcome.flooded <= 2 * size.bots, "a 429 now and then, no storm"
    assert outcome.ratio <= BUSY_MACHINE
    assert outcome.median < 0.5


def _everybody_was_told_once(outcome: Outcome, size: Size) -> None:
    assert outcome.reminders == outcome.ledger_rows == size.bots * size.people
    assert (outcome.lost, outcome.twice) == (0, 0)
    assert outcome.answers > 0
