"""The rush of a deadline's day, in small: a server that enforces the limit, officers who ask meanwhile.

How long it takes depends on the machine: `python -m benchmarks rush` holds that to what is promised. Here
only what no machine may change is held: who is told, how often, and that an answer never queues behind
the campaign.
"""

import pytest

from benchmarks.rush import SMALL, SMALL_COUNTRY, rush
from benchmarks.rush.outcome import FIRST_OFFICER, Answer, Seen, Size, outcome_of

PART_OF_CAMPAIGN = 0.5
"""An answer that queued behind the campaign would come when it is over."""


@pytest.mark.alone
@pytest.mark.parametrize("size", [SMALL, SMALL_COUNTRY], ids=["one bot", "34 bots at once"])
async def test_a_rush_reaches_everybody_once_within_the_limit_and_answers_go_first(size: Size):
    outcome = await rush(size)

    assert outcome.everybody_was_told_once()
    assert outcome.answers > 0
    assert outcome.flooded <= 2 * size.bots, "a 429 now and then, no storm"
    assert outcome.median < PART_OF_CAMPAIGN * outcome.best_seconds


# --- what the measuring itself takes for right ----------------------------------------------------------

TWO = Size(bots=1, people=2, a_second=1, officers=1, thinking_seconds=1.0)


def outcome(*sent: tuple[int, float], flooded: int = 0, said: float = 10.4, answered: float = 11.05):
    asked = [Answer(0, said, answered)]
    return outcome_of(TWO, [Seen(sent, flooded)], asked, ledger_rows=2)


def test_answer_at_a_message_a_second_is_held_to_what_the_bot_adds():
    quick = outcome((1000, 10.0), (FIRST_OFFICER, 11.05), (1001, 12.0))

    assert quick.ratio == pytest.approx(2 / 3)
    assert quick.median == pytest.approx(0.65)
    assert quick.own_median == pytest.approx(0.05)
    assert quick.keeps_its_promises()


def test_a_reminder_that_goes_before_an_answer_counts_against_the_bot():
    behind = outcome((1000, 10.0), (1001, 11.0), (FIRST_OFFICER, 12.0), answered=12.0)

    assert behind.own_median == pytest.approx(1.0)
    assert not behind.keeps_its_promises()


@pytest.mark.parametrize(
    "sent",
    [
        [(1000, 10.0), (FIRST_OFFICER, 11.05)],
        [(1000, 10.0), (FIRST_OFFICER, 11.05), (1001, 12.0), (1001, 13.0)],
        [(1000, 10.0), (FIRST_OFFICER, 11.05), (1001, 13.1)],
    ],
    ids=["lost", "twice", "slow"],
)
def test_a_rush_that_loses_repeats_or_dawdles_is_not_kept(sent):
    assert not outcome(*sent).keeps_its_promises()


def test_a_rush_that_was_refused_is_not_kept():
    assert not outcome((1000, 10.0), (FIRST_OFFICER, 11.05), (1001, 12.0), flooded=1).keeps_its_promises()
