"""What a reminder says: computed from the days that remain, since a step may be told late."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import Audience, Kind, Period, ReportingRule
from isobot.domain.messages import Choice, Reply
from isobot.domain.numbers import format_date
from isobot.domain.text import capital, shorten
from isobot.domain.units import Level, Unit, UnitDirectory
from scheduler.letters import is_letters
from scheduler.plan import MOVED, DueStep, ReportKey, Standing
from scheduler.rounds import is_nudge

NAMED = 10
NEXT_TO_ALL = 0.9
"""The share of missing units from which on a receiver is not asked which of several lists is meant."""
LONGEST_KEY = 60

APPROVE = "Duyệt báo cáo"
BEGIN, SNOOZE = "Nhập báo cáo", "Hoãn nhắc"
FIND_WRITER = "Tạo mã cho người lập báo cáo"
ON_PAPER, NOT_ME, DONE = "Đã gửi bản giấy", "Không phải tôi", "Đã làm"
NUDGE_ALL, EXTEND, REASSIGN = "Nhắc các đơn vị im lặng", "Gia hạn một đơn vị", "Đổi người phụ trách"


def reminder(
    steps: Sequence[DueStep], *, today: date, directory: UnitDirectory, calendar: WorkCalendar
) -> Reply:
    """Write one message of everything that one person is to be told today."""
    own = [step for step in steps if step.audience is not Audience.RECEIVER]
    digests = [step for step in steps if step.audience is Audience.RECEIVER]
    parts = [own_part(step, today, directory, calendar) for step in own]
    lists = gathered(step for step in digests if not is_letters(step.step))
    parts += [_digest(step, lists, today, calendar) for step in lists]
    parts += filter(None, [_whose_buttons(lists)])
    parts += [_letters(step) for step in digests if is_letters(step.step)]
    choices = (*_own_choices(own), *(_digest_choices(lists) or [_progress()] * bool(digests)))
    return Reply("\n\n".join(parts), tuple({c.label: c for c in reversed(choices)}.values())[::-1])


def _own_choices(steps: Sequence[DueStep]) -> list[Choice]:
    """Offer what changes the plan; with several reports each button asks which one is meant."""
    reports = [s for s in steps if s.rule.kind is Kind.REPORT and not _tells_only(s)]
    duties = [s for s in steps if s.rule.kind is Kind.DUTY]
    found: list[Choice] = []
    begins = [step for step in reports if not _by_receiver(step)]
    if begins:
        found.append(_choice("rp", BEGIN, begins, otherwise="go:baocao"))
    found += [
        Choice(f"rc:{code}", FIND_WRITER, lasting=True)
        for code in dict.fromkeys(step.unit.code for step in reports if _by_receiver(step))
    ]
    if duties:
        found.append(_choice("dd", DONE, duties, otherwise="go:dalam"))
    if reports or duties:
        found.append(_choice("sn", SNOOZE, [*reports, *duties], otherwise="go:hoannhac"))
    if begins:
        found.append(_choice("pp", ON_PAPER, begins, otherwise="go:bangiay"))
    if reports or duties:
        units = {step.unit.code for step in (*reports, *duties)}
        key = f"nm:{units.pop()}" if len(units) == 1 else "go:khongphaitoi"
        found.append(Choice(key, NOT_ME, lasting=True, by_word=True))
    elif any(step.waits for step in steps):
        found.append(Choice("go:duyet", APPROVE, lasting=True, by_word=True))
    elif steps:
        found.append(Choice("go:tiendo", "Tiến độ", lasting=True, by_word=True))
    return found


def _by_receiver(step: DueStep) -> bool:
    """Tell whether a receiver is told of the lead office's own report, and so enters no figures."""
    return step.stands_in and step.audience is Audience.REPORTER and step.rule.kind is Kind.REPORT


def begin_choices(step: DueStep) -> tuple[Choice, ...]:
    """Offer to enter the figures, to whoever does that."""
    return (
        ()
        if _tells_only(step) or _by_receiver(step)
        else (_choice("rp", BEGIN, [step], otherwise="go:baocao"),)
    )


def _tells_only(step: DueStep) -> bool:
    """Tell whether the person is a head, who does not enter figures."""
    return step.audience is Audience.HEAD


