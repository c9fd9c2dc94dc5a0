"""Loads what the plan of reminders is made from: of a day, or of some rows of the ledger."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from isobot.clock import VIETNAM
from isobot.domain.people import Role
from isobot.domain.requests import is_request
from isobot.domain.units import UnitDirectory
from isobot.storage import dispatch, nudges, office, people, reports, rulebook, unit_ways
from isobot.storage.dispatch import Connection
from isobot.storage.people import Holder
from scheduler import plan, rounds
from scheduler.plan import Holding, Posts, Situation, UnitIndex
from scheduler.rounds import Timetable

ROUND_REACH_DAYS = 300
"""How long after its last day a round may still be spoken of, with all the time that a unit may get."""

Lent = Sequence[unit_ways.Delegation]
"""What people lent to others who stand in for them."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the database says, as the plan wants it."""

    timetable: Timetable
    situation: Situation
    holders: Sequence[Holder]
    ended: Mapping[plan.ReportKey, datetime]
    """When reports came in, deeds were done, or a letter went out that the receiver has not judged."""


async def situation_on(
    connection: Connection,
    timetable: Timetable,
    directory: UnitDirectory,
    *,
    today: date,
    since: date | None = None,
    province: str = "",
) -> Loaded:
    """Load everything the plan of a day is made from, with the days that offices changed.

    `since` reaches back to periods that ended while nothing ran. What a receiver looks at is of one
    `province`, and knows nothing of the ledger; that of a whole country takes seconds to load.
    """
    ends_since = min(today, since or today) - timedelta(days=ROUND_REACH_DAYS)
    rules = await rulebook.current(connection, timetable.rules, since=ends_since)
    if province:
        rules = rules.in_province(province)
    current = Timetable(rules, timetable.calendar, timetable.ladder, timetable.duty_ladder)
    holders = await people.holders(connection, provinces=[province] if province else None)
    events = await office.all_events(connection)
    extensions = await office.all_extensions(connection)
    outline = Situation({}, extensions=extensions, events=events)
    index = UnitIndex(u for u in directory if province in ("", u.province))

    def periods() -> set[tuple[str, str]]:
        return {
            (duty.rule.id, duty.period.key)
            for known, steps in rounds.ladders(current)
            for duty in plan.duties(known, index, current.calendar, steps, outline, today, since=since)
        }

    # Of a whole country both take a while; in a thread, officers are answered meanwhile.
    alive, posts = await asyncio.to_thread(periods), await asyncio.to_thread(posts_of, holders)
    ended = await reports.moments_in(connection, periods=alive)
    excused, settled = judged(await office.all_letters(connection))
    ended |= settled | {report: at for report, (_, at) in (await office.all_deeds(connection)).items()}
    reach = {holder.person for holder in holders if holder.chats}
    situation = Situation(
        posts=with_stand_ins(posts, await _lent_on(connection, today)),
        reported=ended.keys(),
        pending=await reports.pending(connection),
        excused=excused,
        ledger=() if province else await dispatch.known_steps(connection, alive),
        snoozed={
            (rule, period, unit, person): until
            for (person, rule, period, unit), until in (
                await dispatch.snoozed(connection, today=today)
            ).items()
        },
        extensions=extensions,
        declined=(await office.all_declined(connection)).keys(),
        unreachable={holder.person for holder in holders} - reach,
        events=events,
        letters=excused,
        nudges=await nudges.planned(connection, since=today - timedelta(days=rounds.NUDGE_REACH_DAYS)),
    )
    return Loaded(current, situation, holders, excused | ended)


async def _lent_on(connection: Connection, today: date, *, units: Iterable[str] | None = None) -> Lent:
    found = await unit_ways.delegations_of(connection, units, on=today)
    return [each for each in found if each.since <= today]


