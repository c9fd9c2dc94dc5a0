"""What one bot has at hand, and what of it leaves next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isobot.chat.lane import Lane
from isobot.chat.limits import UNLIMITED, Gate, Limits, Rate, telegram_limits
from isobot.chat.outgoing import Outgoing
from isobot.domain.messages import Reply
from isobot.storage.outbox import Priority
from tests.fakes import FakeChannel


def lane_of(limits: Limits = UNLIMITED, **how) -> Lane:
    return Lane(FakeChannel("telegram"), Gate(limits), **how)


def message(number: int, chat: str, priority: Priority = Priority.CAMPAIGN) -> Outgoing:
    key = f"telegram:{chat}"
    return Outgoing(number, "telegram", chat, key, Reply("nhắc"), 0, 0, priority=int(priority))


def campaign(count: int) -> list[Outgoing]:
    return [message(number, f"chat {number}") for number in range(count)]


def test_answers_stand_before_a_campaign_and_push_its_end_back_to_the_outbox():
    lane = lane_of(telegram_limits(4))
    lane.put_in_stock(campaign(8))

    lane.put_in_stock([message(50, "a", Priority.ANSWER)])

    assert [m.id for m in lane.stock] == [50, 0, 1, 2, 3, 4, 5, 6]
    assert lane.more


def test_messages_are_noted_in_batches_and_only_for_chats_that_are_free():
    lane = lane_of(telegram_limits(8))
    lane.put_in_stock(campaign(10))
    lane.busy["telegram:chat 1"] = None

    assert lane.soon() == [0, 2, 3, 4]
    lane.noted.update((0, 2, 3))
    assert lane.soon() == []
    lane.noted.discard(3)
    assert lane.soon() == [3, 4]


def test_nothing_of_a_campaign_leaves_before_it_is_noted():
    lane = lane_of()
    lane.put_in_stock([*campaign(2), message(9, "a", Priority.ANSWER)])

    assert [chosen.id for chosen, _ in lane.choose(0.0)] == [9]


@pytest.mark.parametrize(("fetched", "short"), [(4, 0), (3, 1), (1, 3)])
def test_a_slow_bot_is_short_of_what_it_sends_in_a_moment(fetched, short):
    lane = lane_of(telegram_limits(1))
    lane.put_in_stock(campaign(fetched))
    lane.more = True

    assert lane.short_of() == short
    assert lane.has_stock() == (fetched > 2)


def test_what_waits_in_a_chat_that_rests_is_no_stock():
    lane = lane_of(telegram_limits(1))
    lane.put_in_stock(message(number, "group") for number in range(4))
    lane.more = True
    lane.resting["telegram:group"] = 30.0

    assert not lane.has_stock()


chats = st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), min_size=1, max_size=30)
rates = st.sampled_from((UNLIMITED, Limits(Rate(1, 1.0)), Limits(Rate(30, 1.0))))


@given(chats, rates, st.integers(1, 4))
def test_all_that_is_in_stock_leaves_each_chat_in_its_order(content, limits, at_once):
    lane = lane_of(limits, chats_at_once=at_once)
    lane.stock = [
        message(number, chat, Priority.ANSWER if answer else Priority.CAMPAIGN)
        for number, (chat, answer) in enumerate(content)
    ]
    lane.put_in_stock(())
    kept = list(lane.stock)
    left: list[Outgoing] = []
    now = 0.0
    while lane.stock and now < 60:
        lane.noted.update(lane.soon())
        chosen = lane.choose(now)
        assert len({m.chat_key for m, _ in chosen}) == len(chosen) <= at_once
        for each, ticket in chosen:
            lane.busy[each.chat_key] = None
            lane.noted.discard(each.id)
            lane.gate.used(ticket, left=ticket.at, answered=ticket.at)
            left.append(each)
        for each, _ in chosen:
            lane.free(each.chat_key)
        now += 0.1

    for chat in {m.chat_key for m in kept}:
        assert [m for m in left if m.chat_key == chat] == [m for m in kept if m.chat_key == chat]