def _choice(head: str, label: str, steps: Sequence[DueStep], *, otherwise: str) -> Choice:
    step = steps[0]
    key = f"{head}:{step.rule.id}:{step.period.key}:{step.unit.code}"
    single = len(steps) == 1 and len(key) <= LONGEST_KEY
    return Choice(key if single else otherwise, label, lasting=True, by_word=True)


def _digest_choices(steps: Sequence[DueStep]) -> list[Choice]:
    if not steps:
        return []
    steps = list({(s.rule.id, s.period.key): s for s in reversed(steps)}.values())[::-1]
    if len(steps) == 1:
        return [*desk_choices(steps[0].rule.id, steps[0].period), _progress()]
    main = outweighing([len(s.missing) for s in steps])
    open_each = [
        Choice(
            f"dg:{s.rule.id}:{s.period.key}:{s.rule.province}",
            f"Xử lý {s.period.label}: {shorten(s.rule.title, 40)}",
            lasting=True,
        )
        for place, s in enumerate(steps)
        if place != main
    ]
    at_once = desk_choices(steps[main].rule.id, steps[main].period) if main is not None else []
    return [*at_once, *open_each, _progress()]


def outweighing(counts: Sequence[int]) -> int | None:
    """Return the place of the count that holds next to all of them; None where there is none."""
    return next((n for n, count in enumerate(counts) if count >= NEXT_TO_ALL * sum(counts)), None)


def _whose_buttons(lists: Sequence[DueStep]) -> str:
    """Say which of several lists the buttons are about, where one holds next to all units; else ""."""
    main = outweighing([len(step.missing) for step in lists])
    if len(lists) < 2 or main is None or len({(s.rule.id, s.period.key) for s in lists}) < 2:
        return ""
    return f"Các nút nhắc, gia hạn, đổi người là của {_report_named(lists[main], lists)}."


def _report_named(step: DueStep, beside: Sequence[DueStep]) -> str:
    """Name a report, with who sends it where another list is of a period with the same name."""
    named = f"báo cáo {step.period.label}"
    if any(s.rule.id != step.rule.id and s.period.label == step.period.label for s in beside):
        named += f" của {levels_of(step.rule)}"
    return named


def levels_of(rule: ReportingRule) -> str:
    """Name who sends the reports of a rule."""
    return ", ".join(level.label for level in sorted(rule.levels))


def desk_choices(rule: str, period: Period) -> list[Choice]:
    """Offer what a receiver can do about one period."""
    about = f"{rule}:{period.key}"
    return [
        Choice(f"na:{about}", NUDGE_ALL, lasting=True, by_word=True),
        Choice(f"ex:{about}", EXTEND, lasting=True, by_word=True),
        Choice(f"re:{about}", REASSIGN, lasting=True, by_word=True),
    ]


def _progress() -> Choice:
    return Choice("go:tiendo", "Tiến độ", lasting=True, by_word=True)


def own_part(step: DueStep, today: date, directory: UnitDirectory, calendar: WorkCalendar) -> str:
    """Write what one person is told about one report or duty of a unit."""
    period = step.period
    duty = step.rule.kind is Kind.DUTY
    lines = [_head(_what(step), period, today)]
    lines += filter(None, [day_off_words(period.last_day, today, calendar)])
    if duty and step.rule.follows_event:
        lines.append(f"Tính từ {step.rule.event} {format_date(period.opens)}.")
    lines.append(f"Đơn vị: {step.unit.place_name}{_former(step.unit, directory)}.")
    if step.step.startswith(MOVED) and period.was is not None:
        before, now = format_date(period.was.last_day), format_date(period.last_day)
        given = "Cơ quan nhận báo cáo đã gia hạn cho đơn vị. " if period.granted else ""
        lines.append(f"{given}Hạn cũ là {before}; nay là {now}.")
    if is_nudge(step.step):
        lines.append("Cơ quan nhận báo cáo nhờ tôi nhắc riêng đơn vị.")
    lines += _ask(step)
    lines += filter(None, [step.rule.remark(), granted_words(period), step.rule.cited()])
    return "\n".join(lines)


