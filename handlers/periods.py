"""Which reports my units may work on: open, late, and the next one (các kỳ báo cáo)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.domain import deadlines
from isobot.domain.deadlines import Extension, Period, ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.reports import ReportStatus
from isobot.domain.units import Unit
from isobot.storage import office, reports
from isobot.storage.reports import ReportRecord

LONGEST_BUTTON = 60
"""Signs; with the number of its prompt a button then fits Telegram's 64 bytes."""


@dataclass(frozen=True, slots=True)
class Due:
    """A report that a unit may work on now."""

    unit: Unit
    rule: ReportingRule
    period: Period
    when: str


async def show_list(turn: Turn, services: Services) -> None:
    """List the open, the late and the next reports of my units (kỳ đang mở, quá hạn, kỳ tới)."""
    turn.conversation.leave()
    codes = turn.actor.units_to_report()
    if not codes:
        turn.say(
            "Anh/chị chưa đăng ký báo cáo cho đơn vị nào. Gửi mã đăng ký do quản trị viên cấp để báo cáo; "
            "hoặc nhập thử một báo cáo, không tính vào đâu cả.",
            Choice("rp:practice", "Nhập thử", lasting=True),
        )
        return
    units = [unit for code in codes if (unit := services.directory.get(code)) is not None]
    sent = {(r.unit, r.rule, r.period): r for r in await reports.of_units(turn.store.connection, codes)}
    extensions = await office.all_extensions(turn.store.connection, units=codes)
    lines: list[str] = []
    choices: list[Choice] = []
    listed: list[Due] = []
    for unit in units:
        dues = _extended(_dues(unit, services, turn), extensions, turn.today)
        listed += dues
        lines.append(f"{unit.place_name}:")
        if not dues:
            lines.append(_silence(unit, services))
        for due in dues:
            record = sent.get((unit.code, due.rule.id, due.period.key))
            lines.append(f"• {_line(due, record, turn)}")
            choice = _choice(due, record, several=len(units) > 1)
            if due.when != "next" and choice is not None:
                choices.append(choice)
    if any(due.rule.inherited for due in listed):
        lines.append(f"Các kỳ này: {deadlines.INHERITED_MARK}.")
    if not choices:
        lines.append("Hiện chưa có kỳ nào mở. Anh/chị có thể nhập thử cho quen.")
    turn.say("\n".join(lines), *choices, Choice("rp:practice", "Nhập thử", lasting=True))


async def workable(turn: Turn, services: Services) -> list[tuple[Due, ReportRecord | None]]:
    """List the open and the late reports of my units, with what there is of each."""
    codes = turn.actor.units_to_report()
    sent = {(r.unit, r.rule, r.period): r for r in await reports.of_units(turn.store.connection, codes)}
    extensions = await office.all_extensions(turn.store.connection, units=codes)
    units = [unit for code in codes if (unit := services.directory.get(code)) is not None]
    dues = [due for u in units for due in _extended(_dues(u, services, turn), extensions, turn.today)]
    return [(d, sent.get((d.unit.code, d.rule.id, d.period.key))) for d in dues if d.when != "next"]


def _dues(unit: Unit, services: Services, turn: Turn) -> list[Due]:
    found: list[Due] = []
    for rule in services.rules.for_unit(unit):
        late = [p for p in deadlines.late_periods(rule, turn.today) if unit.active_on(p.last_day)]
        found += [Due(unit, rule, p, "late") for p in late[-2:]]
        found += [Due(unit, rule, p, "open") for p in deadlines.open_periods(rule, turn.today)]
        coming = deadlines.next_period(rule, turn.today)
        if coming is not None and unit.active_on(coming.last_day):
            found.append(Due(unit, rule, coming, "next"))
    return found


def _extended(
    dues: list[Due], extensions: Mapping[tuple[str, str, str], Extension], today: date
) -> list[Due]:
    """Put the last day of a unit that has more time in place of the common one."""
    found = []
    for due in dues:
        extension = extensions.get((due.rule.id, due.period.key, due.unit.code))
        if extension is None:
            found.append(due)
            continue
        period = due.period.with_extension(extension)
        when = "open" if period.is_open_on(today) else due.when
        found.append(replace(due, period=period, when=when))
    return found


def _silence(unit: Unit, services: Services) -> str:
    return services.rules.silence(unit.province) or (
        "Tôi không có chế độ báo cáo định kỳ nào cho đơn vị này, nên không có kỳ để nhập."
    )


def _line(due: Due, record: ReportRecord | None, turn: Turn) -> str:
    period = due.period
    last = format_date(period.last_day)
    if record is not None and record.version:
        assert record.submitted_at is not None
        return f"{_name(due)}: {_where(record)}, biên nhận {record.receipt}."
    if record is not None and record.asked_by is not None:
        return f"{_name(due)}, hạn {last}: {ReportStatus.PENDING.label}, chưa gửi."
    if due.when == "next":
        return f"Kỳ tới: {_name(due)}, mở từ {format_date(period.opens)}, hạn {last}."
    if due.when == "late":
        days = (turn.today - period.last_day).days
        return f"QUÁ HẠN {days} ngày: {_name(due)}, hạn {last}."
    left = (period.last_day - turn.today).days
    return f"Đang mở: {_name(due)}, hạn {last}, còn {left} ngày."


def _where(record: ReportRecord) -> str:
    """Say where a report that was sent once is now."""
    status = ReportStatus(record.status)
    if status is ReportStatus.RETURNED and record.marks:
        return f"bị trả lại để sửa {len(record.marks)} mục"
    return "đã gửi số liệu" if status is ReportStatus.SUBMITTED else status.label


def _name(due: Due) -> str:
    return f"báo cáo {due.period.label}"


def key_of_report(rule: str, period: str, unit: str) -> str | None:
    """Return the key of a button that opens a report; None when it would be too long for Telegram."""
    key = f"rp:{rule}:{period}:{unit}"
    return key if len(key) <= LONGEST_BUTTON else None


def _choice(due: Due, record: ReportRecord | None, *, several: bool) -> Choice | None:
    key = key_of_report(due.rule.id, due.period.key, due.unit.code)
    if key is None:
        return None
    verb = "Nhập"
    if record is not None:
        verb = "Sửa số liệu" if record.version else "Làm tiếp"
    of_unit = f" – {due.unit.name}" if several else ""
    return Choice(key, f"{verb} {due.period.label}{of_unit}", lasting=True)
