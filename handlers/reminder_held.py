"""A reminder that fell due while somebody was entering a report: said in passing, under the next prompt."""

from handlers import report
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.domain.messages import Reply
from isobot.storage import dispatch, outbox
from scheduler import wording
from scheduler.dispatch import HELD, examine, write_down
from scheduler.plan import ReportKey, UnitIndex


async def append(turn: Turn, services: Services) -> None:
    """Put what waits under what is said now: one line within the form, all of it once the form was left."""
    message = turn.conversation.memory.get(HELD)
    if not isinstance(message, int) or not turn.replies:
        return
    turn.conversation.memory.pop(HELD)
    waiting = await outbox.get(turn.store.connection, message)
    if waiting is None:
        return
    connection = turn.store.connection
    look = await examine(
        connection,
        [waiting],
        timetable=services.timetable,
        directory=services.directory,
        index=UnitIndex(services.directory),
        now=turn.now,
    )
    await write_down(connection, look)
    said = look.said.get(message)
    if said is None or not await dispatch.take_held(connection, message):
        return
    last = turn.replies[-1]
    words, choices = said.text, (*last.choices, *said.choices)
    if turn.conversation.dialogue == report.DIALOGUE:
        entered = await _entered(turn)
        words, choices = wording.in_passing(look.steps[message], turn.today, entered), last.choices
    turn.replies[-1] = Reply(f"{last.text}\n\n{words}", choices, last.attachment)
    turn.carries = message


async def _entered(turn: Turn) -> ReportKey | None:
    """Return the report that is being entered; None for practice."""
    key = turn.conversation.state.get("report")
    found = await turn.store.preload_reports([key]) if isinstance(key, int) else []
    return next(((r.rule, r.period, r.unit) for r in found if not r.practice_of), None)
