"""The figures that watching programs read, each with its name and meaning in Prometheus' format."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Figures:
    """All figures of one process, at zero; who fills them is in `metrics.py`."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.sent = self._counter("isobot_sent", "Messages that a platform took", "bot")
        self.limited = self._counter("isobot_limited", "Answers 429 of a platform", "bot")
        self.failed = self._counter(
            "isobot_failed",
            "Tries that did not bring a message to its chat: gone, refused, token, unreachable, error",
            *("bot", "why"),
        )
        self.event_seconds = Histogram(
            "isobot_event_seconds",
            "From an event's arrival to the commit of its answer",
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.waiting = self._gauge("isobot_inbox_waiting", "Events not dealt with yet")
        self.queued = self._gauge("isobot_outbox_queued", "Messages not sent yet", "bot", "kind")
        self.oldest = self._gauge(
            "isobot_outbox_oldest_seconds",
            "For how long the oldest of them might have been sent",
            *("bot", "kind"),
        )
        self.dead = self._gauge("isobot_outbox_dead", "Messages given up", "bot")
        self.repeated = self._gauge(
            "isobot_perhaps_repeated",
            "Reminders sent again because a kill left open whether they had been",
            "bot",
        )
        self.reminders = self._gauge("isobot_reminders_today", "Steps of today's ledger by status", "status")
        self.tick = self._gauge("isobot_last_tick_timestamp_seconds", "When reminders were last looked for")
        self.own_clock = self._gauge("isobot_clock_timestamp_seconds", "The clock of this process's machine")
        self.refused = self._gauge(
            "isobot_token_refused", "1 while the platform refuses the bot's token", "bot"
        )
        self.tokenless = self._gauge(
            "isobot_token_missing",
            "1 for a bot that stays out, because the variable of its token is not set for this process",
            "bot",
        )
        self.lease = self._gauge("isobot_sends_for", "1 if this process sends for the bot", "bot")
        self.month = self._gauge(
            "isobot_month_sent", "Messages of this month, where the plan counts them", "bot"
        )
        self.quota = self._gauge("isobot_month_quota", "Messages that the plan holds in a month", "bot")
        self.alarms = self._gauge(
            "isobot_alarm_today", "1 for an alarm that administrators were given today", "alarm"
        )

    def text(self) -> bytes:
        """Write all figures as they are now."""
        return generate_latest(self._registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self._registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self._registry)
