"""What every file is loaded with: the database, the services, the clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from handlers import live
from handlers.services import Services
from isobot.clock import Clock, vietnam_day
from isobot.domain.deadlines import INHERITED_MARK, ReportingRule
from isobot.storage.database import Database
from isobot.storage.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """Opens what a file is made from; nothing is changed here."""

    database: Database
    services: Services
    clock: Clock

    @property
    def today(self) -> date:
        """The day in Việt Nam."""
        return vietnam_day(self.clock.now())

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Store]:
        """Open the database to read, with the deadlines and rounds as offices have set them by now.

        A process that only sends files hears of such changes nowhere else.
        """
        async with self.database.read() as connection:
            store = Store(connection, self.clock.now())
            await live.refresh_rules(store, self.services)
            yield store

    def province_name(self, province: str) -> str:
        """Return how a province was called when its document was written."""
        known = self.services.provinces.get(province)
        return known.name if known else province

    def province_now(self, province: str) -> str:
        """Return how the province of that land is called today."""
        known = self.services.provinces.get(province)
        return known.now if known else province

    def bases_of(self, rule: ReportingRule | None) -> tuple[str, ...]:
        """Name the documents that a rule rests on, as the lines after "Căn cứ" do.

        A round on request may rest on a letter of the office itself, which is no document of ours.
        """
        documents = self.services.knowledge.corpus.documents
        if rule is not None and rule.once is not None and not rule.inherited:
            return (f"{rule.note} của {rule.recipient} về {rule.title.partition(': ')[2] or rule.title}",)
        named = [documents[b.document] for b in (rule.basis if rule else ()) if b.document in documents]
        return tuple(
            f"{document.full_name()}{'' if document.cited_as else ' của ' + document.issuer} "
            f"về {_subject(document.title)}"
            for document in named
        )

    def caution_of(self, *rules: ReportingRule | None) -> str:
        """Warn of bases that an office carries on although nobody has verified that they hold."""
        if not any(rule is not None and rule.inherited for rule in rules):
            return ""
        return f"Căn cứ của kỳ báo cáo: {INHERITED_MARK}; kiểm tra trước khi ký."


def _subject(title: str) -> str:
    lowered = title[:1].lower() + title[1:]
    return lowered.removeprefix("về việc ").removeprefix("về ")
