"""One transaction's view of the database, shared by every event of a batch.

Reads go to the database; what a batch reads for all its chats at once is kept here. Hot writes
(messages, conversations, drafts) are gathered and written at the end, many rows to a statement. A
handler that has to see its own gathered writes calls `flush` first.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from isobot.domain.filing import Filed
from isobot.domain.messages import Reply
from isobot.domain.reports import ReportStatus
from isobot.errors import NotFound
from isobot.storage import conversations, dispatch, figures, outbox, questions, reports
from isobot.storage.conversations import Conversation
from isobot.storage.figures import Counted
from isobot.storage.outbox import Priority
from isobot.storage.reports import InForce, ReportKey, ReportRecord

_WITHIN_A_DRAFT = ("figure", "gathered", "reason")
"""Events of which a returned report may have many, and which change nothing about what counts."""


class Store:
    """What handlers and acts work on inside one transaction."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self._reports: dict[int, ReportRecord] = {}
        self._in_force: dict[ReportKey, InForce | None] = {}
        self._counted: dict[int, Counted] = {}
        self._messages: list[dict[str, Any]] = []
        self._carrying: list[tuple[dict[str, Any], int]] = []
        self._conversations: dict[str, Conversation] = {}
        self._asked: list[dict[str, Any]] = []
        self._told: list[dict[str, Any]] = []

    async def preload_reports(self, ids: list[int]) -> list[ReportRecord]:
        """Load several reports in one statement, and return those that there are."""
        missing = [key for key in dict.fromkeys(ids) if key not in self._reports]
        if missing:
            self._reports.update(await reports.load(self.connection, missing))
        return [self._reports[key] for key in dict.fromkeys(ids) if key in self._reports]

    async def report(self, key: int) -> ReportRecord:
        """Return one report to read or change; `changed` must be called after a change.

        Raises:
            NotFound: there is no such report.
        """
        await self.preload_reports([key])
        if key not in self._reports:
            raise NotFound(f"report {key}")
        return self._reports[key]

    def hold(self, record: ReportRecord) -> ReportRecord:
        """Keep a report found by other means; the same object serves the whole batch."""
        return self._reports.setdefault(record.id, record)

    async def in_force(self, keys: Iterable[ReportKey]) -> dict[ReportKey, InForce]:
        """Return the figures in force of some reports, to compare with; each is read only once."""
        wanted = list(keys)
        missing = [key for key in dict.fromkeys(wanted) if key not in self._in_force]
        if missing:
            found = await reports.in_force(self.connection, missing)
            self._in_force.update((key, found.get(key)) for key in missing)
        return {key: known for key in wanted if (known := self._in_force[key]) is not None}

    def count(self, record: ReportRecord, filed: tuple[Filed, ...]) -> None:
        """Let the figures of a version that was just sent count in the totals; a practice never does."""
        if record.practice_of == 0:
            self._counted[record.id] = Counted(
                record.id, record.unit, record.province, record.rule, record.period, filed
            )

    def send(
        self,
        bot: str,
        chat: str,
        reply: Reply,
        *,
        prompt: int = 0,
        priority: Priority = Priority.ANSWER,
        carries: int = 0,
    ) -> None:
        """Queue a message; it may carry what a waiting reminder says, whose number is `carries`."""
        row = outbox.row_of(bot, chat, reply, prompt=prompt, priority=priority, at=self.now)
        if carries:
            self._carrying.append((row, carries))
        else:
            self._messages.append(row)

    def log_question(self, row: dict[str, Any]) -> None:
        """Write a question to the log at the end; `questions.question_row` makes the row."""
        self._asked.append(row)

    def log_told(self, *, chat_key: str, card: str, document: str, question: str = "") -> None:
        """Write to the log at the end that a chat was told a card, or what a document says."""
        row = questions.telling_row(
            chat_key=chat_key, card=card, document=document, question=question, at=self.now
        )
        self._told.append(row)

    def keep(self, conversation: Conversation) -> None:
        """Write a conversation record at the end."""
        self._conversations[conversation.chat_key] = conversation

    async def flush(self) -> None:
        """Write what was gathered."""
        out = [record.id for record in self._reports.values() if _went_out(record)]
        await reports.save(self.connection, self._reports.values(), at=self.now)
        counted = [one for one in self._counted.values() if one.report not in out]
        if counted or out:
            await figures.change(self.connection, counted=counted, gone=out)
        self._counted = {}
        await conversations.save(self.connection, self._conversations.values(), at=self.now)
        await outbox.add(self.connection, self._messages)
        for row, reminder in self._carrying:
            number = await outbox.add_one(self.connection, row)
            await dispatch.move_to_message(self.connection, old=reminder, new=number)
        self._carrying = []
        await questions.log(self.connection, self._asked, self._told)
        self._conversations = {}
        self._messages = []
        self._asked, self._told = [], []


def _went_out(record: ReportRecord) -> bool:
    """Tell whether a report that had been sent was just sent back, so that its figures count no more."""
    if not record.version or record.practice_of or ReportStatus(record.status).is_in:
        return False
    return any(event["kind"] not in _WITHIN_A_DRAFT for event in record.new_events)
