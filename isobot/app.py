"""The composition root: builds every part from the settings and joins them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from enum import StrEnum
from typing import Any

from starlette.routing import BaseRoute, Route

from handlers.router import DialogueRouter
from isobot.attachments import FileMaker
from isobot.bots import limits_of
from isobot.chat.bell import Bell
from isobot.chat.engine import Engine
from isobot.chat.fetcher import Fetcher
from isobot.chat.sender import Sender
from isobot.core import Core
from isobot.errors import SettingsError
from isobot.every_minute import EveryMinute
from isobot.files.filled import FilledDesk
from isobot.folder_lock import alone_in
from isobot.keeping import kept_up, take_short_turns
from isobot.metrics import Metrics
from isobot.server import Server, health_route
from isobot.storage.leases import Leases, Signals
from isobot.switchboard import Switchboard
from isobot.unit_watch import UnitWatch
from isobot.web.pages import PATH as FORMS_AT
from isobot.web.pages import FormPages
from scheduler.dispatch import LastLook
from scheduler.runner import Runner


class Part(StrEnum):
    """What a process does of the whole; the engine runs in each."""

    ALL = "all"
    SERVE = "serve"
    """Takes webhooks and shows the web chat."""
    WORK = "work"
    """Sends, and reminds."""


class Application:
    """One process: channels in, engine, sender, reminders, web, or a part of these."""

    def __init__(self, core: Core, part: Part = Part.ALL) -> None:
        database, clock, services = core.database, core.clock, core.services
        self._core = core
        self._part = part
        self._inbox_bell, self._outbox_bell = Bell(), Bell()
        told = self._outbox_bell.ring
        self._files = FileMaker(database, services, clock)
        self.switchboard = Switchboard(
            core, self._files, inbox_bell=self._inbox_bell, outbox_bell=self._outbox_bell
        )
        channels = self.switchboard.channels
        services.bot_provinces = self.switchboard.provinces
        self._forms = FormPages(database, services, clock, told=told)
        self._open_forms()
        self._leases = self._make_leases()
        self._metrics = self._make_metrics()
        self._engine = Engine(
            database,
            DialogueRouter(services),
            clock,
            bell=self._inbox_bell,
            outbox_bell=self._outbox_bell,
            handled=self._metrics.handled,
        )
        self._fetcher = Fetcher(database, channels, clock, told=told)
        self._filled = FilledDesk(database, services, clock, channels, told=self._outbox_bell)
        self._sender = self._make_sender()
        self._minute = EveryMinute(core, self.switchboard.keys, queued=told)
        self._units = UnitWatch(database, services, clock)
        alone = database.is_sqlite and part is not Part.SERVE
        self._runner = Runner(self._minute.tick) if alone else None

    def _open_forms(self) -> None:
        """Let the dialogues offer the form on the web, where a person could open it."""
        core = self._core
        phones = core.settings.reaches_phones
        if self.switchboard.web is not None or phones:
            core.services.form_address = core.settings.address + FORMS_AT
            core.services.form_on_phones = phones

    def _make_leases(self) -> Leases | None:
        database = self._core.database
        if database.is_sqlite:
            return None
        return Leases(
            database.conninfo, self.switchboard.keys, taken=self._outbox_bell.ring, let_go=self._let_go
        )

    def _make_metrics(self) -> Metrics:
        core, token = self._core, self._core.settings.metrics_token
        return Metrics(
            core.database,
            core.clock,
            token=token.get_secret_value() if token else None,
            bots=self.switchboard.keys,
            limits=limits_of(core.settings, core.bots),
            sends_for=self._may_send,
            tokenless=[row.key for row in self.switchboard.tokenless],
        )

    def _make_sender(self) -> Sender:
        core = self._core
        return Sender(
            core.database,
            self.switchboard.channels,
            self._files.make,
            core.clock,
            bell=self._outbox_bell,
            limits=limits_of(core.settings, core.bots),
            may_send=self._may_send,
            meter=self._metrics,
            last_look=LastLook(core.database, core.timetable, lambda: core.services.directory, core.clock),
        )

    def _may_send(self, bot: str) -> bool:
        return self._leases is None or self._leases.held(bot)

    async def _let_go(self, bot: str) -> bool:
        return await self._sender.let_go(bot)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of health and of every channel."""
        core = self._core
        routes: list[BaseRoute] = [
            health_route(core.database, core.settings),
            Route("/metrics", self._metrics.answer),
        ]
        if self._part is Part.WORK:
            return routes
        routes += self.switchboard.routes()
        if core.services.form_address:
            routes += self._forms.routes()
        return routes

    async def run(self, *, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until a signal asks to stop; what is under way is finished or undone, nothing is lost.

        Raises:
            SettingsError: another process serves this folder, or the port is taken.
        """
        self._check_part()
        with ExitStack() as held:
            if self._core.database.is_sqlite:
                held.enter_context(alone_in(self._core.settings.data_dir))
            take_short_turns()
            await self.switchboard.register()
            if self._runner is not None:
                await self._runner.start()
            await self._run_parts(ready)

    async def _run_parts(self, ready: Callable[[], None]) -> None:
        """Do everything at once until the first part ends, then end the others."""
        server = Server(self._core.settings, self.routes())
        tasks = [asyncio.ensure_future(part) for part in self._work(server.listening)]
        tasks.append(asyncio.ensure_future(_tell(server.listening, ready)))
        serving = asyncio.ensure_future(server.run())
        leasing = asyncio.ensure_future(self._hold_leases())
        try:
            await asyncio.wait([*tasks, serving, leasing], return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self._runner is not None:
                self._runner.stop()
            if self.switchboard.web is not None:
                self.switchboard.web.stop_waiting()
            server.stop()
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            # Only now may others send: what left here is marked.
            leasing.cancel()
            ended += await asyncio.gather(serving, leasing, return_exceptions=True)
            await self.switchboard.close()
        for result in ended:
            if isinstance(result, Exception):
                raise result

    def _work(self, listening: asyncio.Event) -> list[Awaitable[Any]]:
        work: list[Awaitable[Any]] = [
            kept_up("engine", self._engine.run),
            kept_up("files", self._fetcher.run),
            kept_up("workbooks", self._filled.run),
            kept_up("units", self._units.run),
            self._minute.watch_health(),
        ]
        if self._part is not Part.SERVE:
            work.append(kept_up("sender", self._sender.run))
        if self._part is not Part.WORK:
            work += self.switchboard.work(listening)
        return work + self._shared_work()

    async def _hold_leases(self) -> None:
        """Hold the leases of what this process sends for; without leases, only stay."""
        if self._leases is None or self._part is Part.SERVE:
            await asyncio.Event().wait()
        else:
            await kept_up("leases", self._leases.run)

    def _check_part(self) -> None:
        """Refuse to serve without webhooks: of several processes that poll, platforms answer only one."""
        if self._part is Part.SERVE and self.switchboard.bots and not self._core.settings.uses_webhooks:
            raise SettingsError(
                "isobot serve nhận tin bằng webhook: đặt ISOBOT_PUBLIC_URL và ISOBOT_WEBHOOK_SECRET."
            )

    def _shared_work(self) -> list[Awaitable[Any]]:
        """Return what binds this process to the others over the same PostgreSQL."""
        database, web = self._core.database, self.switchboard.web
        if database.is_sqlite:
            return []
        hear: dict[str, Callable[[str], None]] = {"isobot_inbox": lambda _: self._inbox_bell.ring()}
        if web is not None and self._part is not Part.WORK:
            hear["isobot_web"] = web.wake
        work: list[Awaitable[Any]] = []
        if self._part is not Part.SERVE:
            hear["isobot_outbox"] = lambda _: self._outbox_bell.ring()
            from scheduler.runner_shared import SharedRunner  # for PostgreSQL alone

            ticks = SharedRunner(database.conninfo, self._minute.tick, self._core.clock)
            work.append(kept_up("ticks", ticks.run))
        return [*work, kept_up("signals", Signals(database.conninfo, hear).run)]


async def _tell(listening: asyncio.Event, ready: Callable[[], None]) -> None:
    """Call `ready` once the server listens, then stay."""
    await listening.wait()
    ready()
    await asyncio.Event().wait()
