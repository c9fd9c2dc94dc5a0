"""What watching programs read at /metrics, in Prometheus' format; `deploy/alerts.yml` has rules for it.

What the tables know is read from them at each visit, so every process tells the same; what only a process
knows (its own sends, its own speed) is counted in it. No names, no chats, no tokens.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence

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

from isobot.alarms import LAST_TICK, TOLD
from isobot.chat.limits import Limits
from isobot.clock import Clock, vietnam_day
from isobot.settings import LOOPBACK
from isobot.storage import delivery, inbox, records
from isobot.storage.database import Database

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


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
    ) -> None:
        """Begin at zero; without a token only this machine may read.

        `sends_for` tells which of the bots this process sends for at this moment.
        """
        self._database = database
        self._clock = clock
        self._token = token
        self._bots = bots
        self._limits = limits or {}
        self._sends_for = sends_for
        self._registry = registry = CollectorRegistry()
        self._sent = Counter("isobot_sent", "Messages that a platform took", ["bot"], registry=registry)
        self._limited = Counter("isobot_limited", "Answers 429 of a platform", ["bot"], registry=registry)
        self._failed = Counter(
            "isobot_failed",
            "Tries that did not bring a message to its chat: gone, refused, token, unreachable, error",
            ["bot", "why"],
            registry=registry,
        )
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
            "For how long the oldest of them might have been sent",
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
        self._own_clock = Gauge(
            "isobot_clock_timestamp_seconds", "The clock of this process's machine", registry=registry
        )
        self._refused = Gauge(
            "isobot_token_refused", "1 while the platform refuses the bot's token", ["bot"], registry=registry
        )
        self._lease = Gauge(
            "isobot_sends_for", "1 if this process sends for the bot", ["bot"], registry=registry
        )
        self._month = Gauge(
            "isobot_month_sent",
            "Messages of this month, where the plan counts them",
            ["bot"],
            registry=registry,
        )
        self._quota = Gauge(
            "isobot_month_quota", "Messages that the plan holds in a month", ["bot"], registry=registry
        )
        self._alarms = Gauge(
            "isobot_alarm_today",
            "1 for an alarm that administrators were given today",
            ["alarm"],
            registry=registry,
        )

    def sent(self, bot: str) -> None:
        """Count a message that a platform took."""
        self._sent.labels(bot).inc()

    def limited(self, bot: str) -> None:
        """Count an answer that asked to slow down."""
        self._limited.labels(bot).inc()

    def failed(self, bot: str, why: str) -> None:
        """Count a try that did not bring a message to its chat."""
        self._failed.labels(bot, why).inc()

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
            alarms = await records.meta_beginning(connection, TOLD)
            refused = {b for b in self._bots if await records.get_meta(connection, delivery.token_key(b))}
            quotas = {
                b: limits.monthly for b, limits in self._limits.items() if limits.monthly and b in self._bots
            }
            used = {b: await delivery.sent_this_month(connection, b, at=now) for b in quotas}
        for gauge in (
            *(self._queued, self._oldest, self._dead, self._repeated),
            *(self._reminders, self._alarms),
        ):
            gauge.clear()
        self._own_clock.set(now.timestamp())
        for bot in self._bots:
            self._refused.labels(bot).set(bot in refused)
            self._lease.labels(bot).set(self._sends_for(bot))
        for bot, monthly in quotas.items():
            self._quota.labels(bot).set(monthly)
            self._month.labels(bot).set(used[bot])
        for alarm, told_on in alarms.items():
            if told_on == vietnam_day(now).isoformat():
                self._alarms.labels(alarm.removeprefix(TOLD)).set(1)
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
