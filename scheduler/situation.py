"""What people have done and said, and who therefore listens to which steps."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from isobot.domain.deadlines import NATIONAL, Audience, Extension, Period, ReportingRule, StepKey
from isobot.domain.people import Role
from isobot.domain.units import Unit

Posts = Mapping[str, Mapping[Role, Sequence[int]]]
"""The people of each unit's code, by role."""

ReportKey = tuple[str, str, str]
"""(rule, period, unit) of a report that is in."""

SnoozeKey = tuple[str, str, str, int]
"""(rule, period, unit, person) that asked not to be reminded for some days."""

ROLES = {Audience.REPORTER: Role.REPORTER, Audience.DEPUTY: Role.DEPUTY, Audience.HEAD: Role.HEAD}
"""Who listens in a unit, in the order in which one who holds several roles is addressed."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What people have done and said, as far as it changes who is reminded of what.

    `reported` is in; `pending` waits for the unit's head to approve; `excused` waits for the receiver
    after the officer said it went out on paper. `snoozed` gives the first day on which to remind again.
    `declined` are (unit, person) where the person said "không phải tôi"; `unreachable` cannot be written
    to. `events` are (rule, unit, day) that duties follow. `letters` tells when each of the excused was said
    to have gone out. `nudges` are (rule, period, day) for which a receiver asked to nudge the silent units.
    """

    posts: Posts
    reported: Collection[ReportKey] = ()
    excused: Collection[ReportKey] = ()
    ledger: Collection[StepKey] = ()
    snoozed: Mapping[SnoozeKey, date] | None = None
    extensions: Mapping[ReportKey, Extension] | None = None
    pending: Collection[ReportKey] = ()
    declined: Collection[tuple[str, int]] = ()
    unreachable: Collection[int] = ()
    events: Collection[tuple[str, str, date]] = ()
    letters: Mapping[ReportKey, datetime] | None = None
    nudges: Collection[tuple[str, str, date]] = ()


class UnitIndex:
    """Units by province, to find quickly whom a rule concerns."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.all: Mapping[str, Unit] = {unit.code: unit for unit in units}
        self._by_province: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.all.values():
            self._by_province[unit.province].append(unit)
        self._owing: dict[tuple[ReportingRule, date], Sequence[Unit]] = {}

    @classmethod
    def over(cls, units: "Iterable[Unit] | UnitIndex") -> "UnitIndex":
        """Return an index over units; one that is made already serves as it is."""
        return units if isinstance(units, UnitIndex) else cls(units)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.all.values())

    def of(self, province: str) -> Iterable[Unit]:
        """Return the units of a province, or all for a national rule."""
        return self.all.values() if province == NATIONAL else self._by_province.get(province, ())

    def owing(self, rule: ReportingRule, period: Period) -> Sequence[Unit]:
        """Return the units that owe a period; worked out once for a last day."""
        key = (rule, period.last_day)
        if key not in self._owing:
            self._owing[key] = [u for u in self.of(rule.reach) if rule.is_owed_by(u, period)]
        return self._owing[key]

    def office(self, province: str) -> Unit | None:
        """Return the office that receives a province's reports."""
        return next((u for u in self._by_province.get(province, ()) if u.lead_office), None)


def listeners(
    situation: Situation, rule: ReportingRule, unit: Unit, report: ReportKey | None = None
) -> Iterable[tuple[int, Audience, Audience]]:
    """Give the people of a unit, each once: who it is, as what, and whose steps of the ladder they hear.

    Who reports is not told again as the head. Where nobody who reports can be reached, the deputy hears
    the reporter's steps; if there is none, the head. The head hears them too while the report waits for
    the head's approval. What is the lead office's own to do its receivers hear where nobody else is there.
    """
    seen: dict[int, Audience] = {}
    held = situation.posts.get(unit.code, {})
    for audience, role in ROLES.items():
        for person in held.get(role, ()):
            if (unit.code, person) not in situation.declined:
                seen.setdefault(person, audience)
    if not seen and rule.lead_office_only:
        receiving = (p for p in held.get(Role.RECEIVER, ()) if (unit.code, p) not in situation.declined)
        seen = dict.fromkeys(receiving, Audience.REPORTER)
    in_reach = {seen[person] for person in seen if person not in situation.unreachable}
    stand_in = next(iter(a for a in ROLES if a in in_reach), None)
    waited_for = Audience.HEAD if report in situation.pending else None
    return [
        (person, audience, Audience.REPORTER if audience in (stand_in, waited_for) else audience)
        for person, audience in seen.items()
    ]


def only_receives(situation: Situation, unit: Unit, person: int) -> bool:
    """Tell whether somebody has no part in a unit but to receive the reports of others."""
    held = situation.posts.get(unit.code, {})
    reports = any(person in held.get(role, ()) for role in ROLES.values())
    return person in held.get(Role.RECEIVER, ()) and not reports


def receivers(province: str, units: UnitIndex, posts: Posts) -> tuple[int, ...]:
    """List who receives a province's reports, whichever unit of it they belong to."""
    people = (p for u in units.of(province) for p in posts.get(u.code, {}).get(Role.RECEIVER, ()))
    return tuple(dict.fromkeys(people))


def is_snoozed(snoozed: Mapping[SnoozeKey, date] | None, report: ReportKey, person: int, today: date) -> bool:
    """Tell whether a person asked not to be reminded of a report before a later day."""
    until = snoozed.get((*report, person)) if snoozed else None
    return until is not None and today < until