def in_passing(steps: Sequence[DueStep], today: date, entered: ReportKey | None) -> str:
    """Write a reminder in one line, for somebody who is entering a report; `entered` is that one."""
    own = [s for s in steps if (s.rule.id, s.period.key, s.unit.code) == entered]
    others = [s for s in steps if s not in own]
    if own:
        more = f" Còn {len(others)} lời nhắc khác, anh/chị gõ “nhắc việc” để xem." if others else ""
        return _head("báo cáo này", own[0].period, today) + more
    if len(others) == 1 and others[0].audience is not Audience.RECEIVER:
        head = _head(_what(others[0]), others[0].period, today)
        return f"{head} Đơn vị: {others[0].unit.place_name}. Gõ “nhắc việc” để xem."
    if all(step.audience is Audience.RECEIVER for step in others):
        return "📋 Có danh sách đơn vị chưa gửi số liệu, anh/chị gõ “tiến độ” để xem."
    return f"⏰ Có {len(others)} việc cần nhắc, anh/chị gõ “nhắc việc” để xem."


def _what(step: DueStep) -> str:
    """Name the report or the duty that a reminder is about."""
    if step.rule.kind is not Kind.DUTY:
        return f"báo cáo {step.period.label}"
    return step.rule.title[:1].lower() + step.rule.title[1:]


def granted_words(period: Period) -> str:
    """Say of more time for one unit that neither plan nor law set that day; "" where nobody gave it more."""
    if not period.granted:
        return ""
    return f"Riêng hạn {format_date(period.last_day)} do cơ quan nhận báo cáo gia hạn cho đơn vị."


def _ask(step: DueStep) -> list[str]:
    """Say what is wanted of this person, who is told as the one who reports, the deputy, or the head."""
    duty = step.rule.kind is Kind.DUTY
    open_it = "Làm xong, anh/chị bấm “Đã làm” để tôi thôi nhắc." if duty else how_to_begin(step)
    if step.waits and step.audience is Audience.HEAD:
        return ["Báo cáo đã lập xong, chờ anh/chị duyệt mới được gửi. Gõ “duyệt báo cáo” để xem và duyệt."]
    if step.waits:
        return ["Báo cáo đang chờ lãnh đạo đơn vị duyệt, chưa được gửi."]
    if step.audience is Audience.HEAD:
        missing = "Việc này chưa có ai báo là đã làm" if duty else "Đơn vị chưa gửi số liệu"
        return [f"{missing}; kính báo lãnh đạo đơn vị.", *([NOBODY_IN_REACH] if step.stands_in else [])]
    if step.audience is Audience.DEPUTY:
        why = NOBODY_IN_REACH if step.stands_in else "Người phụ trách chưa làm; anh/chị là người thay thế."
        return [why, open_it]
    if _by_receiver(step):
        return [NOBODY_WRITES]
    return [open_it if duty else f"Tôi chưa nhận được số liệu. {open_it}"]


NOBODY_IN_REACH = "Hiện chưa có cán bộ phụ trách nào của đơn vị nhận được tin của tôi, nên tôi báo anh/chị."


NOBODY_WRITES = (
    "Chưa ai đăng ký lập báo cáo này của cơ quan, nên tôi nhắc anh/chị.\n"
    "Anh/chị tạo mã đăng ký rồi chuyển cho người lập báo cáo; nếu tự lập, anh/chị gửi mã đó lại cho tôi."
)


def how_to_begin(step: DueStep) -> str:
    """Say how to enter the figures; only the communes' yearly form is so short that a time may be named."""
    short = step.unit.level is Level.XA and step.rule.once is None
    return "Gõ “báo cáo” để nhập" + (", khoảng 5 phút." if short else ".")


def day_off_words(last_day: date, today: date, calendar: WorkCalendar) -> str:
    """Say that a last day that lies ahead is a day off, and which day to aim at; "" for a working day."""
    aim = calendar.previous_working(last_day)
    if aim == last_day or today > aim:
        return ""
    when = "ngay hôm nay" if aim == today else f"trước, vào {format_date(aim)}"
    return f"Hạn rơi vào ngày nghỉ; anh/chị nên làm xong {when}."


def _head(what: str, period: Period, today: date) -> str:
    left = (period.last_day - today).days
    last = format_date(period.last_day)
    if left > 0:
        return f"⏰ Còn {left} ngày đến hạn {what} ({last})."
    if left == 0:
        return f"⏰ Hôm nay, {last}, là ngày cuối của {what}."
    return f"⚠ {what[:1].upper()}{what[1:]} đã quá hạn {-left} ngày (hạn {last})."


