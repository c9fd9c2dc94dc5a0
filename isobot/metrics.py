"""What watching programs read at /metrics, in Prometheus' format.

What the tables know is read from them at each visit, so every process tells the same; what only a process
knows (its own sends, its own speed) is counted in it. No names, no chats, no tokens.
"""

import secrets
from collections.abc import Iterable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from isobot.alarms import LAST_TICK
from isobot.clock import Clock, vietnam_day
from isobot.settings import LOOPBACK
from isobot.storage import delivery, inbox, records
from isobot.storage.database import Database

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one process, and of the database it works on."""

    def __init__(self, database: Database, clock: Clock, *, token: str | None = None) -> None:
        """Begin at zero; without a token only this machine may read."""
        self._database = database
        self._clock = clock
        self._token = token
        self._registry = registry = CollectorRegistry()
        self._sent = Counter("isobot_sent", "Messages that a platform took", ["bot"], registry=registry)
        self._limited = Counter("isobot_limited", "Answers 429 of a platform", ["bot"], registry=registry)
        self._latency = Histogram(
            "isobot_event_seconds",
            "From an event's arrival to the commit of its answer",
            buckets=BUCKETS,
            registry=registry,
        )
        self._waiting = Gauge("isobot_inbox_waiting", "Events not dealt with yet", registry=registry)
        self._queued = Gauge(
            "isobot_outbox_queued", "Messages not sent yet", ["bot", "kind"], registry=registry
        )
        self._oldest = Gauge(
            "isobot_outbox_oldest_seconds",
            "How long the oldest could have been sent",
            ["bot", "kind"],
            registry=registry,
        )
        self._dead = Gauge("isobot_outbox_dead", "Messages given up", ["bot"], registry=registry)
        self._repeated = Gauge(
            "isobot_perhaps_repeated",
            "Reminders sent again because a kill left open whether they had been",
            ["bot"],
            registry=registry,
        )
        self._reminders = Gauge(
            "isobot_reminders_today", "Steps of today's ledger by status", ["status"], registry=registry
        )
        self._tick = Gauge(
            "isobot_last_tick_timestamp_seconds", "When reminders were last looked for", registry=registry
        )

    def sent(self, bot: str) -> None:
        """Count a message that a platform took."""
        self._sent.labels(bot).inc()

    def limited(self, bot: str) -> None:
        """Count an answer that asked to slow down."""
        self._limited.labels(bot).inc()

    def handled(self, seconds: Iterable[float]) -> None:
        """Note how long events took, each from its arrival to the commit of its answer."""
        for each in seconds:
            self._latency.observe(max(0.0, each))

    async def answer(self, request: Request) -> Response:
        """Show the figures to whoever may see them."""
        if not self._may_read(request):
            return PlainTextResponse("not for you\n", 403)
        await self._read()
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    def _may_read(self, request: Request) -> bool:
        if self._token is not None:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            return secrets.compare_digest(given.encode(), self._token.encode())
        # A proxy on this machine calls from loopback for anybody in the world, and says so.
        forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        return request.client is not None and request.client.host in LOOPBACK and not forwarded

    async def _read(self) -> None:
        now = self._clock.now()
        async with self._database.read() as connection:
            self._waiting.set(await inbox.waiting(connection))
            queues = await delivery.queues(connection)
            dead = await delivery.dead_by_bot(connection)
            repeated = await delivery.perhaps_repeated(connection)
            reminders = await delivery.steps_on(connection, vietnam_day(now))
            ticked = await records.get_moment(connection, LAST_TICK)
        for gauge in (self._queued, self._oldest, self._dead, self._repeated, self._reminders):
            gauge.clear()
        for queue in queues:
            kind = "campaign" if queue.campaign else "answer"
            self._queued.labels(queue.bot, kind).set(queue.waiting)
            self._oldest.labels(queue.bot, kind).set(max(0.0, (now - queue.oldest).total_seconds()))
        for bot, number in dead.items():
            self._dead.labels(bot).set(number)
        for bot, number in repeated.items():
            self._repeated.labels(bot).set(number)
        for status, number in reminders.items():
            self._reminders.labels(status).set(number)
        if ticked is not None:
            self._tick.set(ticked.timestamp())
