"""The composition root: builds every part from the settings and joins them."""

import asyncio
import fcntl
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import partial
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from handlers import live
from handlers.router import DialogueRouter
from handlers.words import DESCRIPTIONS
from isobot.actions import curating
from isobot.alarms import LAST_TICK, Alarms
from isobot.attachments import FileMaker
from isobot.bots import KnownBot, known_bots, limits_of, users_of
from isobot.channels.file_links import files_route
from isobot.channels.web import WebChannel
from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.engine import Engine
from isobot.chat.fetcher import Fetcher
from isobot.chat.files import FileLinks
from isobot.chat.history import History
from isobot.chat.outgoing import Channel
from isobot.chat.parts import PartsSent
from isobot.chat.sender import Sender
from isobot.chat.uploads import Uploads
from isobot.clock import vietnam_day
from isobot.core import Core
from isobot.demo import DemoDesk
from isobot.errors import SettingsError
from isobot.files.filled import FilledDesk
from isobot.keeping import bot_at_work, kept_up, take_short_turns
from isobot.metrics import Metrics
from isobot.settings import LOOPBACK, Settings
from isobot.storage import delivery, records, unit_records
from isobot.storage.leases import Leases, Signals
from isobot.storage.store import Store
from isobot.web.pages import PATH as FORMS_AT
from isobot.web.pages import FormPages
from scheduler import rounds
from scheduler.dispatch import Dispatcher, LastLook, situation_on
from scheduler.runner import Runner

if TYPE_CHECKING:
    from isobot.channels.telegram import TelegramChannel
    from isobot.channels.zalo import ZaloChannel

log = structlog.get_logger()

