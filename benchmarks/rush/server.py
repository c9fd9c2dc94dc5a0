"""The Bot API of a rush: a process of its own that refuses what is beyond its limit."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from benchmarks.rush.outcome import Answer, Seen, Size

ROOT = Path(__file__).parents[2]


class Platform:
    """The Bot API server, a process of its own."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._client = httpx.AsyncClient(timeout=30)

    def address(self, bot: int) -> str:
        """Return the address of one bot's server."""
        return f"{self.base}/{bot}"

    async def ask(self, bot: int, officer: int, question: str) -> Answer:
        """Let an officer write, and wait for the first answer."""
        asked = {"chat": officer, "text": question}
        answer = await self._client.post(f"{self.address(bot)}/control/ask", json=asked, timeout=120)
        return Answer(bot, **answer.json())

    async def seen(self, bot: int) -> Seen:
        """Ask what a bot has sent so far."""
        found = (await self._client.get(f"{self.address(bot)}/control/times")).json()
        return Seen([(chat, at) for chat, at in found["sent"]], found["flooded"])

    async def close(self) -> None:
        """Close the connections to it."""
        await self._client.aclose()


@asynccontextmanager
async def platform(size: Size) -> AsyncIterator[Platform]:
    """Start it, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ("--port", port, "--limit", size.a_second, "--bots", size.bots)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.emulators.telegram_api", *map(str, arguments), cwd=ROOT
    )
    server = Platform(f"http://127.0.0.1:{port}")
    try:
        async with asyncio.timeout(60):
            while True:
                with suppress(httpx.TransportError):
                    await server.seen(0)
                    break
                await asyncio.sleep(0.05)
        yield server
    finally:
        await server.close()
        process.kill()
        await process.wait()
