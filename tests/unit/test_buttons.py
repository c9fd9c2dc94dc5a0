"""Every command and every kind of button has one place where it is followed."""

from collections import Counter

from handlers import commands, deadlines_desk, filled_files, papers, reminders, report_acts, totals
from handlers.buttons import BUTTONS
from handlers.words import COMMANDS


def test_every_command_that_can_be_typed_is_followed():
    assert set(commands.ACTS) | {"start"} == set(COMMANDS)


def test_no_key_belongs_to_two_rooms():
    rooms = (
        *(report_acts.HEADS, totals.HEADS, reminders.HEADS, deadlines_desk.HEADS),
        *((papers.TABLE, papers.REPORT, papers.PICTURES), (filled_files.KEY,)),
    )
    counted = Counter(head for heads in rooms for head in heads)

    assert {head for head, times in counted.items() if times > 1} == set()
    assert counted.keys() <= BUTTONS.keys()
