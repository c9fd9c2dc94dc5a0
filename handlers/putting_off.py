"""To be reminded later, asked for in one's own words, and when that is (hoãn nhắc, bao giờ nhắc lại).

"hoãn nhắc" ──▶ which report, where there are several ──▶ how long
"hoãn nhắc 3 ngày" ──▶ which report, where there are several
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from handlers import reminder_lines, reminder_page
from handlers.putting_off_words import asks_when, read_count, read_put_off
from handlers.reminder_past import past_of
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain.deadlines import Kind, Period, ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.text import shorten
from isobot.domain.units import Unit
from isobot.errors import Refusal
from isobot.storage import office, reports

PUT_OFF_DAYS = (1, 3, 7)
LONGEST_DAYS = 30
LONGEST_KEY = 60
OFFERED = 12
ALL = "all"
NOTHING = "Hiện tôi không còn gì phải nhắc anh/chị. Gõ “nhắc việc” để xem các kỳ tới."
TOO_LONG = f"Tôi hoãn được từ 1 đến {LONGEST_DAYS} ngày, ví dụ: hoãn nhắc 3 ngày."


@dataclass(frozen=True, slots=True)
class Open:
    """A report or duty that somebody is still going to be reminded of, with its line of the page."""

    rule: ReportingRule
    period: Period
    unit: Unit
    line: str = ""

    @property
    def name(self) -> str:
        """Name it so that it is told from others."""
        name = reminder_page.name_of(self.rule, self.period)
        what = f"Báo cáo {name}" if self.rule.kind is Kind.REPORT else name
        return f"{what}, {self.unit.place_name}"

    @property
    def key(self) -> str:
        """Return what a button says to mean this one."""
        return f"{self.rule.id}:{self.period.key}:{self.unit.code}"


async def open_now(turn: Turn, services: Services) -> list[Open]:
    """List what this person is still going to be reminded of now, with the line that the page has of it."""
    connection = turn.store.connection
    declined = await office.all_declined(connection)
    codes = [c for c in turn.actor.units_to_see() if (c, turn.actor.id or 0) not in declined]
    units = [unit for code in codes if (unit := services.directory.get(code)) is not None]
    if not units:
        return []
    settled = set(await reports.moments_in(connection, units=codes)) | set(await office.all_deeds(connection))
    letters = await office.all_letters(connection, units=codes)
    settled |= {report for report, letter in letters.items() if letter.verdict != office.STILL_MISSING}
    extensions = await office.all_extensions(connection, units=codes)
    events = await office.all_events(connection)
    asked = [
        (rule, period, unit)
        for unit in units
        for rule in (*services.rules.for_unit(unit), *services.rules.duties_of(unit))
        for period in reminder_page.asked_of(rule, unit, extensions, events, turn.today)
        if period.opens <= turn.today and (rule.id, period.key, unit.code) not in settled
    ]
    past = await past_of(turn, services, [(r.id, p.key, u.code) for r, p, u in asked])
    audiences = {unit.code: await reminder_page.audience_in(turn, unit) for unit in units}
    found = []
    for rule, period, unit in asked:
        one = Open(rule, period, unit)
        lines, left = reminder_lines.steps_of(
            one.name, rule, period, unit, services, turn.today, past, audience=audiences[unit.code]
        )
        if left:
            found.append(replace(one, line=lines[0]))
    return found


def ask_how_long(turn: Turn, rule: str, period: str, unit: str) -> None:
    """Ask for how many days to keep quiet."""
    turn.conversation.enter("snooze", rule=rule, period=period, unit=unit)
    choices = [Choice(f"snooze:{days}", f"{days} ngày") for days in PUT_OFF_DAYS]
    turn.say("Anh/chị muốn tôi hoãn nhắc bao lâu?", *choices, Choice("snooze:0", "Không hoãn"))


async def take_days(turn: Turn, services: Services, state: Mapping[str, str]) -> bool:
    """Take for how long; False when something else was said."""
    picked = turn.picked()
    days = read_count(turn.text)
    if picked is not None and picked.key.startswith("snooze:"):
        days = int(picked.key.removeprefix("snooze:"))
    if days is None:
        return False
    if days > LONGEST_DAYS:
        turn.conversation.enter("snooze", **state)
        turn.say(TOO_LONG)
        return True
    until = turn.today + timedelta(days=days)
    last_day = await reminding.snooze(
        turn.store,
        actor=turn.actor,
        rules=services.rules,
        rule=state["rule"],
        period=state["period"],
        unit=state["unit"],
        until=until,
    )
    turn.say(put_off_words(until, last_day, turn.today) if days else "Vâng, tôi nhắc như lịch.")
    return True


async def begin(turn: Turn, services: Services) -> None:
    """Take "hoãn nhắc" alone: ask how long for the one report there is, else which one."""
    found = await open_now(turn, services)
    if not found:
        turn.say(NOTHING)
    elif len(found) == 1:
        ask_how_long(turn, found[0].rule.id, found[0].period.key, found[0].unit.code)
    else:
        turn.say("Anh/chị muốn hoãn nhắc việc nào?", *_choices(found, "sn"))


async def take(turn: Turn, services: Services) -> bool:
    """Take a wish typed in one's own words; False when the text is something else."""
    if not turn.actor.units_to_see():
        return False
    if (days := read_put_off(turn.text, today=turn.today)) is not None:
        await put_off(turn, services, days)
        return True
    if asks_when(turn.text):
        await say_when(turn, services)
        return True
    return False


