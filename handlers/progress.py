"""Who has reported (tiến độ): a reporter sees the own units, the receiving office all of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from handlers import deadlines_desk, papers
from handlers.periods_now import current_period
from handlers.services import Services
from isobot.actions.noting import letter_words
from isobot.chat.turn import Turn
from isobot.clock import vietnam_day
from isobot.domain import deadlines, timeliness
from isobot.domain.deadlines import Extension, Period, ReportingRule
from isobot.domain.messages import Choice
from isobot.domain.numbers import format_date
from isobot.domain.reports import ReportStatus
from isobot.domain.units import Unit
from isobot.storage import office, reports, unit_ways
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
        period = current_period(rule, turn.today)
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
    choices = papers.choices(rule.id, period.key, province)
    if sent:
        new = sum(found[unit.code].status == ReportStatus.SUBMITTED for unit in sent)
        lines.append(f"Chờ tiếp nhận: {new}; đã tiếp nhận: {len(sent) - new}.")
        choices.insert(0, Choice(f"tg:{rule.id}:{period.key}:{province}", "Tổng hợp số liệu", lasting=True))
        choices.insert(0, Choice(f"rv:list:{rule.id}:{period.key}:{province}", "Xem báo cáo đã gửi", True))
        lines += await _with_leave(turn, sent, found, period, rule)
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


async def _with_leave(
    turn: Turn,
    sent: Sequence[Unit],
    found: Mapping[str, ReportRecord],
    period: Period,
    rule: ReportingRule,
) -> list[str]:
    """Tell which reports came late with leave, and how many have no signed letter where one is asked for."""
    lines = []
    given = await office.all_extensions(turn.store.connection, units=[unit.code for unit in sent])
    for unit in sent:
        extension = given.get((rule.id, period.key, unit.code))
        first = found[unit.code].first_submitted_at
        if extension is not None and first is not None and vietnam_day(first) > period.last_day:
            words = timeliness.sent_words(period, extension, vietnam_day(first))
            lines.append(f"• {unit.place_name}: {words}.")
    lines = lines[:NAMED]
    province = sent[0].province
    if await unit_ways.is_on(turn.store.connection, province, unit_ways.NEEDS_LETTER):
        without = sum(not found[unit.code].letter_no for unit in sent)
        lines.append(f"Chưa có số văn bản ký: {without} đơn vị.")
    return lines


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
    if turn.actor.units_to_report():
        turn.say("\n".join(lines), Choice("go:baocao", "Làm báo cáo", lasting=True))
    else:
        turn.say("\n".join(lines))


def _own_line(
    unit: Unit,
    rule: ReportingRule,
    turn: Turn,
    found: Mapping[tuple[str, str, str], ReportRecord],
    extensions: Mapping[tuple[str, str, str], Extension],
    letters: Mapping[tuple[str, str, str], Letter],
) -> str:
    period = current_period(rule, turn.today)
    if period is None or not unit.active_on(period.last_day):
        coming = deadlines.next_period(rule, turn.today)
        return f"• Kỳ tới: {coming.label}, hạn {format_date(coming.last_day)}." if coming else ""
    report = (rule.id, period.key, unit.code)
    extension = extensions.get(report)
    record = found.get((unit.code, rule.id, period.key))
    waiting = timeliness.waiting_words(period, extension, turn.today)
    if record is not None and record.version:
        status = ReportStatus(record.status)
        first = record.first_submitted_at
        if not status.is_in or first is None:
            how = waiting
        else:
            how = timeliness.sent_words(period, extension, vietnam_day(first))
        letter = letter_words(record.letter_no, record.letter_date) or "chưa ghi số văn bản ký"
        return f"• {period.label}: {status.label}, biên nhận {record.receipt}; {how}; {letter}."
    if record is not None and record.status == ReportStatus.PENDING:
        return (
            f"• {period.label}, hạn {format_date(period.last_day)}: {ReportStatus.PENDING.label}, "
            f"chưa gửi; {waiting}."
        )
    if report in letters and not letters[report].verdict:
        return f"• {period.label}: đã báo gửi bản giấy, chờ cơ quan nhận xác nhận; số liệu chưa có."
    return f"• {period.label}, hạn {format_date(period.last_day)}: chưa gửi, {waiting}."


def _is_in(record: ReportRecord | None) -> bool:
    return record is not None and ReportStatus(record.status).is_in


def _was_late(record: ReportRecord, period: Period) -> bool:
    return record.first_submitted_at is not None and vietnam_day(record.first_submitted_at) > period.last_day
