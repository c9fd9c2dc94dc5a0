"""What watching programs read at /metrics, in Prometheus' format; `deploy/alerts.yml` has rules for it.

What the tables know is read from them at each visit, so every process tells the same; what only a process
knows (its own sends, its own speed) is counted in it. No names, no chats, no tokens.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, Gauge
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from isobot.alarms import LAST_TICK, TOLD
from isobot.chat.limits import Limits
from isobot.clock import Clock, vietnam_day
from isobot.figures import Figures
from isobot.settings import LOOPBACK
from isobot.storage import delivery, inbox, records
from isobot.storage.database import Database


@dataclass(frozen=True, slots=True)
class Seen:
    """What the tables tell at one visit."""

    now: datetime
    waiting: int
    queues: Sequence[delivery.Queue]
    dead: Mapping[str, int]
    repeated: Mapping[str, int]
    reminders: Mapping[str, int]
    ticked: datetime | None
    alarms: Mapping[str, str]
    refused: frozenset[str]
    used: Mapping[str, int]
    """Messages of this month, for each bot whose plan counts them."""


class Metrics:
    """The figures of one process, and of the database it works on."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        token: str | None = None,
        bots: Sequence[str] = (),
        limits: Mapping[str, Limits] | None = None,
        sends_for: Callable[[str], bool] = lambda _bot: False,
        tokenless: Sequence[str] = (),
    ) -> None:
        """Begin at zero; without a token only this machine may read.

        `sends_for` tells which of the bots this process sends for at this moment; those in `tokenless`
        cannot run here.
        """
        self._database = database
        self._clock = clock
        self._token = token
        self._bots = bots
        self._limits = limits or {}
        self._sends_for = sends_for
        self._figures = Figures()
        _fill(self._figures.tokenless, dict.fromkeys(tokenless, 1))

    def sent(self, bot: str) -> None:
        """Count a message that a platform took."""
        self._figures.sent.labels(bot).inc()

    def limited(self, bot: str) -> None:
        """Count an answer that asked to slow down."""
        self._figures.limited.labels(bot).inc()

    def failed(self, bot: str, why: str) -> None:
        """Count a try that did not bring a message to its chat."""
        self._figures.failed.labels(bot, why).inc()

    def handled(self, seconds: Iterable[float]) -> None:
        """Note how long events took, each from its arrival to the commit of its answer."""
        for each in seconds:
            self._figures.event_seconds.observe(max(0.0, each))

    async def answer(self, request: Request) -> Response:
        """Show the figures to whoever may see them."""
        if not self._may_read(request):
            return PlainTextResponse("not for you\n", 403)
        self._show(await self._look())
        return Response(self._figures.text(), media_type=CONTENT_TYPE_LATEST)

    def _may_read(self, request: Request) -> bool:
        if self._token is not None:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            return secrets.compare_digest(given.encode(), self._token.encode())
        # A proxy on this machine calls from loopback for anybody in the world, and says so.
        forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        return request.client is not None and request.client.host in LOOPBACK and not forwarded

    async def _look(self) -> Seen:
        now = self._clock.now()
        async with self._database.read() as connection:
            return Seen(
                now=now,
                waiting=await inbox.waiting(connection),
                queues=await delivery.queues(connection),
                dead=await delivery.dead_by_bot(connection),
                repeated=await delivery.perhaps_repeated(connection),
                reminders=await delivery.steps_on(connection, vietnam_day(now)),
                ticked=await records.get_moment(connection, LAST_TICK),
                alarms=await records.meta_beginning(connection, TOLD),
                refused=frozenset(
                    [b for b in self._bots if await records.get_meta(connection, delivery.token_key(b))]
                ),
                used={b: await delivery.sent_this_month(connection, b, at=now) for b in self._quotas()},
            )

    def _quotas(self) -> dict[str, int]:
        """Return how many messages a month holds, for each bot whose plan counts them."""
        return {b: limits.monthly for b, limits in self._limits.items() if limits.monthly and b in self._bots}

    def _show(self, seen: Seen) -> None:
        figures = self._figures
        figures.own_clock.set(seen.now.timestamp())
        figures.waiting.set(seen.waiting)
        if seen.ticked is not None:
            figures.tick.set(seen.ticked.timestamp())
        for bot in self._bots:
            figures.refused.labels(bot).set(bot in seen.refused)
            figures.lease.labels(bot).set(self._sends_for(bot))
        today = vietnam_day(seen.now).isoformat()
        _fill(figures.quota, self._quotas())
        _fill(figures.month, seen.used)
        _fill(figures.alarms, {a.removeprefix(TOLD): 1 for a, on in seen.alarms.items() if on == today})
        _fill(figures.dead, seen.dead)
        _fill(figures.repeated, seen.repeated)
        _fill(figures.reminders, seen.reminders)
        self._show_queues(seen)

    def _show_queues(self, seen: Seen) -> None:
        queued, oldest = self._figures.queued, self._figures.oldest
        queued.clear()
        oldest.clear()
        for queue in seen.queues:
            kind = "campaign" if queue.campaign else "answer"
            queued.labels(queue.bot, kind).set(queue.waiting)
            oldest.labels(queue.bot, kind).set(max(0.0, (seen.now - queue.oldest).total_seconds()))


def _fill(gauge: Gauge, numbers: Mapping[str, float]) -> None:
    """Show these numbers, and no longer any other."""
    gauge.clear()
    for label, number in numbers.items():
        gauge.labels(label).set(number)
