"""Every channel of one process (tổng đài): the bots on their platforms, and the web chat."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog
from starlette.routing import BaseRoute

from handlers.words import DESCRIPTIONS
from isobot.attachments import FileMaker
from isobot.bots import KnownBot, bots_without_token, known_bots
from isobot.channels.file_links import files_route
from isobot.channels.web import WebChannel
from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.files import FileLinks
from isobot.chat.history import History
from isobot.chat.parts import PartsSent
from isobot.chat.uploads import Uploads
from isobot.core import Core
from isobot.demo import DemoDesk
from isobot.keeping import bot_at_work, kept_up
from isobot.link_key import link_key
from isobot.storage import records

if TYPE_CHECKING:
    from isobot.channels.telegram import TelegramChannel
    from isobot.channels.zalo import ZaloChannel

    BotChannel: TypeAlias = TelegramChannel | ZaloChannel
    AnyChannel: TypeAlias = BotChannel | WebChannel

log = structlog.get_logger()


class Switchboard:
    """Builds the channels that the settings and the rows of bots ask for."""

    def __init__(self, core: Core, files: FileMaker, *, inbox_bell: Bell, outbox_bell: Bell) -> None:
        settings, clock, database = core.settings, core.clock, core.database
        self._core = core
        self._files = files
        self._door = Door(database, clock, inbox_bell)
        self._history = History(database)
        self._links = FileLinks(settings.address, link_key(settings), clock)
        known = known_bots(settings, core.bots)
        self.tokenless = bots_without_token(settings, core.bots)
        """The bots that stay out."""
        self.telegrams = [self._telegram(bot) for bot in known if bot.channel == "telegram"]
        self.zalos = [self._zalo(bot) for bot in known if bot.channel == "zalo"]
        self.web = self._web_chat(outbox_bell) if settings.web_chat else None
        self.provinces = {bot.key: bot.province for bot in known if bot.province}
        """The province of each bot that serves one."""

    @property
    def bots(self) -> "list[BotChannel]":
        """The bots on platforms, which poll or are called."""
        return [*self.telegrams, *self.zalos]

    @property
    def channels(self) -> "list[AnyChannel]":
        """The bots, and the web chat."""
        return [*self.bots, *([self.web] if self.web is not None else [])]

    @property
    def keys(self) -> list[str]:
        """How the messages and chats of each channel are marked."""
        return [channel.bot for channel in self.channels]

    def routes(self) -> list[BaseRoute]:
        """Return what platforms call, and what people open."""
        settings = self._core.settings
        routes: list[BaseRoute] = []
        if settings.uses_webhooks and settings.webhook_secret is not None:
            hidden = settings.webhook_secret.get_secret_value()
            routes += [bot.webhook_route(hidden) for bot in self.bots]
        if self.web is not None:
            routes += self.web.routes()
        if self.zalos:
            routes.append(files_route(self._links, self._history, self._files.make))
        return routes

    async def register(self) -> None:
        """Make a row for each channel that has none, and note which bots stay out."""
        for row in self.tokenless:
            mend = f"set it and start again, or: isobot bots set {row.key} --off"
            log.error("bot_without_token", bot=row.key, variable=row.token_env, mend=mend)
        async with self._core.database.write() as connection:
            for bot in self.bots:
                await records.ensure_bot(connection, bot.bot, channel=bot.channel)
            if self.web is not None:
                await records.ensure_bot(connection, self.web.bot, channel=self.web.bot)

    def work(self, listening: asyncio.Event) -> list[Awaitable[Any]]:
        """Return what the bots do all day: ask for messages, or wait to be called.

        `listening` is set once the server listens; before that no platform is told where to call.
        """
        database, clock = self._core.database, self._core.clock
        work: list[Awaitable[Any]] = []
        for bot in self.bots:
            part: Callable[[], Awaitable[None]] = bot.run_polling
            if self._core.settings.uses_webhooks:
                part = partial(self._announce, bot, listening)
            work.append(bot_at_work(bot, part, database, clock))
        return work + [kept_up("address", partial(self._note_address, bot)) for bot in self.telegrams]

    async def close(self) -> None:
        """Close what the bots hold open."""
        for bot in self.bots:
            await bot.close()

    async def _announce(self, bot: "BotChannel", listening: asyncio.Event) -> None:
        """Tell the platform where to call, then stay."""
        settings = self._core.settings
        assert settings.webhook_secret is not None
        await listening.wait()
        await bot.set_webhook(settings.address, settings.webhook_secret.get_secret_value())
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
            file_url=self._links.url if self._core.settings.reaches_phones else None,
            bot=bot.key,
            token_env=bot.token_env,
            keep_parts=PartsSent(self._core.database),
        )

    def _web_chat(self, outbox_bell: Bell) -> WebChannel:
        core = self._core
        return WebChannel(
            self._door,
            self._history,
            self._files.make,
            core.clock,
            uploads=Uploads(core.database, core.clock),
            demo=DemoDesk(core, outbox_bell) if core.settings.is_demo else None,
            public_url=core.settings.public_url,
        )
