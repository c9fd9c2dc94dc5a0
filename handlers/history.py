"""The readable history of a report (lịch sử): every change, who made it, when, through which channel."""

from handlers.notes import report_meant
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.domain.history import history_line
from isobot.domain.messages import Choice
from isobot.domain.reports import ReportEvent
from isobot.storage import people, reports

AT_ONCE = 12
NOT_YOURS = "Lịch sử báo cáo chỉ xem được với đơn vị của mình, hoặc cơ quan nhận."


async def show_history(turn: Turn, services: Services, key: int | None = None, before: int = 0) -> None:
    """Show the newest events of a report, or those before a number; older ones behind a button."""
    key = key if key is not None else await report_meant(turn)
    found = await turn.store.preload_reports([key]) if key is not None else []
    if not found:
        turn.say("Chưa có báo cáo nào để xem lịch sử. Gõ “báo cáo” để xem các kỳ.")
        return
    record = found[0]
    sees = record.unit in turn.actor.units_to_see() or turn.actor.may_receive_from(record.province)
    if record.practice_of or not sees:
        turn.say(NOT_YOURS)
        return
    unit = services.directory.get(record.unit)
    level = unit.level if unit else None
    form = services.forms.get(record.form, record.form_version, level=level)
    stored = await reports.events_of(turn.store.connection, record.id)
    known = {row["number"] for row in stored}
    rows = stored + [row for row in record.new_events if row["number"] not in known]
    wanted = [row for row in rows if not before or row["number"] < before]
    page = wanted[-AT_ONCE:]
    names = await people.names_of(turn.store.connection, {row["person"] for row in page})
    events = [ReportEvent(**{k: v for k, v in row.items() if k != "hash"}) for row in page]
    whose = unit.place_name if unit else record.unit
    lines = [f"Lịch sử báo cáo của {whose} ({len(rows)} việc), cũ đến mới:"]
    lines += [f"{event.number}. {history_line(event, form, names).text}" for event in events]
    if len(wanted) > len(page):
        older = Choice(f"hi:{record.id}:{page[0]['number']}", "Xem cũ hơn", lasting=True)
        turn.say("\n".join(lines), older)
    else:
        turn.say("\n".join(lines))
