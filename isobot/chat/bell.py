"""A bell between the parts of one process: rung when there is something to do."""

import asyncio


class Bell:
    """Wakes whoever waits; ringing twice before the waiter wakes counts once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self.rings = 0
        """How often it was rung, so that one who was busy can tell that it was."""

    def ring(self) -> None:
        """Wake the waiter, now or at its next wait."""
        self.rings += 1
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Wait for a ring, at most so long: another process may have brought work in silence."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._rung.clear()
