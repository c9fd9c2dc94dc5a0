"""Which period of a rule people mean when they name none."""

from datetime import date

from isobot.domain import deadlines
from isobot.domain.deadlines import Period, ReportingRule


def current_period(rule: ReportingRule, today: date) -> Period | None:
    """Return the period to look at: the one that is open, else the one that ended last."""
    now_open = deadlines.open_periods(rule, today)
    if now_open:
        return now_open[0]
    late = deadlines.late_periods(rule, today)
    return late[-1] if late else None
