"""How a new last day and its reason are asked for, where an office changes a deadline (đổi hạn, gia hạn)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from isobot.actions import reminding
from isobot.chat.turn import Turn
from isobot.errors import Refusal

ASK_WHY = "Lý do là gì? Anh/chị viết một câu ngắn."


def day_and_reason(
    turn: Turn, *, read: Callable[[str], date], say: Callable[[date], str]
) -> tuple[date, str] | None:
    """Take the new day, which `read` checks at once, then the reason; None until both are there.

    `say` words what was understood of the day; the question for the reason follows it.

    Raises:
        Refusal: the day cannot be, or the reason says nothing.
    """
    state = turn.conversation.state
    if "day" not in state:
        day = read(turn.text)
        state["day"] = day.isoformat()
        turn.say(f"{say(day)} {ASK_WHY}")
        return None
    why = " ".join(turn.text.split())
    reminding.check_reason(why)
    return date.fromisoformat(state["day"]), why


@contextmanager
def asking_again(turn: Turn) -> Iterator[None]:
    """Ask for the day anew when the change is refused in the end, as when others changed it meanwhile."""
    try:
        yield
    except Refusal:
        turn.conversation.state.pop("day")
        raise
