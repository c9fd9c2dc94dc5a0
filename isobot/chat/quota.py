"""What a bot's plan still holds of a calendar month: no message leaves that the month might not hold.

The tables are counted now and then. Between two counts a message counts from before it leaves until its
mark is written and counted in its place, so there is no moment in which it counts nowhere. The last tenth
of a month is not for campaigns.
"""

from datetime import datetime

from isobot.chat.outgoing import Outgoing
from isobot.domain.messages import split_text

KEPT_FOR_ANSWERS = 10
"""One in so many messages of a month is not for campaigns."""
COUNT_SECONDS = 60.0
LONGEST_PART = 2000
"""UTF-16 units; a longer message counts as several."""


def kept_for_answers(monthly: int) -> int:
    """Return how many messages of a month campaigns leave over."""
    return monthly // KEPT_FOR_ANSWERS


def messages_in(message: Outgoing) -> int:
    """Return how many messages the platform will count at most; a file adds a line with its address."""
    parts = len(split_text(message.reply.as_plain_text(), LONGEST_PART)) - message.parts
    return max(1, parts + (1 if message.reply.attachment is not None else 0))


class Quota:
    """One bot's month. Nothing may leave before it was counted."""

    def __init__(self, monthly: int) -> None:
        self.monthly = monthly
        self.written = 0
        """What was marked as sent, ever: what grows during a count may be missing in it."""
        self._used: int | None = None
        self._month: datetime | None = None
        self._counted_at = float("-inf")
        self._under_way: dict[str, int] = {}
        self._taken: set[str] = set()

    def is_due(self, now: float, *, month: datetime) -> bool:
        """Tell whether it is time to count; a month that began is counted at once."""
        return self._used is None or month != self._month or now - self._counted_at >= COUNT_SECONDS

    def forget(self) -> None:
        """Count anew before anything leaves: another process may send meanwhile."""
        self._used = None

    def counted(self, used: int, *, month: datetime, now: float) -> None:
        """Take what the tables say of a month."""
        self._used, self._month, self._counted_at = used, month, now

    @property
    def left(self) -> int:
        """How much of the month is left; 0 before it was counted."""
        return 0 if self._used is None else self.monthly - self._used

    @property
    def is_short(self) -> bool:
        """Tell whether campaigns have to wait for the next month."""
        return self.left <= kept_for_answers(self.monthly)

    def room(self, *, campaign: bool) -> int:
        """Return how many messages may leave beside those that are under way."""
        kept = kept_for_answers(self.monthly) if campaign else 0
        return max(0, self.left - sum(self._under_way.values()) - kept)

    def begin(self, chat_key: str, messages: int) -> None:
        """Count a message that is about to leave, the only one of its chat."""
        self._under_way[chat_key] = messages

    def took(self, chat_key: str) -> None:
        """Note that the platform took it."""
        self._taken.add(chat_key)

    def end(self, chat_key: str) -> None:
        """Note that it is marked; of several parts that failed together, some may have left."""
        messages = self._under_way.pop(chat_key, 0)
        used = messages if chat_key in self._taken else max(0, messages - 1)
        self._taken.discard(chat_key)
        self.written += used
        if self._used is not None:
            self._used += used
