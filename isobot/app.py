"""The composition root: builds every part from the settings and joins them."""

import asyncio
import fcntl
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import IO, Any
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
from isobot.attachments import FileMaker
from isobot.channels.telegram import TelegramChannel
from isobot.channels.web import WebChannel, files_route
from isobot.channels.zalo import ZaloChannel
from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.engine import Engine
from isobot.chat.files import FileLinks
from isobot.chat.history import History
from isobot.chat.sender import Channel, Sender
from isobot.core import Core
from isobot.demo import DemoDesk
from isobot.errors import SettingsError
from isobot.settings import LOOPBACK, Settings
from isobot.storage import records, unit_records
from isobot.storage.store import Store
from scheduler.dispatch import Dispatcher, LastLook
from scheduler.runner import Runner

log = structlog.get_logger()

UNITS_CHECK_SECONDS = 5
"""How long after an import in another process the running one takes the new units."""


class Application:
    """One process that serves: channels in, engine, sender, reminders, web."""

    def __init__(self, core: Core) -> None:
        settings, clock, database = core.settings, core.clock, core.database
        self._core = core
        self._inbox_bell, self._outbox_bell = Bell(), Bell()
        self._door = Door(database, clock, self._inbox_bell)
        self._files = FileMaker(core.database, core.services, clock)
        self._lock: IO[str] | None = None
        self._server: uvicorn.Server | None = None
        self._history = History(database)
        self._links = FileLinks(self.address, _signing_key(settings.data_dir), clock)
        self.telegram = (
            TelegramChannel(
                settings.telegram_token.get_secret_value(),
                self._door,
                api_base=settings.telegram_api_base,
                commands=DESCRIPTIONS,
            )
            if settings.telegram_token
            else None
        )
        self.zalo = (
            ZaloChannel(
                settings.zalo_token.get_secret_value(),
                self._door,
                clock,
                api_base=settings.zalo_api_base,
                file_url=self._links.url if self._reaches_phones() else None,
            )
            if settings.zalo_token
            else None
        )
        demo = DemoDesk(core, self._outbox_bell) if settings.is_demo else None
        self.web = (
            WebChannel(
                self._door, self._history, self._files.make, clock, demo=demo, public_url=settings.public_url
            )
            if settings.web_chat
            else None
        )
        channels: list[Channel] = [c for c in (self.telegram, self.zalo, self.web) if c is not None]
        self._engine = Engine(
            database,
            DialogueRouter(core.services),
            clock,
            bell=self._inbox_bell,
            outbox_bell=self._outbox_bell,
        )
        self._sender = Sender(
            database,
            channels,
            self._files.make,
            clock,
            bell=self._outbox_bell,
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
        self._runner = Runner(self._tick)

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
        routes: list[BaseRoute] = [Route("/healthz", self._health)]
        secret = self._core.settings.webhook_secret
        if self.uses_webhooks and secret is not None:
            hidden = secret.get_secret_value()
            if self.telegram is not None:
                routes.append(self.telegram.webhook_route(hidden))
            if self.zalo is not None:
                routes.append(self.zalo.webhook_route(hidden))
        if self.web is not None:
            routes += self.web.routes()
        if self.zalo is not None:
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
            SettingsError: another process serves this folder, the port is taken, or a token is refused.
        """
        self._take_lock()
        async with self._core.database.write() as connection:
            for channel in (self.telegram, self.zalo, self.web):
                if channel is not None:
                    await records.ensure_bot(connection, channel.bot, channel=channel.bot)
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
        await self._runner.start()
        work: list[Awaitable[Any]] = [self._engine.run(), self._sender.run(), self._watch_units()]
        work += await self._channels_at_work()
        tasks = [asyncio.ensure_future(part) for part in work]
        serving = asyncio.ensure_future(self._serve())
        tasks.append(asyncio.ensure_future(self._tell(ready)))
        try:
            await asyncio.wait([*tasks, serving], return_when=asyncio.FIRST_COMPLETED)
        finally:
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
        polling: list[Awaitable[Any]] = []
        secret = self._core.settings.webhook_secret
        for channel in (self.telegram, self.zalo):
            if channel is None:
                continue
            if self.uses_webhooks and secret is not None:
                polling.append(self._announce(channel, secret.get_secret_value()))
            else:
                polling.append(channel.run_polling())
        if self.telegram is not None:
            polling.append(self._note_address(self.telegram))
        return polling

    async def _announce(self, channel: TelegramChannel | ZaloChannel, secret: str) -> None:
        """Tell the platform where to call, once the server listens, then stay."""
        while self._server is None or not self._server.started:
            await asyncio.sleep(0.05)
        await channel.set_webhook(self.address, secret)
        await asyncio.Event().wait()

    async def _note_address(self, telegram: TelegramChannel) -> None:
        """Keep the bot's name, so that codes can be printed as links."""
        while not telegram.username:
            await asyncio.sleep(1)
        async with self._core.database.write() as connection:
            await records.ensure_bot(
                connection, telegram.bot, channel=telegram.bot, address=telegram.username
            )
        await asyncio.Event().wait()

    async def _tick(self) -> None:
        """Queue the reminders that are due; once a day, let old questions expire."""
        await self._dispatcher.tick()
        async with self._core.database.write() as connection:
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
        for channel in (self.telegram, self.zalo):
            if channel is not None:
                await channel.close()

    async def _health(self, _request: Request) -> JSONResponse:
        async with self._core.database.read() as connection:
            await records.get_meta(connection, "health")
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


def _signing_key(folder: Path) -> bytes:
    """Return the key of signed links, made once for an installation and kept with its data."""
    path = folder / "links.key"
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        fresh.replace(path)
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def secrets_of(settings: Settings) -> Sequence[str]:
    """List what must never be printed."""
    hidden = (settings.telegram_token, settings.zalo_token, settings.webhook_secret, settings.database_url)
    return [secret.get_secret_value() for secret in hidden if secret is not None]