def days_left(period: Period, day: date) -> str:
    """Say how many days are left to a last day, or how late it is: "còn 3 ngày", "quá hạn 1 ngày"."""
    left = (period.last_day - day).days
    if left == 0:
        return "ngày cuối"
    return f"còn {left} ngày" if left > 0 else f"quá hạn {-left} ngày"


def _former(unit: Unit, directory: UnitDirectory) -> str:
    """Name the units of the plan that this one followed (đơn vị cũ)."""
    former = directory.predecessors_of(unit.code)
    names = ", ".join(each.place_name.removeprefix("UBND ") for each in former)
    return f" (gồm đơn vị trong kế hoạch cũ: {names})" if former else ""


STANDINGS = {
    Standing.SEEN: "Đã xem lời nhắc mà chưa gửi",
    Standing.SILENT: "Đã được nhắc mà chưa gửi",
    Standing.UNREACHABLE: "Không nhận được tin (đã chặn hoặc rời bot)",
    Standing.UNREGISTERED: "Chưa ai đăng ký",
    Standing.PAPER: "Báo đã gửi bản giấy, chờ anh/chị xác nhận",
    Standing.EXTENDED: "Được gia hạn",
}
"""Why figures are not in, in the order in which a digest names it."""


def gathered(digests: Iterable[DueStep]) -> list[DueStep]:
    """Put the units with time of their own into one digest for each last day.

    Where the digest of the whole period goes out the same day it names them already.
    """
    known = list(digests)
    found = [step for step in known if not step.granted]
    common = {(step.rule.id, step.period.key) for step in found}
    by_day: dict[tuple[str, str, date], list[DueStep]] = {}
    for step in known:
        if step.granted and (step.rule.id, step.period.key) not in common:
            by_day.setdefault((step.rule.id, step.period.key, step.period.last_day), []).append(step)
    for same in by_day.values():
        missing = tuple(unit for step in same for unit in step.missing)
        standing = tuple(why for step in same for why in step.standing)
        found.append(replace(same[0], missing=missing, standing=standing))
    return found


def _digest(step: DueStep, lists: Sequence[DueStep], today: date, calendar: WorkCalendar) -> str:
    period, missing = step.period, step.missing
    last = format_date(period.last_day) + ("" if calendar.is_working(period.last_day) else ", là ngày nghỉ")
    whose = "các đơn vị được gia hạn đến" if step.granted else "hạn"
    return "\n".join(
        [
            f"📋 {capital(_report_named(step, lists))}, {whose} {last} ({days_left(period, today)}).",
            f"Còn {len(missing)} đơn vị chưa gửi số liệu.",
            *standing_lines(missing, step.standing),
            "Gõ “tiến độ” để xem và tải bảng.",
        ]
    )


def _letters(step: DueStep) -> str:
    """Name the units that say they sent paper, and how to answer them."""
    units = [u for u, why in zip(step.missing, step.standing, strict=True) if why is Standing.PAPER]
    return (
        f"📄 Báo cáo {step.period.label}: {len(units)} đơn vị báo đã gửi bản giấy, chờ anh/chị xác nhận: "
        f"{named(units)}.\n"
        "Tôi đã thôi nhắc các đơn vị này. Gõ “tiến độ” rồi chọn “Bản giấy” của từng đơn vị để ghi: "
        "vẫn thiếu số liệu, hay đã đủ."
    )


def standing_lines(
    missing: Sequence[Unit],
    standing: Sequence[Standing],
    *,
    apart_from: Collection[Standing] = (),
    most: int = NAMED,
) -> list[str]:
    """Name the units that are missing, apart by why they are, at most so many by name."""
    lines = []
    for kind, words in STANDINGS.items():
        if kind in apart_from:
            continue
        units = [unit for unit, why in zip(missing, standing, strict=True) if why is kind]
        if units:
            lines.append(f"• {words} ({len(units)}): {named(units, most)}.")
    return lines


def named(units: Iterable[Unit], most: int = NAMED) -> str:
    """Name the first few of some units, and say how many more there are."""
    known = list(units)
    names = "; ".join(unit.place_name for unit in known[:most])
    return names + (f"; và {len(known) - most} đơn vị khác" if len(known) > most else "")
