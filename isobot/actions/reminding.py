"""Reminders from the officer's side: put them off (hoãn nhắc)."""

from datetime import date

from isobot.domain.deadlines import RuleBook, find_period
from isobot.domain.people import Actor
from isobot.errors import Refusal
from isobot.storage import dispatch
from isobot.storage.store import Store


async def snooze(
    store: Store, *, actor: Actor, rules: RuleBook, rule: str, period: str, unit: str, until: date
) -> date:
    """Keep quiet towards one person about one report before `until`; return its last day on time.

    Raises:
        Refusal: the person does not report for the unit, or there is no such period.
    """
    known = rules.get(rule)
    due = find_period(known, period) if known else None
    if actor.id is None or not actor.may_report_for(unit):
        raise Refusal("Anh/chị không giữ vai trò báo cáo cho đơn vị này nên không có gì để hoãn.")
    if due is None:
        raise Refusal("Kỳ báo cáo này không còn trong danh sách.")
    await dispatch.snooze(store.connection, person=actor.id, rule=rule, period=period, unit=unit, until=until)
    return due.last_day
