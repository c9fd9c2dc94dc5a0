"""What watching programs read at /metrics, and who may."""

import re
from pathlib import Path

from isobot.alarms import LAST_TICK
from isobot.chat.limits import zalo_limits
from isobot.metrics import Metrics
from isobot.storage import delivery, outbox, records
from tests.delivery_steps import Watch, queue, visit

ROOT = Path(__file__).parents[2]


async def test_metrics_have_what_the_shipped_alert_rules_ask_for(office, clock):
    async with office.database.write() as connection:
        await delivery.note_token(connection, "telegram", refused=True, at=clock.now())
        await records.set_meta(connection, LAST_TICK, clock.now().isoformat())
    await queue(office, "zalo", "1", "tin")
    watch = Watch(office, limits={"zalo": zalo_limits(5, 10)})
    assert await watch.check() == ["token:telegram"]
    metrics = Metrics(
        office.database,
        clock,
        bots=["telegram", "zalo"],
        limits={"zalo": zalo_limits(5, 10)},
        sends_for=lambda bot: bot == "zalo",
        tokenless=["telegram-kg"],
    )
    metrics.sent("zalo")
    metrics.limited("zalo")
    metrics.failed("telegram", "token")
    await queue(office, "zalo", "2", "tin")
    lost = await queue(office, "zalo", "3", "tin")
    async with office.database.write() as connection:
        await outbox.mark_dead(connection, lost, attempts=1, why="gone")

    page = (await visit(metrics)).text

    rules = (ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8")
    samples = {re.split(r"[{ ]", line)[0] for line in page.splitlines() if not line.startswith("#")}
    assert set(re.findall(r"isobot_[a-z_]+", rules)) <= samples
    for line in (
        'isobot_token_refused{bot="telegram"} 1.0',
        'isobot_token_refused{bot="zalo"} 0.0',
        'isobot_token_missing{bot="telegram-kg"} 1.0',
        'isobot_sends_for{bot="zalo"} 1.0',
        'isobot_failed_total{bot="telegram",why="token"} 1.0',
        'isobot_month_sent{bot="zalo"} 1.0',
        'isobot_month_quota{bot="zalo"} 10.0',
        'isobot_alarm_today{alarm="token:telegram"} 1.0',
    ):
        assert line in page


async def test_metrics_tell_what_waits_and_nothing_of_people(office):
    await queue(office, "telegram", "123456", "Kính gửi bà Lan")
    metrics = Metrics(office.database, office.clock)
    metrics.sent("telegram")
    metrics.limited("telegram")
    metrics.handled([0.02])

    page = (await visit(metrics)).text

    for line in (
        'isobot_outbox_queued{bot="telegram",kind="campaign"} 1.0',
        'isobot_sent_total{bot="telegram"} 1.0',
        'isobot_limited_total{bot="telegram"} 1.0',
        'isobot_event_seconds_bucket{le="0.025"} 1.0',
        "isobot_inbox_waiting 0.0",
    ):
        assert line in page
    assert "123456" not in page
    assert "Lan" not in page


async def test_metrics_are_for_this_machine_or_for_who_has_the_token(office):
    async def status(token: str | None, client: str, **headers: str) -> int:
        metrics = Metrics(office.database, office.clock, token=token)
        return (await visit(metrics, client, **headers)).status_code

    assert await status(None, "127.0.0.1") == 200
    assert await status(None, "192.0.2.7") == 403
    assert await status(None, "127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}) == 403
    assert await status("s3cret", "127.0.0.1") == 403
    assert await status("s3cret", "192.0.2.7", Authorization="Bearer s3cret") == 200
    assert await status("s3cret", "192.0.2.7", Authorization="Bearer other") == 403
