"""Filling the province's own report from the reports of its units, when the lead office opens it."""

from isobot.actions.chain import write_event
from isobot.actions.reporting import Work
from isobot.actions.totals import Register, period_totals
from isobot.domain.deadlines import Period, ReportingRule, RuleBook, periods_between
from isobot.domain.gathering import gather
from isobot.domain.people import Actor
from isobot.domain.period_totals import PeriodTotals
from isobot.domain.reports import ReportStatus
from isobot.domain.values import values_from_json
from isobot.storage.store import Store


async def fill(
    store: Store, *, actor: Actor, work: Work, register: Register, rules: RuleBook, channel: str
) -> tuple[PeriodTotals, ...]:
    """Write what can be gathered into the draft, and return the periods that it was gathered from.

    What a person has written there stays. What was filled in before is brought up to date, and each
    change stands in the history of the report. A report that was sent is left as it was sent.
    """
    record, period = work.record, work.period
    sent = record.version and ReportStatus(record.status).is_in
    if not work.form.for_rollup or period is None or record.practice_of or sent:
        return ()
    wanted = [(rule, part) for rule in rules.for_province(record.province) for part in _parts(rule, period)]
    made = [
        await period_totals(store, register, rule=rule, period=part, province=record.province)
        for rule, part in wanted
    ]
    for key, value in gather(work.form, made).items():
        before, after = record.draft.get(key), value.to_json()
        if before == after or record.authors.get(key, 0) != 0:
            continue
        record.draft[key] = after
        record.authors[key] = 0
        write_event(store, record, actor, channel, "gathered", field=key, before=before, after=after)
    work.values = {**work.values, **values_from_json(_figures(work))}
    return tuple(made)


def _figures(work: Work) -> dict[str, object]:
    keys = {field.key for field in work.form.fields if field.gather is not None}
    return {key: stored for key, stored in work.record.draft.items() if key in keys}


def _parts(rule: ReportingRule, whole: Period) -> list[Period]:
    """Return the periods of a rule that make up another: the latest, and before it what it does not cover."""
    if rule.lead_office_only or rule.once is not None:
        return []
    found: list[Period] = []
    for part in reversed(periods_between(rule, whole.covers_from, whole.last_day)):
        within = whole.covers_from <= part.covers_to <= whole.covers_to
        if within and (not found or part.covers_to < found[-1].covers_from):
            found.append(part)
    return found
