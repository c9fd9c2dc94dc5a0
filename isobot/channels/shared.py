"""What several channels need: clean text, order of arrival, resuming a long message, capped bodies."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from starlette.requests import Request

from isobot.chat.door import Door
from isobot.chat.outgoing import Outgoing
from isobot.clock import Clock
from isobot.domain.messages import Incoming
from isobot.domain.text import nfc

GESTURES_AT_ONCE = 20
"""So many "typing" marks and callback answers may be under way; in a rush the rest are left out,
because they count against the same limits of the platform as the answers do."""
WEBHOOK_BODY_BYTES = 1_000_000
"""Far above any update of Telegram or Zalo, which carry text and links and no files."""


class BodyTooLarge(Exception):
    """A request's body is larger than this door takes."""


def clean(text: str) -> str:
    """Bring typed text to NFC and drop what no database stores: NUL and half characters."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return nfc(whole.replace("\x00", ""))


def webhook_path(channel: str, bot: str) -> str:
    """Return the path that a platform posts to; each further bot of a channel has a path of its own."""
    path = f"/webhooks/{channel}"
    return path if bot == channel else f"{path}/{bot}"


def same_secret(given: str | None, expected: str) -> bool:
    """Compare without telling by the time taken how much was right."""
    return given is not None and secrets.compare_digest(given.encode(), expected.encode())


async def read_body(request: Request, most: int) -> bytes:
    """Read a body of at most `most` bytes.

    Raises:
        BodyTooLarge: it is larger; the rest was not read.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise BodyTooLarge
    return bytes(body)


async def take_to_the_end(door: Door, events: Sequence[Incoming]) -> int:
    """Store events even if the program is being stopped meanwhile, then stop; return how many were new."""
    storing = asyncio.ensure_future(door.take(events))
    try:
        return await asyncio.shield(storing)
    except asyncio.CancelledError:
        await storing
        raise


class Arrivals:
    """Numbers events by the microsecond of their arrival, for channels whose platform does not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """Return a number larger than every one before."""
        moment = int(self._clock.now().timestamp() * 1_000_000)
        self._last = max(moment, self._last + 1)
        return self._last


KeepParts = Callable[[int, int], Awaitable[None]]
"""Keeps how many parts of a message have left, beyond the life of this process."""


class Progress:
    """Remembers which parts of a long message left already, so that a retry sends only the rest.

    What is given to `keep` outlives a crash: then at most the part under way is sent again.
    """

    MOST = 1000

    def __init__(self, keep: KeepParts | None = None) -> None:
        self._done: dict[int, int] = {}
        self._keep = keep

    def done(self, message: Outgoing) -> int:
        """Return how many parts of a message have left."""
        return max(self._done.get(message.id, 0), message.parts)

    async def advance(self, message: Outgoing, *, to: int, of: int) -> None:
        """Note that the parts up to a number have left; the last is marked with the whole message."""
        if message.id not in self._done and len(self._done) >= self.MOST:
            del self._done[next(iter(self._done))]
        self._done[message.id] = to
        if self._keep is not None and to < of:
            await self._keep(message.id, to)

    def finish(self, message: int) -> None:
        """Forget a message that has left as a whole."""
        self._done.pop(message, None)


class Gestures:
    """Small calls that go round the outbox: they show that something is coming, and may be lost."""

    def __init__(self, *, harmless: type[Exception]) -> None:
        """Prepare; errors of the class `harmless` are passed over in silence."""
        self._harmless = harmless
        self._under_way: set[asyncio.Task[None]] = set()

    def make(self, call: Callable[[], Awaitable[Any]]) -> None:
        """Start a call, unless too many are under way."""
        if len(self._under_way) < GESTURES_AT_ONCE:
            task = asyncio.create_task(self._silently(call))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _silently(self, call: Callable[[], Awaitable[Any]]) -> None:
        with suppress(self._harmless, RuntimeError):
            await call()


def may_have_arrived(error: BaseException | None) -> bool:
    """Tell whether a call failed only while its answer was awaited: the platform may have heard it."""
    import httpx  # not for channels without a network

    return isinstance(error, httpx.ReadTimeout | httpx.ReadError | httpx.RemoteProtocolError)
