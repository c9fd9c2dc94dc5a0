"""Figures sent before any report is open: they open the one that they are for (gửi số liệu ngay)."""

from handlers import periods, report
from handlers.periods import Due
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.domain.batches import is_batch, read_batch
from isobot.domain.forms import Form
from isobot.domain.messages import Choice

LEAST_FIGURES = 2
"""One figure alone may be part of a question; two with the names of their fields are a report."""


async def take_figures(turn: Turn, services: Services) -> bool:
    """Open the report that a message with figures is for, or ask which; False when it is no such message."""
    text = turn.text
    if not turn.actor.units_to_report() or text.rstrip().endswith("?"):
        return False
    if not any(_reads(form, turn) for form in _forms(turn, services)):
        return False
    found = await periods.workable(turn, services)
    fresh = [due for due, record in found if record is None or not record.version]
    dues = fresh or [due for due, _ in found]
    if not dues:
        return False
    turn.conversation.memory[report.FIGURES] = {"text": text}
    if len(dues) == 1:
        only = dues[0]
        await report.open_report(turn, services, only.rule.id, only.period.key, only.unit.code)
        return True
    choices = [choice for due in dues if (choice := _choice(due)) is not None]
    turn.say("Số liệu này cho báo cáo nào? Tôi chưa ghi số nào.", *choices)
    return True


def _forms(turn: Turn, services: Services) -> list[Form]:
    """Return the forms that this person's units report with."""
    units = [u for code in turn.actor.units_to_report() if (u := services.directory.get(code)) is not None]
    named = {(r.form_for(u.level), u.level) for u in units for r in services.rules.for_unit(u)}
    return [services.forms.get(form, level=level) for form, level in sorted(named)]


def _reads(form: Form, turn: Turn) -> bool:
    reading = read_batch(form, turn.text, today=turn.today)
    return reading.counted >= LEAST_FIGURES and is_batch(reading, current=None)


def _choice(due: Due) -> Choice | None:
    key = periods.key_of_report(due.rule.id, due.period.key, due.unit.code)
    return None if key is None else Choice(key, f"{due.period.label} – {due.unit.name}", lasting=True)
