"""How fast a bot may send: no stretch holds too many, answers go first, a pause ends."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isobot.chat.limits import SPARE_SECONDS, Gate, Limits, Pause, Rate, TokenBucket, telegram_limits

AHEAD = 0.04


def sent_in(gate: Gate, seconds: float, *, campaign: bool = True, latency: float = 0.0) -> list[float]:
    """Send as much as may leave in a time, looking every 20 ms; return when each message left."""
    left: list[float] = []
    now, chat = 0.0, 0
    while now < seconds:
        chat += 1
        ticket = gate.admit(str(chat), campaign=campaign, messages=1, now=now, by=now + AHEAD)
        if ticket is None:
            now += 0.02
            continue
        gate.used(ticket, left=ticket.at, answered=ticket.at + latency)
        left.append(ticket.at)
    return left


def most_in_a_stretch(moments: list[float], seconds: float) -> int:
    return max(sum(1 for m in moments if start <= m < start + seconds) for start in moments)


def test_a_bucket_gives_no_more_than_its_tokens():
    bucket = TokenBucket(Rate(3, 1.0))
    assert bucket.available(0.0) == 3
    for _ in range(3):
        bucket.take()
        bucket.use(0.0)
    assert bucket.available(0.99) == 0
    assert bucket.available(1.0) == 3
    assert not bucket.is_full(0.5)
    assert bucket.is_full(1.0)


@pytest.mark.parametrize("campaign", [True, False])
def test_no_second_holds_more_than_the_limit_however_long_a_bot_sends(campaign):
    left = sent_in(Gate(telegram_limits(30)), 20, campaign=campaign)
    assert most_in_a_stretch(left, 0.9999) <= 30
    assert len(left) >= 20 * 30 * 0.98


@given(st.lists(st.floats(0.0, 0.2), min_size=40, max_size=120))
def test_no_second_holds_more_than_the_limit_whatever_the_messages_wait_for(idle):
    gate = Gate(Limits(Rate(10, 1.0)))
    now, left = 0.0, []
    for number, wait in enumerate(idle):
        now += wait
        ticket = gate.admit(str(number), campaign=number % 3 > 0, messages=1, now=now, by=now + AHEAD)
        if ticket is not None:
            gate.used(ticket, left=ticket.at, answered=ticket.at)
            left.append(ticket.at)
    assert all(len([m for m in left if start <= m < start + 0.9999]) <= 10 for start in left)


def test_a_campaign_is_spread_evenly_so_that_an_answer_never_waits_for_a_heap():
    left = sent_in(Gate(telegram_limits(30)), 5)
    gaps = [later - earlier for earlier, later in pairwise(left)]
    assert min(gaps) >= 0.9 / 30 - 1e-9
    assert max(gaps) <= 0.2


def test_an_answer_takes_the_next_token_in_the_middle_of_a_campaign():
    gate = Gate(telegram_limits(30))
    sent_in(gate, 5)
    opens = gate.opens_at()
    assert opens - 5 < 0.1
    ticket = gate.admit("officer", campaign=False, messages=1, now=opens, by=opens + AHEAD)
    assert ticket is not None
    assert ticket.at == opens


def test_a_far_platform_slows_nobody_down():
    left = sent_in(Gate(telegram_limits(30)), 60, latency=0.3)
    assert len([at for at in left if at >= 10]) >= 50 * 30 * 0.98


def test_a_message_that_was_late_keeps_its_place_in_the_second_for_longer():
    gate = Gate(Limits(Rate(2, 1.0)))
    for _ in range(100):
        ticket = gate.admit("1", campaign=False, messages=1, now=-9.0, by=-9.0)
        assert ticket is not None
        gate.used(ticket, left=-99.0, answered=-98.875)
    for late in (0.0, 0.25):
        ticket = gate.admit("1", campaign=False, messages=1, now=0.0, by=0.0)
        assert ticket is not None
        gate.used(ticket, left=0.0, answered=0.125 + late)
    assert [gate.room(at + SPARE_SECONDS) for at in (0.99, 1.0, 1.2, 1.25)] == [0, 1, 1, 2]


def test_a_chat_takes_a_short_burst_then_rests_while_others_go_on():
    gate = Gate(telegram_limits(30))

    def admitted(chat: str, now: float) -> bool:
        ticket = gate.admit(chat, campaign=False, messages=1, now=now, by=now)
        if ticket is not None:
            gate.used(ticket, left=now, answered=now)
        return ticket is not None

    assert [admitted("1", 0.0) for _ in range(6)] == [True] * 5 + [False]
    assert admitted("2", 0.0)
    assert gate.rests_until("1") == 5.0 + SPARE_SECONDS
    assert admitted("1", 5.0 + SPARE_SECONDS)


def test_a_group_holds_twenty_a_minute():
    gate = Gate(telegram_limits(30))
    tickets = [gate.admit("-100", campaign=False, messages=1, now=0.0, by=0.0) for _ in range(21)]
    assert [t is not None for t in tickets] == [True] * 20 + [False]


def test_a_message_of_several_parts_takes_several_tokens():
    gate = Gate(Limits(Rate(4, 1.0)))
    ticket = gate.admit("1", campaign=False, messages=3, now=0.0, by=0.0)
    assert ticket is not None
    assert gate.room(0.0) == 1
    assert gate.admit("1", campaign=False, messages=2, now=0.0, by=0.0) is None
    gate.used(ticket, left=0.0, answered=0.0)
    assert gate.room(1.0 + SPARE_SECONDS) == 4


def test_a_ticket_that_was_not_used_comes_back():
    gate = Gate(telegram_limits(30))
    ticket = gate.admit("1", campaign=False, messages=1, now=0.0, by=0.0)
    assert ticket is not None
    gate.unused(ticket)
    assert gate.room(0.0) == 30


def test_a_gate_without_limits_lets_everything_through():
    gate = Gate(Limits())
    assert gate.room(0.0) is None
    assert all(gate.admit("1", campaign=True, messages=9, now=0.0, by=0.0) for _ in range(1000))


def test_a_gate_forgets_chats_that_are_quiet():
    gate = Gate(Limits(None, chat=Rate(1, 1.0)))
    for number in range(Gate.MOST_CHATS + 10):
        ticket = gate.admit(str(number), campaign=False, messages=1, now=number * 2.0, by=number * 2.0)
        assert ticket is not None
        gate.used(ticket, left=number * 2.0, answered=number * 2.0)
    assert len(gate._chats) < 50


def test_a_pause_ends_and_is_only_made_longer():
    pause = Pause()
    pause.begin(timedelta(seconds=30), at=1000.0)
    pause.begin(timedelta(seconds=5), at=1001.0)
    assert pause.left(1010.0) == 20.0
    assert pause.left(1030.0) == 0.0
    assert pause.left(1000.0) == 0.0


def test_a_pause_is_not_stretched_by_a_clock_that_is_set_back():
    pause = Pause()
    pause.begin(timedelta(seconds=30), at=10_000.0)
    assert pause.left(100.0) == 30.0
    assert pause.left(131.0) == 0.0
