"""Acts that change who is reminded of what.

Each checks the right, changes the record, takes back what waits, and writes the history.
"""

from isobot.actions.reminding.answers import add_event, done, me_again, not_me, send_on_paper, snooze
from isobot.actions.reminding.last_days import (
    ROUND_IS_CLOSED,
    Extended,
    check_longer,
    check_move,
    extend,
    movable,
    move_date,
)
from isobot.actions.reminding.receivers import Nudged, judge_letter, no_nudge, nudge, nudge_later, turn_duty
from isobot.actions.reminding.rights import (
    NO_PERIOD,
    NOT_RECEIVER,
    check_reason,
    check_receiver,
    units_of,
)
from isobot.actions.reminding.successors import invite_for, officers_of, relieve

__all__ = [
    "NOT_RECEIVER",
    "NO_PERIOD",
    "ROUND_IS_CLOSED",
    "Extended",
    "Nudged",
    "add_event",
    "check_longer",
    "check_move",
    "check_reason",
    "check_receiver",
    "done",
    "extend",
    "invite_for",
    "judge_letter",
    "me_again",
    "movable",
    "move_date",
    "no_nudge",
    "not_me",
    "nudge",
    "nudge_later",
    "officers_of",
    "relieve",
    "send_on_paper",
    "snooze",
    "turn_duty",
    "units_of",
]
