"""The page of what will be reminded (/nhac): days, words and escalation of one's own reports and duties."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from handlers import reminder_lines
from handlers.reminder_past import Past, past_of
from handlers.services import Services
from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.deadlines import Audience, Extension, Kind, Period, ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.people import Role
from isobot.domain.text import shorten
from isobot.domain.units import Unit
from isobot.storage import office, people, reports
from scheduler import wording

LONGEST_BUTTON = 60
OWN_ICS = "own"
_AS = {Role.REPORTER: Audience.REPORTER, Role.DEPUTY: Audience.DEPUTY, Role.HEAD: Audience.HEAD}

Lines = tuple[list[str], list[Choice]]
"""What is said, and what can be chosen under it."""


async def show(turn: Turn, services: Services) -> None:
    """Show the coming reminders of my units: days, escalation, and what each can be answered with."""
    codes = reminding.units_of(turn.actor)
    if not codes:
        turn.say("Tôi chỉ nhắc người đã đăng ký cho một đơn vị. Anh/chị gửi mã đăng ký để được nhắc.")
        return
    mine = [c for c in codes if c in turn.actor.units_to_see()]
    units = [unit for code in mine if (unit := services.directory.get(code)) is not None]
    declined = await office.all_declined(turn.store.connection)
    past = await _past_of(turn, services, units)
    lines: list[str] = []
    choices: list[Choice] = []
    shown: list[date] = []
    for unit in units:
        lines.append(f"{unit.place_name}:")
        if (unit.code, turn.actor.id or 0) in declined:
            lines.append("Anh/chị đã báo không phụ trách, nên tôi không nhắc.")
            choices.append(Choice(f"mn:{unit.code}", f"Nhắc lại tôi về {unit.name}", lasting=True))
            continue
        if not services.rules.for_unit(unit):
            lines.append(services.rules.silence(unit.province) or "Không có kỳ báo cáo nào để nhắc.")
        several = len(units) > 1
        for part in (
            _reports(turn, services, unit, past, shown, several),
            _duties(turn, services, unit, past, shown),
        ):
            more, offered = await part
            lines += more
            choices += offered
    if lines:
        lines += filter(None, [reminder_lines.estimate_words(shown, services)])
        turn.say("\n".join(lines), *choices, Choice(f"ic:{OWN_ICS}", "Tải lịch (.ics)", lasting=True))
    await _show_lead_office(turn, services, [code for code in codes if code not in mine])


async def _show_lead_office(turn: Turn, services: Services, codes: Iterable[str]) -> None:
    """Show a receiver what the lead office itself has to do in November and December."""
    offices = [unit for code in codes if (unit := services.directory.get(code)) and unit.lead_office]
    held = await people.holders(turn.store.connection, units=[unit.code for unit in offices])
    declined = await office.all_declined(turn.store.connection)
    past = await _past_of(turn, services, offices) if offices else Past()
    for unit in offices:
        shown: list[date] = []
        alone = not any(
            h.post.unit == unit.code and h.post.role in _AS and (unit.code, h.person) not in declined
            for h in held
        )
        receiver = Audience.REPORTER if alone else Audience.RECEIVER
        lines, choices = await _reports(turn, services, unit, past, shown, several=False, receiver=receiver)
        if lines and alone:
            refused = (unit.code, turn.actor.id or 0) in declined
            why = "còn anh/chị đã báo không phụ trách, " if refused else ""
            told = "tôi không nhắc" if refused else "tôi nhắc anh/chị"
            lines.append(f"  Chưa ai đăng ký lập báo cáo này, {why}nên {told}.")
            choices.append(Choice(f"rc:{unit.code}", wording.FIND_WRITER, lasting=True))
            if refused:
                choices.append(Choice(f"mn:{unit.code}", "Nhắc lại tôi", lasting=True))
        duty_lines, duty_choices = await _duties(turn, services, unit, past, shown)
        lines += duty_lines
        if lines:
            lines += filter(None, [reminder_lines.estimate_words(shown, services)])
            said = "\n".join([f"Việc của {unit.place_name}:", *lines])
            turn.say(said, *choices, *duty_choices)


async def _past_of(turn: Turn, services: Services, units: Sequence[Unit]) -> Past:
    """Load what happened to everything that the page speaks of."""
    events = await office.all_events(turn.store.connection)
    wanted = [
        (rule.id, period.key, unit.code)
        for unit in units
        for rule in (*services.rules.for_unit(unit), *services.rules.duties_of(unit))
        for period in asked_of(rule, unit, {}, events, turn.today)
    ]
    return await past_of(turn, services, wanted)


def asked_of(
    rule: ReportingRule,
    unit: Unit,
    extensions: Mapping[tuple[str, str, str], Extension],
    events: Collection[tuple[str, str, date]],
    today: date,
) -> list[Period]:
    """Return what a rule asks of a unit about now, a report or a duty."""
    if rule.kind is Kind.REPORT:
        return periods_of(rule, unit, extensions, today)
    return reminder_lines.duty_periods(rule, unit, events, today)


def name_of(rule: ReportingRule, period: Period) -> str:
    """Name a report or a duty of a period in a line or on a button."""
    is_plain = rule.kind is Kind.REPORT or rule.follows_event
    return period.label if is_plain else f"{rule.title}, {period.label}"


async def audience_in(turn: Turn, unit: Unit) -> Audience:
    """Return as what somebody hears a unit's reminders: as deputy or head, in place of who reports if needed.

    Where nobody who reports can be reached, the first of deputy and head that can hears the reporter's steps.
    """
    held = {post.role for post in turn.actor.posts if post.unit == unit.code}
    mine = next((role for role in _AS if role in held), Role.REPORTER)
    if mine is Role.REPORTER:
        return Audience.REPORTER
    declined = await office.all_declined(turn.store.connection)
    in_reach = {
        holder.post.role
        for holder in await people.holders(turn.store.connection, units=[unit.code])
        if holder.chats and (unit.code, holder.person) not in declined
    }
    stands_in = next((role for role in _AS if role in in_reach), None) is mine
    return Audience.REPORTER if stands_in else _AS[mine]


async def _reports(
    turn: Turn,
    services: Services,
    unit: Unit,
    past: Past,
    shown: list[date],
    several: bool,
    receiver: Audience | None = None,
) -> Lines:
    """Write the reports of a unit; a receiver sees those of the lead office alone, and enters none.

    `receiver` is as what a receiver is told of them: as who reports, where nobody else is registered.
    """
    connection, code = turn.store.connection, unit.code
    settled = set(await reports.moments_in(connection, units=[code]))
    letters = await office.all_letters(connection, units=[code])
    extensions = await office.all_extensions(connection, units=[code])
    audience = receiver or await audience_in(turn, unit)
    alone = receiver is Audience.REPORTER
    lines: list[str] = []
    choices: list[Choice] = []
    for rule in services.rules.for_unit(unit):
        if receiver and not rule.lead_office_only:
            continue
        periods = periods_of(rule, unit, extensions, turn.today)
        open_now = any(p.is_open_on(turn.today) for p in periods)
        for period in periods:
            report = (rule.id, period.key, code)
            if report in settled:
                lines.append(f"• {period.label}: đã gửi số liệu, tôi không nhắc nữa.")
                continue
            if report in letters and not letters[report].verdict:
                lines.append(f"• {period.label}: đã báo gửi bản giấy, chờ cơ quan nhận xác nhận.")
                continue
            if not rule.binds(unit):
                last = format_date(period.last_day)
                lines.append(f"• {period.label}, hạn {last}: đơn vị gửi tự nguyện nên tôi không nhắc.")
                continue
            if open_now and period.opens > turn.today:
                lines.append(reminder_lines.in_short(period.label, rule, period, services, turn.today))
                continue
            told, left = reminder_lines.steps_of(
                period.label, rule, period, unit, services, turn.today, past, audience=audience, alone=alone
            )
            if receiver and not left:
                continue
            lines += told
            if left:
                shown.append(period.last_day)
            if left and period.opens <= turn.today and (alone or not receiver):
                of_unit = f", {unit.name}" if several else ""
                may_report = turn.actor.may_report_for(code)
                choices += _period_choices(report, f"{period.label}{of_unit}", may_report=may_report)
        if lines and (periods or rule.once is None):
            lines += [f"  {words}" for words in (rule.remark(), rule.cited()) if words]
    return lines, choices


def periods_of(
    rule: ReportingRule, unit: Unit, extensions: Mapping[tuple[str, str, str], Extension], today: date
) -> list[Period]:
    """Return the late, the open and the next periods as they are for a unit."""
    coming = deadlines.next_period(rule, today)
    found = [
        *deadlines.late_periods(rule, today)[-1:],
        *deadlines.open_periods(rule, today),
        *([coming] if coming else []),
    ]
    return [
        p.with_extension(extensions.get((rule.id, p.key, unit.code)))
        for p in found
        if unit.active_on(p.last_day)
    ]


def _period_choices(report: tuple[str, str, str], label: str, *, may_report: bool) -> list[Choice]:
    about = ":".join(report)
    if len(about) + 3 > LONGEST_BUTTON:
        return []
    words = Choice(f"wd:{about}", f"Xem lời nhắc {label}", lasting=True)
    put_off = Choice(f"sn:{about}", f"Hoãn nhắc {label}", lasting=True)
    if not may_report:  # who does not enter figures cannot say they went out on paper
        return [put_off, words]
    return [put_off, Choice(f"pp:{about}", f"Đã gửi bản giấy {label}", lasting=True), words]


async def _duties(turn: Turn, services: Services, unit: Unit, past: Past, shown: list[date]) -> Lines:
    """Show what is to be done without a form: every year, and after events that were told."""
    lines: list[str] = []
    choices: list[Choice] = []
    deeds = await office.all_deeds(turn.store.connection)
    events = await office.all_events(turn.store.connection)
    audience = await audience_in(turn, unit)
    offered = False
    for rule in services.rules.duties_of(unit):
        if not rule.follows_event and not rule.binds(unit):
            continue
        offered = offered or rule.follows_event
        for period in reminder_lines.duty_periods(rule, unit, events, turn.today):
            report = (rule.id, period.key, unit.code)
            name = name_of(rule, period)
            if report in deeds:
                lines.append(f"• {name}: đã làm ngày {format_date(deeds[report][0])}.")
                continue
            told, left = reminder_lines.steps_of(
                name, rule, period, unit, services, turn.today, past, audience=audience
            )
            lines += [*told, f"  {rule.remark()}", f"  {rule.cited()}"]
            if left:
                shown.append(period.last_day)
            key = "dd:" + ":".join(report)
            if period.opens <= turn.today and len(key) <= LONGEST_BUTTON:
                choices.append(Choice(key, f"Đã làm: {shorten(rule.title, 40)}", lasting=True))
    if offered:
        choices.append(Choice(f"ev:{unit.code}", "Thêm việc cần nhắc", lasting=True))
    return lines, choices


async def show_words(turn: Turn, services: Services, rule_id: str, key: str, code: str) -> None:
    """Show the very words of the next reminder, and of what deputy and head are told after it."""
    unit = services.directory.get(code)
    rule = services.rules.get(rule_id, unit.province) if unit else None
    period = deadlines.find_period(rule, key) if rule else None
    if rule is None or unit is None or period is None or code not in reminding.units_of(turn.actor):
        turn.say(reminding.NO_PERIOD)
        return
    extensions = await office.all_extensions(turn.store.connection, units=[code])
    period = period.with_extension(extensions.get((rule_id, key, code)))
    report = (rule_id, key, code)
    past = await past_of(turn, services, [report])
    mine = await audience_in(turn, unit)
    parts = []
    if (until := past.quiet_until(report)) is not None:
        parts.append(f"Anh/chị đang hoãn nhắc kỳ này; tôi nhắc lại từ {format_date(until)}.")
    for whose, whom in _WHOSE_WORDS:
        step = reminder_lines.next_step(
            rule, period, unit, services, turn.today, past, whose=whose, own=whose is mine
        )
        if step is not None:
            words = wording.own_part(step, step.day, services.directory, services.calendar)
            parts.append(f"{whom}, ngày {format_date(step.day)}:\n{words}")
    turn.say("\n\n".join(parts) or "Kỳ này không còn lần nhắc nào.")


_WHOSE_WORDS = (
    (Audience.REPORTER, "Lần nhắc tới"),
    (Audience.DEPUTY, "Nếu chưa gửi, người thay thế được báo"),
    (Audience.HEAD, "Nếu vẫn chưa gửi, lãnh đạo đơn vị được báo"),
)