HEALTH_CHECK_SECONDS = 60
UNITS_CHECK_SECONDS = 5
"""How long after an import in another process the running one takes the new units."""


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
        settings, clock, database = core.settings, core.clock, core.database
        self._core = core
        self._part = part
        self._inbox_bell, self._outbox_bell = Bell(), Bell()
        self._door = Door(database, clock, self._inbox_bell)
        self._files = FileMaker(core.database, core.services, clock)
        self._lock: IO[str] | None = None
        self._server: uvicorn.Server | None = None
        self._history = History(database)
        self._links = FileLinks(self.address, _signing_key(settings), clock)
        known = known_bots(settings, core.bots)
        self.telegrams = [self._telegram(bot) for bot in known if bot.channel == "telegram"]
        self.zalos = [self._zalo(bot) for bot in known if bot.channel == "zalo"]
        core.services.bot_provinces = {bot.key: bot.province for bot in known if bot.province}
        demo = DemoDesk(core, self._outbox_bell) if settings.is_demo else None
        self.web = (
            WebChannel(
                self._door,
                self._history,
                self._files.make,
                clock,
                uploads=Uploads(database, clock),
                demo=demo,
                public_url=settings.public_url,
            )
            if settings.web_chat
            else None
        )
        web = [self.web] if self.web is not None else []
        channels: list[Channel] = [*self.telegrams, *self.zalos, *web]
        sources: list[TelegramChannel | ZaloChannel | WebChannel] = [*self.telegrams, *self.zalos, *web]
        self._fetcher = Fetcher(database, sources, clock, told=self._outbox_bell.ring)
        self._forms = FormPages(database, core.services, clock, told=self._outbox_bell.ring)
        if self.web is not None or self._reaches_phones():
            core.services.form_address = self.address + FORMS_AT
            core.services.form_on_phones = self._reaches_phones()
        self._filled = FilledDesk(database, core.services, clock, sources, told=self._outbox_bell)
        token = settings.metrics_token
        limits = limits_of(settings, core.bots)
        bots = [channel.bot for channel in channels]
        self._leases = (
            None if database.is_sqlite else Leases(database.conninfo, bots, taken=self._outbox_bell.ring)
        )
        self._metrics = Metrics(
            database,
            clock,
            token=token.get_secret_value() if token else None,
            bots=bots,
            limits=limits,
            sends_for=self._may_send,
        )
        self._engine = Engine(
            database,
            DialogueRouter(core.services),
            clock,
            bell=self._inbox_bell,
            outbox_bell=self._outbox_bell,
            handled=self._metrics.handled,
        )
        self._sender = Sender(
            database,
            channels,
            self._files.make,
            clock,
            bell=self._outbox_bell,
            limits=limits,
            may_send=self._may_send,
            meter=self._metrics,
            last_look=LastLook(database, core.timetable, lambda: core.services.directory, clock),
        )
        dispatcher = Dispatcher(
            database,
            core.timetable,
            lambda: core.services.directory,
            clock,
            queued=self._outbox_bell.ring,
        )
        self._dispatcher = dispatcher
        self._alarms = Alarms(
            database,
            clock,
            core.content.calendar,
            bots=bots,
            limits=limits,
            users=users_of(settings, core.bots),
            falling_today=self._falling_today,
            queued=self._outbox_bell.ring,
        )
        self._runner = Runner(self._tick) if database.is_sqlite else None

    def _may_send(self, bot: str) -> bool:
        return self._leases is None or self._leases.held(bot)

    def _telegram(self, bot: KnownBot) -> "TelegramChannel":
        from isobot.channels.telegram import TelegramChannel  # slow to load, and a demo needs none

        return TelegramChannel(
            bot.token.get_secret_value(),
            self._door,
            api_base=self._core.settings.telegram_api_base,
            commands=DESCRIPTIONS,
            bot=bot.key,
            token_env=bot.token_env,
            keep_parts=PartsSent(self._core.database),
        )

    def _zalo(self, bot: KnownBot) -> "ZaloChannel":
        from isobot.channels.zalo import ZaloChannel  # brings an HTTP client along, and a demo needs none

        return ZaloChannel(
            bot.token.get_secret_value(),
            self._door,
            self._core.clock,
            api_base=self._core.settings.zalo_api_base,
            file_url=self._links.url if self._reaches_phones() else None,
            bot=bot.key,
            token_env=bot.token_env,
            keep_parts=PartsSent(self._core.database),
        )

    @property
    def bots(self) -> "list[TelegramChannel | ZaloChannel]":
        """The bots on platforms, which poll or are called."""
        return [*self.telegrams, *self.zalos]

    @property
    def address(self) -> str:
        """Where people open the web chat."""
        settings = self._core.settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        return (settings.public_url or f"http://{host}:{settings.port}").rstrip("/")

    @property
    def uses_webhooks(self) -> bool:
        """Tell whether platforms call us, instead of being asked."""
        return self._core.settings.public_url is not None

    def _reaches_phones(self) -> bool:
        """Tell whether a link to this process opens where the messages arrive.

        Without a public address it does not, unless the platform itself is a stand-in on this machine.
        """
        base = self._core.settings.zalo_api_base
        return self.uses_webhooks or (base is not None and urlsplit(base).hostname in LOOPBACK)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of health and of every channel."""
        routes: list[BaseRoute] = [Route("/healthz", self._health), Route("/metrics", self._metrics.answer)]
        if self._part is Part.WORK:
            return routes
        secret = self._core.settings.webhook_secret
        if self.uses_webhooks and secret is not None:
            hidden = secret.get_secret_value()
            routes += [bot.webhook_route(hidden) for bot in self.bots]
        if self.web is not None:
            routes += self.web.routes()
        if self._core.services.form_address:
            routes += self._forms.routes()
        if self.zalos:
            routes.append(files_route(self._links, self._history, self._files.make))
        return routes

    def _guards(self) -> list[Middleware]:
        """Answer only under our own names in the demo, where no code protects a role.

        Else a page of another site could reach the demo through a name of its own.
        """
        if not self._core.settings.is_demo:
            return []
        return [Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, "[::1]"])]

    async def run(self, *, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until a signal asks to stop; what is under way is finished or undone, nothing is lost.

        Raises:
            SettingsError: another process serves this folder, or the port is taken.
        """
        self._check_part()
        self._take_lock()
        take_short_turns()
        async with self._core.database.write() as connection:
            for bot in self.bots:
                await records.ensure_bot(connection, bot.bot, channel=bot.channel)
            if self.web is not None:
                await records.ensure_bot(connection, self.web.bot, channel=self.web.bot)
        config = uvicorn.Config(
            Starlette(routes=self.routes(), middleware=self._guards()),
            host=self._core.settings.host,
            port=self._core.settings.port,
            log_config=None,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=5,
            proxy_headers=self.uses_webhooks,
        )
        self._server = uvicorn.Server(config)
        work: list[Awaitable[Any]] = [
            kept_up("engine", self._engine.run),
            kept_up("files", self._fetcher.run),
            kept_up("workbooks", self._filled.run),
            kept_up("units", self._watch_units),
            self._watch_health(),
        ]
        if self._part is not Part.SERVE:
            work.append(kept_up("sender", self._sender.run))
            if self._runner is not None:
                await self._runner.start()
        if self._part is not Part.WORK:
            work += await self._channels_at_work()
        work += self._shared_work()
        tasks = [asyncio.ensure_future(part) for part in work]
        serving = asyncio.ensure_future(self._serve())
        tasks.append(asyncio.ensure_future(self._tell(ready)))
        try:
            await asyncio.wait([*tasks, serving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self._runner is not None:
                self._runner.stop()
            if self.web is not None:
                self.web.stop_waiting()
            self._server.should_exit = True
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, serving, return_exceptions=True)
            await self._close_channels()
            self._release_lock()
        for result in ended:
            if isinstance(result, Exception):
                raise result

    def _check_part(self) -> None:
        """Refuse to serve without webhooks: of several processes that poll, platforms answer only one."""
        if self._part is Part.SERVE and self.bots and not self.uses_webhooks:
            raise SettingsError(
                "isobot serve nhận tin bằng webhook: đặt ISOBOT_PUBLIC_URL và ISOBOT_WEBHOOK_SECRET."
            )

    def _shared_work(self) -> list[Awaitable[Any]]:
        """Return what binds this process to the others over the same PostgreSQL."""
        database, web = self._core.database, self.web
        if database.is_sqlite:
            return []
        hear: dict[str, Callable[[str], None]] = {"isobot_inbox": lambda _: self._inbox_bell.ring()}
        if web is not None and self._part is not Part.WORK:
            hear["isobot_web"] = web.wake
        work: list[Awaitable[Any]] = []
        if self._part is not Part.SERVE and self._leases is not None:
            hear["isobot_outbox"] = lambda _: self._outbox_bell.ring()
            from scheduler.runner_shared import SharedRunner  # for PostgreSQL alone

            ticks = SharedRunner(database.conninfo, self._tick, self._core.clock)
            work += [kept_up("leases", self._leases.run), kept_up("ticks", ticks.run)]
        return [*work, kept_up("signals", Signals(database.conninfo, hear).run)]

    async def _watch_health(self) -> None:
        """Look every minute for what the administrators have to know."""
        while True:
            await asyncio.sleep(HEALTH_CHECK_SECONDS)
            try:
                await self._alarms.check()
            except Exception:
                log.exception("alarms_not_checked")

    async def _falling_today(self) -> int:
        """Count the steps that the plan sets for people on this day."""
        core, today = self._core, vietnam_day(self._core.clock.now())
        async with core.database.read() as connection:
            loaded = await situation_on(connection, core.timetable, core.services.directory, today=today)
        falling, _ = await asyncio.to_thread(
            rounds.falling_on, today, loaded.timetable, core.services.directory, loaded.situation
        )
        return sum(1 for step in falling if step.people)

    async def _tell(self, ready: Callable[[], None]) -> None:
        """Call `ready` once the server listens, then stay."""
        while self._server is None or not self._server.started:
            await asyncio.sleep(0.02)
        ready()
        await asyncio.Event().wait()

    async def _serve(self) -> None:
        assert self._server is not None
        try:
            await self._server.serve()
        except SystemExit as error:
            port = self._core.settings.port
            raise SettingsError(
                f"Cổng {port} đang có chương trình khác dùng. Đặt ISOBOT_PORT thành số khác, ví dụ: "
                f"ISOBOT_PORT={port + 1}"
            ) from error

    async def _channels_at_work(self) -> list[Awaitable[Any]]:
        database, clock = self._core.database, self._core.clock
        secret = self._core.settings.webhook_secret
        polling: list[Awaitable[Any]] = []
        for channel in self.bots:
            part: Callable[[], Awaitable[None]] = channel.run_polling
            if self.uses_webhooks and secret is not None:
                part = partial(self._announce, channel, secret.get_secret_value())
            polling.append(bot_at_work(channel, part, database, clock))
        polling += [kept_up("address", partial(self._note_address, telegram)) for telegram in self.telegrams]
        return polling

    async def _announce(self, channel: "TelegramChannel | ZaloChannel", secret: str) -> None:
        """Tell the platform where to call, once the server listens, then stay."""
        while self._server is None or not self._server.started:
            await asyncio.sleep(0.05)
        await channel.set_webhook(self.address, secret)
        await asyncio.Event().wait()

    async def _note_address(self, telegram: "TelegramChannel") -> None:
        """Keep the bot's name, so that codes can be printed as links."""
        while not telegram.username:
            await asyncio.sleep(1)
        async with self._core.database.write() as connection:
            await records.ensure_bot(
                connection, telegram.bot, channel=telegram.channel, address=telegram.username
            )
        await asyncio.Event().wait()

    async def _tick(self) -> None:
        """Queue the reminders that are due; once a day, let old questions expire."""
        await self._dispatcher.tick()
        async with self._core.database.write() as connection:
            on = [channel.bot for channel in (*self.bots, self.web) if channel is not None]
            await delivery.leave_bots_turned_off(connection, bots=on, at=self._core.clock.now())
            await records.set_meta(connection, LAST_TICK, self._core.clock.now().isoformat())
            store = Store(connection, self._core.clock.now())
            await curating.expire(
                store,
                question_days=self._core.settings.question_days,
                message_days=self._core.settings.message_days,
            )

    async def _watch_units(self) -> None:
        """Take over units that another process imported, and cards that were approved in one."""
        services = self._core.services
        known = await self._units_edition()
        while True:
            await asyncio.sleep(UNITS_CHECK_SECONDS)
            async with self._core.database.read() as connection:
                await live.refresh(Store(connection, self._core.clock.now()), services)
            edition = await self._units_edition()
            if edition == known:
                continue
            known = edition
            async with self._core.database.read() as connection:
                directory = await unit_records.load_directory(connection)
            await asyncio.to_thread(live.take_units, services, directory)
            log.info("units_reloaded", units=len(directory))

    async def _units_edition(self) -> str:
        async with self._core.database.read() as connection:
            return await records.get_meta(connection, unit_records.EDITION)

    async def _close_channels(self) -> None:
        for channel in self.bots:
            await channel.close()

    async def _health(self, _request: Request) -> JSONResponse:
        try:
            await self._core.database.reach()
        except SettingsError:
            return JSONResponse({"status": "database out of reach"}, 503)
        return JSONResponse({"status": "ok", "demo": self._core.settings.is_demo})

    def _take_lock(self) -> None:
        """Be the one process that polls and sends over a SQLite file."""
        if not self._core.database.is_sqlite:
            return
        path = self._core.settings.data_dir / "isobot.lock"
        handle = path.open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.close()
            raise SettingsError(
                f"isobot đang chạy với thư mục {self._core.settings.data_dir}. "
                "Dừng tiến trình đó trước, hoặc đặt ISOBOT_DATA_DIR khác."
            ) from error
        self._lock = handle

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _signing_key(settings: Settings) -> bytes:
    """Return the key of signed links, made once for an installation and kept with its data.

    Processes that share a database need not share a folder, so there it comes from the secret they share.
    """
    if settings.database_url is not None and settings.webhook_secret is not None:
        shared = settings.webhook_secret.get_secret_value()
        return hashlib.sha256(b"isobot.links." + shared.encode()).digest()
    path = settings.data_dir / "links.key"
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        fresh.replace(path)
    return bytes.fromhex(path.read_text(encoding="ascii").strip())