async def say_when(turn: Turn, services: Services) -> None:
    """Say in a line for each report when this person is reminded again."""
    found = await open_now(turn, services)
    if not found:
        turn.say(NOTHING)
        return
    lines = [one.line for one in found[:OFFERED]]
    turn.say("\n".join([*lines, "Gõ “nhắc việc” để xem cả lịch, “hoãn nhắc” để hoãn."]))


async def put_off(turn: Turn, services: Services, days: int, which: str = "") -> None:
    """Put off the one report there is, the one meant, or all; ask which where that is not clear."""
    if not 1 <= days <= LONGEST_DAYS:
        turn.say(TOO_LONG)
        return
    found = await open_now(turn, services)
    meant = [one for one in found if which in ("", ALL, one.key)]
    if not meant:
        turn.say(NOTHING)
    elif len(meant) > 1 and which != ALL:
        both = Choice(f"sn:{days}:{ALL}", f"Tất cả {len(found)} việc")
        turn.say(f"Anh/chị hoãn {days} ngày cho việc nào?", *_choices(found, f"sn:{days}"), both)
    else:
        try:
            said = [await _put_off_one(turn, services, one, days) for one in meant]
        except Refusal as refusal:
            turn.say(str(refusal))
            return
        turn.say("\n".join(said))


async def _put_off_one(turn: Turn, services: Services, one: Open, days: int) -> str:
    until = turn.today + timedelta(days=days)
    last_day = await reminding.snooze(
        turn.store,
        actor=turn.actor,
        rules=services.rules,
        rule=one.rule.id,
        period=one.period.key,
        unit=one.unit.code,
        until=until,
    )
    return put_off_words(until, last_day, turn.today, one.name)


def put_off_words(until: date, last_day: date, today: date, what: str = "") -> str:
    """Say from when on somebody is reminded again, and what the last day is all the same."""
    note = f" Hạn cuối vẫn là {format_date(last_day)}." if last_day >= today else ""
    if today <= last_day < until:
        note += " Khi tôi nhắc lại thì đã quá hạn, anh/chị lưu ý."
    named = f" nhắc {what[:1].lower()}{what[1:]}" if what else ""
    return f"Đã hoãn{named}; tôi sẽ nhắc lại từ {format_date(until)}.{note}"


def _choices(found: Sequence[Open], head: str) -> list[Choice]:
    choices = [Choice(f"{head}:{one.key}", shorten(one.name, LONGEST_KEY)) for one in found]
    return [choice for choice in choices if len(choice.key) <= LONGEST_KEY][:OFFERED]
