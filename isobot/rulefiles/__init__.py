"""The files an office may change about time: rules, ladders of reminders, days off, working hours.

Each is checked when it is read; a mistake names its file, line and cure, and nothing starts.
"""

from isobot.rulefiles.calendar import load_calendar
from isobot.rulefiles.ladder import load_duty_ladder, load_ladder
from isobot.rulefiles.rules import load_rules

__all__ = ["load_calendar", "load_duty_ladder", "load_ladder", "load_rules"]
