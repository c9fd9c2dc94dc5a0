"""Every error that isobot raises on purpose.

What to do next decides the class; what happened, and how to mend it, is in the message.

IsobotError
├── SettingsError       the installation cannot start as it is configured
│   └── TokenRefused    a platform does not know a bot's token; the other bots can work
├── DataFileError       a form, card, rule or roster cannot be used; nothing has started
├── Refusal             an act is refused; the message, in Vietnamese, is for the person who asked
│   ├── AnswerRefused   a person's answer does not fit its field
│   └── StaleEdit       somebody else changed the figure meanwhile
├── NotFound            a record that a key names does not exist
├── FileUnavailable     a file that somebody sent cannot be had; the message says why, in Vietnamese
└── DeliveryError       a message did not reach its chat
    ├── ChannelBusy     send it again after `wait`
    ├── ChatGone        never send again: blocked, deleted or unknown
    └── MessageRefused  this message cannot be sent as it is; others can
"""

from datetime import timedelta
from pathlib import Path


class IsobotError(Exception):
    """The root of the tree."""


class SettingsError(IsobotError):
    """The installation cannot start; the message names the variable to set."""


class TokenRefused(SettingsError):
    """A platform does not know the token of a bot; the message names the variable that holds it."""


class DataFileError(IsobotError):
    """A data file cannot be used: where, what is wrong, and the cure."""

    def __init__(self, path: Path, place: str, problem: str, *, mend: str) -> None:
        super().__init__(f"{path}, {place}: {problem}; {mend}")
        self.path = path
        self.place = place
        self.problem = problem
        self.mend = mend


class Refusal(IsobotError):
    """An act is refused. `str(error)` is a Vietnamese sentence to show as it is."""


class AnswerRefused(Refusal):
    """An answer does not fit its field: what was understood, what was expected, an example."""


class StaleEdit(Refusal):
    """Somebody else changed the figure since it was shown; both values are in the message."""


class NotFound(IsobotError):
    """A record named by a key does not exist."""


class FileUnavailable(IsobotError):
    """A file that somebody sent cannot be had, however often one asks; the message is Vietnamese."""


class DeliveryError(IsobotError):
    """A message did not reach its chat."""


class ChannelBusy(DeliveryError):
    """The platform asks to slow down, or cannot be reached now."""

    def __init__(self, channel: str, wait: timedelta, *, why: str = "", perhaps_taken: bool = False) -> None:
        """Say how long to wait; `why` is "limit" or "token" where the platform named one of these.

        `perhaps_taken` tells that the connection broke while its answer was awaited.
        """
        super().__init__(f"{channel}: try again in {wait.total_seconds():g} seconds")
        self.wait = wait
        self.why = why
        self.perhaps_taken = perhaps_taken


class ChatGone(DeliveryError):
    """The chat will never take a message again: blocked, deleted or unknown."""


class MessageRefused(DeliveryError):
    """The platform refuses this very message; sending it again will not help."""
