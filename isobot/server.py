"""The web server of one process: health, figures for watching programs, webhooks, the web chat."""

import asyncio
import socket
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from isobot.errors import SettingsError
from isobot.settings import LOOPBACK, Settings
from isobot.storage.database import Database

GRACE_SECONDS = 5
"""For how long a request under way may go on after the process was asked to stop."""


class Server:
    """Serves until it is stopped; `listening` is set once it takes requests."""

    def __init__(self, settings: Settings, routes: Sequence[BaseRoute]) -> None:
        self.listening = asyncio.Event()
        self._settings = settings
        config = uvicorn.Config(
            Starlette(routes=routes, middleware=_guards(settings)),
            host=settings.host,
            port=settings.port,
            log_config=None,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            proxy_headers=settings.uses_webhooks,
        )
        self._server = _Telling(config, self.listening)

    async def run(self) -> None:
        """Serve.

        Raises:
            SettingsError: the port is taken.
        """
        try:
            await self._server.serve()
        except SystemExit as error:
            port = self._settings.port
            raise SettingsError(
                f"Cổng {port} đang có chương trình khác dùng. Đặt ISOBOT_PORT thành số khác, ví dụ: "
                f"ISOBOT_PORT={port + 1}"
            ) from error

    def stop(self) -> None:
        """Take no more requests; `run` ends when those under way are answered."""
        self._server.should_exit = True


class _Telling(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listening: asyncio.Event) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()


def _guards(settings: Settings) -> list[Middleware]:
    """Answer only under our own names in the demo, where no code protects a role.

    Else a page of another site could reach the demo through a name of its own.
    """
    if not settings.is_demo:
        return []
    return [Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, "[::1]"])]


def health_route(database: Database, settings: Settings) -> Route:
    """Return what a proxy or a container asks to know whether this process is well."""

    async def health(_request: Request) -> JSONResponse:
        try:
            await database.reach()
        except SettingsError:
            return JSONResponse({"status": "database out of reach"}, 503)
        return JSONResponse({"status": "ok", "demo": settings.is_demo})

    return Route("/healthz", health)