def with_stand_ins(posts: Posts, lent: Lent) -> Posts:
    """Add who stands in for somebody today, after those who hold the post."""
    found = dict(posts)
    for each in lent:
        found[each.unit] = {
            role: [*held, each.taker]
            if role in people.LENT and each.giver in held and each.taker not in held
            else held
            for role, held in found.get(each.unit, {}).items()
        }
    return found


def holdings_lent(holdings: Iterable[Holding], lent: Lent, *, now: datetime) -> list[Holding]:
    """Return what was lent of these posts by now, to whom and since when, and until when if that is over."""
    if not lent:
        return []
    givers = {(each.unit, each.giver) for each in lent}
    held: dict[tuple[str, int], list[Holding]] = defaultdict(list)
    for holding in holdings:
        if (holding.unit, holding.person) in givers and holding.role in people.LENT:
            held[holding.unit, holding.person].append(holding)
    found = []
    for each in lent:
        begins = datetime.combine(each.since, time(0), tzinfo=VIETNAM)
        ends = datetime.combine(each.until + timedelta(days=1), time(0), tzinfo=VIETNAM)
        for own in held[each.unit, each.giver]:
            until = min(m for m in (ends, each.ended_at, own.until) if m is not None)
            since = max(begins, own.since)
            if since < until and since <= now:
                over = until if until <= now else None
                found.append(Holding(own.unit, own.role, each.taker, since, over))
    return found


def judged(
    letters: Mapping[office.Report, office.Letter],
) -> tuple[dict[office.Report, datetime], dict[office.Report, datetime]]:
    """Tell letters that wait for the receiver from those that are enough; the rest count for nothing."""
    waiting = {report: letter.at for report, letter in letters.items() if not letter.verdict}
    enough = {r: letter.at for r, letter in letters.items() if letter.verdict == office.ENOUGH}
    return waiting, enough


async def situation_of(
    connection: Connection,
    rows: Mapping[int, list[dispatch.Row]],
    timetable: Timetable,
    directory: UnitDirectory,
    today: date,
) -> tuple[Timetable, Situation]:
    """Load what concerns these messages; a digest needs its whole province."""
    keys = [row.key for found in rows.values() for row in found]
    if any(key.step.endswith("/receiver") for key in keys):
        first = min(row.due_on for found in rows.values() for row in found)
        loaded = await situation_on(connection, timetable, directory, today=today, since=first)
        return loaded.timetable, loaded.situation
    units = {key.unit for key in keys}
    persons = {key.person for key in keys}
    lent = await _lent_on(connection, today, units=units)
    posts: dict[str, dict[Role, list[int]]] = defaultdict(lambda: defaultdict(list))
    for person, post in await people.posts_held(connection, persons | {each.giver for each in lent}):
        posts[post.unit][post.role].append(person)
    rules = await rulebook.current(
        connection, timetable.rules, rounds=[k.rule for k in keys if is_request(k.rule)]
    )
    excused, settled = judged(await office.all_letters(connection, units=units))
    done = set(await reports.moments_in(connection, units=units)) | set(settled)
    if any(rules.by_id(key.rule) is None for key in keys):
        done |= set(await office.all_deeds(connection))
    declined = await office.all_declined(connection)
    snoozed = await dispatch.snoozed(connection, today=today, persons=persons)
    situation = Situation(
        posts=with_stand_ins(posts, lent),
        reported=done,
        pending=await reports.pending(connection, units=units),
        excused=excused,
        snoozed={
            (rule, period, unit, person): until for (person, rule, period, unit), until in snoozed.items()
        },
        extensions=await office.all_extensions(connection, units=units),
        declined=declined.keys(),
    )
    return replace(timetable, rules=rules), situation


def posts_of(holders: Iterable[Holder]) -> Posts:
    """Group people by unit and role, as the plan wants them."""
    found: dict[str, dict[Role, list[int]]] = defaultdict(lambda: defaultdict(list))
    for holder in holders:
        found[holder.post.unit][holder.post.role].append(holder.person)
    return found
