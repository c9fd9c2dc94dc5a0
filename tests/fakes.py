"""Fakes that remember: a clock that tests set, and a channel that keeps what it was given to send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.clock import VIETNAM


class FakeClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    @classmethod
    def on(cls, day: date, hour: int = 9) -> "FakeClock":
        """Return a clock that shows an hour of a day in Việt Nam."""
        return cls(datetime.combine(day, time(hour), tzinfo=VIETNAM).astimezone(UTC))

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, span: timedelta) -> None:
        self.moment += span

    def move_to(self, day: date, hour: int = 9) -> None:
        self.moment = FakeClock.on(day, hour).moment


@dataclass
class FakeChannel:
    """Keeps what it sends; `fails_with` holds errors to raise first, one a call."""

    bot: str
    sends_files: bool = True
    sent: list[Outgoing] = field(default_factory=list)
    files: list[RenderedFile] = field(default_factory=list)
    fails_with: list[Exception] = field(default_factory=list)

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        if self.fails_with:
            raise self.fails_with.pop(0)
        self.sent.append(message)
        if file is not None:
            self.files.append(file)
        return str(len(self.sent))

    def sent_to(self, chat: str) -> list[Outgoing]:
        return [message for message in self.sent if message.chat == chat]


@dataclass
class FakeSource:
    """A platform that gives the files it was told; `fails_with` holds errors to raise first, one a call."""

    bot: str
    contents: dict[str, bytes]
    fails_with: list[Exception] = field(default_factory=list)

    async def fetch(self, source: Mapping[str, Any], most: int) -> bytes:
        if self.fails_with:
            raise self.fails_with.pop(0)
        return self.contents[source["file_id"]]
