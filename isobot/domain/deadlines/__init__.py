"""Reporting rules, their periods, and last days on time (chế độ báo cáo, kỳ báo cáo, hạn)."""

from isobot.domain.deadlines.ladder import Audience, LadderStep, StepKey
from isobot.domain.deadlines.periods import DayOfYear, Extension, Move, Occurrence, Period
from isobot.domain.deadlines.rulebook import RuleBook
from isobot.domain.deadlines.rules import (
    INHERITED_MARK,
    NATIONAL,
    Basis,
    Kind,
    Nature,
    ReportingRule,
    Switch,
    Through,
    receiving_unit,
    reporting_units,
)
from isobot.domain.deadlines.when_due import (
    LATE_DAYS,
    event_period,
    find_period,
    last_day_on_time,
    late_periods,
    next_period,
    open_periods,
    periods_between,
    previous_period,
)

__all__ = [
    "INHERITED_MARK",
    "LATE_DAYS",
    "NATIONAL",
    "Audience",
    "Basis",
    "DayOfYear",
    "Extension",
    "Kind",
    "LadderStep",
    "Move",
    "Nature",
    "Occurrence",
    "Period",
    "ReportingRule",
    "RuleBook",
    "StepKey",
    "Switch",
    "Through",
    "event_period",
    "find_period",
    "last_day_on_time",
    "late_periods",
    "next_period",
    "open_periods",
    "periods_between",
    "previous_period",
    "receiving_unit",
    "reporting_units",
]
