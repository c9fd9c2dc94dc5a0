"""What is offered and said about rounds of reports: groups of units, spans of days, bases, days off."""

from collections.abc import Iterable
from datetime import date, timedelta

from handlers.services import Services
from isobot.domain import deadlines
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import Basis, RuleBook
from isobot.domain.forms import Form
from isobot.domain.numbers import format_date
from isobot.domain.people import Role
from isobot.domain.requests import Request
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.formfiles import Forms
from isobot.storage import people
from isobot.storage.store import Store

ALL = "all"


def groups(directory: UnitDirectory, province: str, today: date) -> list[tuple[str, str, list[Unit]]]:
    """Return the groups of units to offer: all, then each level; without the office that asks."""
    units = [u for u in directory.active_on(today, province) if not u.lead_office]
    found = [(ALL, "Tất cả đơn vị", units)]
    for level in Level:
        own = [u for u in units if u.level is level]
        if own and len(own) < len(units):
            found.append((level.value, level.label[:1].upper() + level.label[1:], own))
    return found


def forms_to_offer(forms: Forms) -> list[Form]:
    """Return the newest version of each form that units fill in."""
    newest: dict[str, Form] = {}
    for form in (each for each in forms if not each.for_rollup):
        known = newest.get(form.id)
        if known is None or form.version > known.version:
            newest[form.id] = form
    return list(newest.values())


def spans(rules: RuleBook, province: str, today: date) -> list[tuple[str, date, date]]:
    """Return what the figures may cover, in words and days: this year, since the last report, last year."""
    begin = date(today.year, 1, 1)
    found = [("Từ đầu năm đến hôm nay", begin, today)]
    ends = [
        period.covers_to
        for rule in rules.for_province(province)
        if rule.once is None
        for period in deadlines.periods_between(rule, today - timedelta(days=366), today)
        if period.covers_to < today
    ]
    if ends:
        since = max(ends) + timedelta(days=1)
        found.append((f"Từ {format_date(since)}, sau kỳ trước, đến hôm nay", since, today))
    found.append((f"Cả năm {today.year - 1}", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)))
    return [span for span in found if span[1] <= span[2]]


def plan_bases(services: Services, province: str) -> list[tuple[Basis, str]]:
    """Return where the province's plan asks for reports on request, with the words to cite it."""
    documents = services.knowledge.corpus.documents
    return [
        (basis, f"{basis.section}, {documents[basis.document].full_name()}")
        for basis in services.rules.on_request.get(province, ())
        if basis.document in documents
    ]


def day_off_warning(day: date, calendar: WorkCalendar) -> str:
    """Say that a last day is a day off and what reminders aim at; "" for a working day."""
    if calendar.is_working(day):
        return ""
    aim = calendar.previous_working(day)
    return f"Ngày {format_date(day)} là ngày nghỉ; tôi nhắc các đơn vị xong trước, vào {format_date(aim)}."


def day_with_note(day: date, calendar: WorkCalendar) -> str:
    """Write a last day, with the working day before it where it is a day off."""
    if calendar.is_working(day):
        return format_date(day)
    return f"{format_date(day)} (ngày nghỉ, nên xong trước {format_date(calendar.previous_working(day))})"


async def unregistered(store: Store, request: Request) -> int:
    """Count the units of a round for which nobody is registered who could report."""
    held: Iterable[str] = (
        holder.post.unit
        for holder in await people.holders(store.connection, provinces=[request.province])
        if holder.post.role in (Role.REPORTER, Role.DEPUTY)
    )
    return len(set(request.units) - set(held))
