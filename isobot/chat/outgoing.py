"""What a channel is given to send, and what is asked of it; channels see the chat room and no storage."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from isobot.domain.messages import Attachment
from isobot.storage.outbox import Outgoing

__all__ = ["Channel", "Meter", "NoMeter", "Outgoing", "RenderedFile", "Renderer"]


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file made from its recipe."""

    filename: str
    content: bytes
    media_type: str


Renderer = Callable[[Attachment], Awaitable[RenderedFile]]


class Channel(Protocol):
    """What the sender asks of a channel."""

    bot: str
    sends_files: bool
    """False when files are offered as links instead of being rendered and sent."""

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        """Send one message and return the platform's own reference to it.

        Raises:
            ChannelBusy: send it again after the wait it names.
            ChatGone: never send to this chat again.
            MessageRefused: never send this message again.
        """


class Meter(Protocol):
    """Counts what happens, for whoever watches."""

    def sent(self, bot: str) -> None:
        """Count a message that a platform took."""

    def limited(self, bot: str) -> None:
        """Count an answer that asked to slow down."""

    def failed(self, bot: str, why: str) -> None:
        """Count a try that did not bring a message to its chat."""


class NoMeter:
    """Counts nothing."""

    def sent(self, bot: str) -> None:
        """Pass over it."""

    def limited(self, bot: str) -> None:
        """Pass over it."""

    def failed(self, bot: str, why: str) -> None:
        """Pass over it."""
