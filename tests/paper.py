"""A report on paper: the dialogue with nothing behind it, so that thousands of talks take seconds.

The handlers are the real ones. What a chat remembers goes through JSON between two messages, as it does
on its way through the database; nothing else may carry over.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from handlers import report
from handlers.services import Services
from isobot.chat.turn import Turn
from isobot.clock import VIETNAM
from isobot.domain.messages import Choice, Incoming, IncomingKind, Reply
from isobot.domain.people import Actor, Post, Role
from isobot.storage.conversations import Conversation
from isobot.storage.reports import InForce, ReportKey, ReportRecord
from isobot.storage.store import Store


class PaperStore(Store):
    """A transaction over no database: it holds one report, and what was in force before it."""

    def __init__(self, now: datetime, before: Mapping[ReportKey, InForce]) -> None:
        super().__init__(None, now)  # type: ignore[arg-type]
        self._before = before

    async def in_force(self, keys: Iterable[ReportKey]) -> dict[ReportKey, InForce]:
        return {key: self._before[key] for key in keys if key in self._before}


@dataclass
class PaperReport:
    """One unit's draft, and the chats that work on it."""

    services: Services
    unit: str
    rule: str
    period: str
    form: str
    version: int
    today: date
    last: Mapping[ReportKey, InForce] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.record = ReportRecord(
            **{
                **dict.fromkeys(ReportRecord.__dataclass_fields__),
                "id": 1,
                "unit": self.unit,
                "province": self.unit_of.province,
                "rule": self.rule,
                "period": self.period,
                "practice_of": 0,
                "form": self.form,
                "form_version": self.version,
                "status": "draft",
                "draft": {},
                "authors": {},
                "version": 0,
                "marks": {},
                "events": 0,
                "last_hash": "",
                "new_events": [],
            }
        )

    @property
    def unit_of(self) -> Any:
        unit = self.services.directory.get(self.unit)
        assert unit is not None
        return unit

    @property
    def draft(self) -> dict[str, Any]:
        return self.record.draft


@dataclass
class PaperChat:
    """One person's chat about a report."""

    report: PaperReport
    person: int = 1
    bot: str = "zalo"
    heard: list[Reply] = field(default_factory=list)
    said: str = ""
    conversation: Conversation = field(init=False)

    def __post_init__(self) -> None:
        self.conversation = Conversation(f"{self.bot}:{self.person}", self.bot, str(self.person))
        self.open()

    @property
    def state(self) -> dict[str, Any]:
        return self.conversation.state

    @property
    def asked(self) -> str:
        """The key of the field that is being asked, "" when something else is."""
        return str(self.state.get("field") or "")

    @property
    def screen(self) -> str:
        return self.heard[-1].text

    def open(self) -> None:
        """Open the report, as its button does."""
        self.conversation.enter(report.DIALOGUE, report=self.report.record.id, field="")
        self._turn(IncomingKind.CHOICE, self._begin)

    async def _begin(self, turn: Turn) -> None:
        work = await report.load(turn, self.report.services)
        assert work is not None
        report.begin(turn, work)

    def says(self, text: str) -> str:
        self.said = text
        return self._turn(IncomingKind.TEXT, lambda turn: report.take(turn, self.report.services), text=text)

    def presses(self, key: str) -> str:
        return self._turn(
            IncomingKind.CHOICE,
            lambda turn: report.take(turn, self.report.services),
            choice=key,
            prompt=self.conversation.prompt,
        )

    def offers(self) -> list[str]:
        return [choice.key for choice in self.conversation.offered]

    def _turn(self, kind: IncomingKind, act: Any, **content: Any) -> str:
        event = Incoming(
            self.bot, str(self.person), str(self.person), event_id="1", order=1, kind=kind, **content
        )
        noon = datetime.combine(self.report.today, time(12), tzinfo=VIETNAM)
        store = PaperStore(noon.astimezone(UTC), self.report.last)
        store.hold(self.report.record)
        unit = self.report.unit_of
        actor = Actor(self.person, (Post(1, unit.code, unit.province, Role.REPORTER),))
        turn = Turn(event, self.conversation, actor, store)
        _run(act(turn))
        turn.finish()
        self.heard += turn.replies
        self.report.record.new_events.clear()
        self._remember()
        return "\n".join(reply.text for reply in turn.replies)

    def _remember(self) -> None:
        record = self.conversation
        offered = [[c.key, c.label, c.lasting, c.by_word] for c in record.offered]
        stored = json.dumps([record.state, record.memory, offered])
        state, memory, offered = json.loads(stored)
        record.state, record.memory = state, memory
        record.offered = tuple(Choice(*each) for each in offered)


def _run(work: Any) -> None:
    """Run what never waits, without the price of an event loop."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("the dialogue waited for something outside")
