"""Takes over what another process changed: units that were imported, cards that were approved."""

import asyncio

import structlog

from handlers import live
from handlers.services import Services
from isobot.clock import Clock
from isobot.storage import records, unit_records
from isobot.storage.database import Database
from isobot.storage.store import Store

log = structlog.get_logger()

CHECK_SECONDS = 5
"""How long after an import in another process the running one takes the new units."""


class UnitWatch:
    """Looks every few seconds whether the tables were changed by somebody else."""

    def __init__(self, database: Database, services: Services, clock: Clock) -> None:
        self._database = database
        self._services = services
        self._clock = clock

    async def run(self) -> None:
        """Watch until cancelled."""
        known = await self._edition()
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            async with self._database.read() as connection:
                await live.refresh(Store(connection, self._clock.now()), self._services)
            edition = await self._edition()
            if edition != known:
                known = edition
                await self._take_units()

    async def _take_units(self) -> None:
        async with self._database.read() as connection:
            directory = await unit_records.load_directory(connection)
        await asyncio.to_thread(live.take_units, self._services, directory)
        log.info("units_reloaded", units=len(directory))

    async def _edition(self) -> str:
        async with self._database.read() as connection:
            return await records.get_meta(connection, unit_records.EDITION)
