"""Who has reported (tiến độ): a reporter sees the own units, the receiving office all of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from handlers import deadlines_desk
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain import deadlines
from isobot.domain.deadlines import Extension, Period, ReportingRule
from isobot.domain.messages import Attachment, Choice
from isobot.domain.numbers import format_date
from isobot.domain.reports import ReportStatus
from isobot.domain.units import Unit
from isobot.exports.xlsx import period_filename
from isobot.storage import office, reports
from isobot.storage.office import Letter
from isobot.storage.reports import ReportRecord
from scheduler import wording
from scheduler.plan import Standing

NAMED = 10
ROUND_SHOWN_DAYS = 30
"""How long after its last day a round on request is shown here; then it stands in the list of rounds."""


async def show(turn: Turn, services: Services) -> None:
    """Show the progress that this person may see."""
    provinces = turn.actor.provinces_to_receive()
    own = turn.actor.units_to_see()
    if not provinces and not own:
        turn.say(
            "Tiến độ chỉ xem được khi anh/chị có vai trò ở một đơn vị hoặc ở cơ quan nhận báo cáo. "
            "Anh/chị gửi mã đăng ký để có vai trò."
        )
        return
    for province in provinces:
        await _show_province(turn, services, province)
    if own:
        await _show_own(turn, services, own)


async def _show_province(turn: Turn, services: Services, province: str) -> None:
    shown = False
    for rule in services.rules.for_province(province):
        period = current_period(rule, turn)
        over = rule.once is not None and turn.today > rule.once.last_day + timedelta(days=ROUND_SHOWN_DAYS)
        if period is not None and not over:
            await show_period(turn, services, province, rule, period)
            shown = True
    if not shown:
        name = _province_name(services, province)
        turn.say(services.rules.silence(province) or f"{name}: hiện chưa có kỳ báo cáo nào đã mở.")


def _province_name(services: Services, province: str) -> str:
    known = services.provinces.get(province)
    return known.name if known else province


def current_period(rule: ReportingRule, turn: Turn) -> Period | None:
    """Return the period to look at: the one that is open, else the one that ended last."""
    now_open = deadlines.open_periods(rule, turn.today)
    if now_open:
        return now_open[0]
    late = deadlines.late_periods(rule, turn.today)
    return late[-1] if late else None


async def show_period(
    turn: Turn, services: Services, province: str, rule: ReportingRule, period: Period
) -> None:
    """Show how many have reported for one period, and who has not."""
    if not turn.actor.may_receive_from(province):
        turn.say("Anh/chị không giữ vai trò nhận báo cáo của tỉnh này.")
        return
    units = deadlines.reporting_units(rule, period, services.directory)
    found = {
        record.unit: record
        for record in await reports.of_period(
            turn.store.connection, province=province, rule=rule.id, period=period.key
        )
    }
    sent = [unit for unit in units if _is_in(found.get(unit.code))]
    extensions = await office.all_extensions(turn.store.connection, units=[unit.code for unit in sent])
    late = [
        unit
        for unit in sent
        if _was_late(
            found[unit.code], period.with_extension(extensions.get((rule.id, period.key, unit.code)))
        )
    ]
    missing = [unit for unit in units if not _is_in(found.get(unit.code))]
    lines = [f"{rule.title}, {period.label}, hạn {format_date(period.last_day)}."]
    lines.append(
        f"Đã gửi số liệu: {len(sent)}/{len(units)} đơn vị" + (f", {len(late)} sau hạn." if late else ".")
    )
    if missing:
        names = "; ".join(unit.place_name for unit in missing[:NAMED])
        more = f"; và {len(missing) - NAMED} đơn vị khác (xem bảng)" if len(missing) > NAMED else ""
        lines.append(f"Chưa gửi ({len(missing)}): {names}{more}.")
    choices = [Choice(f"px:{rule.id}:{period.key}:{province}", "Tải bảng .xlsx", lasting=True)]
    if missing:
        absent, standing = await deadlines_desk.missing_in(turn, services, rule, period)
        lines += wording.standing_lines(absent, standing, apart_from=(Standing.SILENT,), most=3)
        choices += deadlines_desk.letter_choices(rule, period, absent, standing)
        choices.append(
            Choice(f"dg:{rule.id}:{period.key}:{province}", "Nhắc, gia hạn, đổi người", lasting=True)
        )
    if rule.inherited:
        lines.append(rule.remark())
    turn.say("\n".join(lines), *choices)


def send_table(turn: Turn, services: Services, rule_id: str, period_key: str, province: str) -> None:
    """Send the table of a period to the receiving office."""
    rule = services.rules.get(rule_id)
    period = deadlines.find_period(rule, period_key) if rule else None
    if not turn.actor.may_receive_from(province):
        turn.say("Anh/chị không giữ vai trò nhận báo cáo của tỉnh này nên không tải được bảng.")
        return
    if rule is None or period is None or rule.province not in (province, deadlines.NATIONAL):
        turn.say("Kỳ này không còn trong danh sách. Gõ “tiến độ” để xem các kỳ hiện có.")
        return
    made = Attachment(
        "period_xlsx",
        period_filename(_province_name(services, province), period.label),
        {"rule": rule.id, "period": period.key, "province": province},
    )
    turn.say(f"Bảng số liệu {period.label} theo các đơn vị đã gửi, kèm danh sách chưa gửi:", attachment=made)


async def _show_own(turn: Turn, services: Services, codes: Sequence[str]) -> None:
    found = {(r.unit, r.rule, r.period): r for r in await reports.of_units(turn.store.connection, codes)}
    extensions = await office.all_extensions(turn.store.connection, units=codes)
    letters = await office.all_letters(turn.store.connection, units=codes)
    lines: list[str] = []
    for code in codes:
        unit = services.directory.get(code)
        if unit is None:
            continue
        lines.append(f"{unit.place_name}:")
        own = [
            _own_line(unit, rule, turn, found, extensions, letters) for rule in services.rules.for_unit(unit)
        ]
        silence = services.rules.silence(unit.province) or "Không có kỳ báo cáo định kỳ nào."
        lines += [line for line in own if line] or [silence]
    turn.say("\n".join(lines), Choice("go:baocao", "Làm báo cáo", lasting=True))


def _own_line(
    unit: Unit,
    rule: ReportingRule,
    turn: Turn,
    found: Mapping[tuple[str, str, str], ReportRecord],
    extensions: Mapping[tuple[str, str, str], Extension],
    letters: Mapping[tuple[str, str, str], Letter],
) -> str:
    period = current_period(rule, turn)
    if period is None or not unit.active_on(period.last_day):
        coming = deadlines.next_period(rule, turn.today)
        return f"• Kỳ tới: {coming.label}, hạn {format_date(coming.last_day)}." if coming else ""
    report = (rule.id, period.key, unit.code)
    period = period.with_extension(extensions.get(report))
    record = found.get((unit.code, rule.id, period.key))
    if record is not None and record.version:
        return f"• {period.label}: {ReportStatus(record.status).label}, biên nhận {record.receipt}."
    if report in letters and not letters[report].verdict:
        return f"• {period.label}: đã báo gửi bản giấy, chờ cơ quan nhận xác nhận; số liệu chưa có."
    state = "chưa gửi" if turn.today <= period.last_day else "chưa gửi, đã quá hạn"
    return f"• {period.label}, hạn {format_date(period.last_day)}: {state}."


def _is_in(record: ReportRecord | None) -> bool:
    return record is not None and ReportStatus(record.status).is_in


def _was_late(record: ReportRecord, period: Period) -> bool:
    return record.first_submitted_at is not None and vietnam_day(record.first_submitted_at) > period.last_day
