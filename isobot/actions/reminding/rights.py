"""What every act about reminders asks first: whose reminders, which period, what right, what reason."""

from isobot.actions import reasons
from isobot.domain.deadlines import Period, RuleBook, find_period
from isobot.domain.people import Actor, Role
from isobot.errors import Refusal

NOT_RECEIVER = "Việc này dành cho cán bộ đầu mối nhận báo cáo của tỉnh."
NO_PERIOD = "Kỳ báo cáo này không còn trong danh sách."
LONGEST_WHY = 300


def units_of(actor: Actor) -> tuple[str, ...]:
    """Return the units whose reminders somebody gets, whatever the role."""
    mine = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.RECEIVER)
    return tuple(dict.fromkeys(p.unit for p in actor.posts if p.role in mine))


def province_of(actor: Actor, unit: str) -> str:
    """Return the province of a unit in which somebody holds a post."""
    return next(post.province for post in actor.posts if post.unit == unit)


def period_of(rules: RuleBook, rule: str, period: str, province: str) -> Period:
    """Return a period that somebody named, as it is in a province.

    Raises:
        Refusal: there is no such period.
    """
    known = rules.get_any(rule, province)
    due = find_period(known, period) if known else None
    if due is None:
        raise Refusal(NO_PERIOD)
    return due


def check_receiver(actor: Actor, province: str) -> None:
    """Refuse who does not receive the province's reports."""
    if not actor.may_receive_from(province):
        raise Refusal(NOT_RECEIVER)


def check_reason(why: str) -> None:
    """Refuse a reason that says nothing, or too much."""
    reasons.check_reason(why, example="Đơn vị đang sáp nhập", longest=LONGEST_WHY)
