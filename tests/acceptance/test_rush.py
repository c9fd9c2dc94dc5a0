"""The rush of a deadline's day, in small: a server that enforces the limit, officers who ask meanwhile.

How long it takes depends on the machine: `python -m benchmarks rush` holds that to what is promised. Here
only what no machine may change is held: who is told, how often, and that an answer never queues behind
the campaign.
"""

import pytest

from benchmarks.rush import SMALL, SMALL_COUNTRY, Outcome, Size, rush

PART_OF_CAMPAIGN = 0.5
"""An answer that queued behind the campaign would come when it is over."""


@pytest.mark.alone
@pytest.mark.parametrize("size", [SMALL, SMALL_COUNTRY], ids=["one bot", "34 bots at once"])
async def test_a_rush_reaches_everybody_once_within_the_limit_and_answers_go_first(size: Size):
    outcome = await rush(size)

    _everybody_was_told_once(outcome, size)
    assert outcome.flooded <= 2 * size.bots, "a 429 now and then, no storm"
    assert outcome.median < PART_OF_CAMPAIGN * outcome.best_seconds


def _everybody_was_told_once(outcome: Outcome, size: Size) -> None:
    assert outcome.reminders == outcome.ledger_rows == size.bots * size.people
    assert (outcome.lost, outcome.twice) == (0, 0)
    assert outcome.answers > 0
