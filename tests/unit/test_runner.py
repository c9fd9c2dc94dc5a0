"""How often the plan is looked at: every minute, less often where that takes long."""

import asyncio

import pytest

from scheduler.runner import EVERY_SECONDS, LONGEST_REST_SECONDS, Rest, Runner


@pytest.mark.parametrize(
    ("took", "rests"), [(0.05, 3.0), (0.5, 30.0), (4.0, 240.0), (30.0, LONGEST_REST_SECONDS)]
)
def test_a_tick_is_followed_by_a_rest_that_fits_its_length(took, rests):
    rest = Rest()
    assert rest.is_over(100.0)

    rest.follow(100.0, 100.0 + took)

    assert not rest.is_over(100.0 + took + rests - 0.01)
    assert rest.is_over(100.0 + took + rests)


def test_an_office_of_some_hundred_units_is_looked_after_every_minute():
    rest = Rest()
    rest.follow(0.0, 0.3)

    assert rest.is_over(EVERY_SECONDS)


@pytest.mark.parametrize(("fails", "calls"), [(False, 1), (True, 2)])
async def test_a_long_tick_is_rested_from_and_one_that_failed_is_tried_again(fails, calls):
    begun = []

    async def job():
        begun.append(fails)
        await asyncio.sleep(0.02)
        if fails:
            raise RuntimeError("the database is away")

    runner = Runner(job)
    await runner.tick()
    await runner.tick()

    assert len(begun) == calls
