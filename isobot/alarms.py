"""Tells the administrators what they would notice too late: each thing once a day, in their own chat.

Looked at with every tick, and by the serving processes as well, so that it is noticed when no worker
ticks any more. What the platform of an administrator's chat itself refuses goes to their next chat.
"""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from isobot import outages
from isobot.chat.limits import Limits
from isobot.clock import VIETNAM, Clock, vietnam_day
from isobot.domain.calendar import WorkCalendar
from isobot.domain.messages import Reply
from isobot.domain.people import Role
from isobot.storage import delivery, leases, outbox, people, records
from isobot.storage.database import Database
from isobot.storage.dispatch import Connection
from isobot.storage.outbox import Priority

log = structlog.get_logger()

TOLD = "alarm:"
"""The database's notes of the day on which each alarm was given last begin with this."""
SILENCE = "silence"
"""The alarm of a day on which no reminder left the house."""
LAST_TICK = "last_tick"
"""The database's note of when reminders were last looked for."""

TICK_MISSING = timedelta(minutes=30)
OLD_ANSWER = timedelta(minutes=5)
OLD_REMINDER = timedelta(hours=2)
"""A rush of 20,000 messages through one bot takes eleven minutes."""
CLOCK_JUMP_SECONDS = 60.0
LOOKED_FOR_AFTER = timedelta(hours=6)
"""So long after the work day begins, some of the day's reminders must have left."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong."""

    key: str
    text: str


class Alarms:
    """Looks for what is wrong, and tells it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        calendar: WorkCalendar,
        *,
        bots: Sequence[str],
        limits: Mapping[str, Limits],
        users: Mapping[str, int],
        falling_today: Callable[[], Awaitable[int]],
        queued: Callable[[], None],
        tokenless: Mapping[str, str] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; `users` is how many people each bot's plan serves.

        `tokenless` has for each bot that cannot run what to tell of it.
        `falling_today` counts the steps that the plan of reminders sets for people on this day.
        """
        self._database = database
        self._clock = clock
        self._calendar = calendar
        self._bots = bots
        self._limits = limits
        self._users = users
        self._falling_today = falling_today
        self._queued = queued
        self._tokenless = tokenless or {}
        self._spent: set[str] = set()
        self._monotonic = monotonic
        self._began = clock.now()
        self._seen = (clock.now(), monotonic())

    async def check(self) -> list[Alarm]:
        """Look at everything; tell what was not told today, and return that."""
        now = self._clock.now()
        found = [
            *self._clock_jump(now),
            *(Alarm(f"no-token:{bot}", words) for bot, words in self._tokenless.items()),
            *await self._outbox(now),
            *await self._silence(now),
        ]
        fresh = await self._tell(found, now) if found else []
        for alarm in fresh:
            log.error("alarm", alarm=alarm.key)
        if fresh:
            self._queued()
        return fresh

    async def look_back(self, connection: Connection) -> list[Alarm]:
        """Tell once what nobody was reminded of, at the first tick at work after it, in the tick's commit.

        However often the bot is restarted meanwhile: the note of that tick and the messages are one.
        """
        now = self._clock.now()
        if not self._calendar.is_working_moment(now):
            return []
        await leases.alone(connection, "alarms")
        known = await records.get_meta(connection, TOLD + SILENCE)
        told_of = date.fromisoformat(known) if known else None
        outage = await outages.found_at(connection, self._calendar, now, told_of=told_of)
        if outage is None:
            return []
        alarm = Alarm("missed", outages.words_for(outage))
        await records.set_meta(connection, TOLD + alarm.key, vietnam_day(now).isoformat())
        await self._queue(connection, [alarm], now)
        log.error("alarm", alarm=alarm.key)
        return [alarm]

    def _clock_jump(self, now: datetime) -> list[Alarm]:
        before, counted = self._seen
        self._seen = now, self._monotonic()
        jump = (now - before).total_seconds() - (self._seen[1] - counted)
        if abs(jump) < CLOCK_JUMP_SECONDS:
            return []
        way = "tới" if jump > 0 else "lùi"
        return [
            Alarm(
                "clock",
                f"Đồng hồ máy chủ vừa nhảy {way} {_span(abs(jump))}. Lịch nhắc tính theo đồng hồ này.\n"
                "Anh/chị kiểm tra ngày giờ và dịch vụ đồng bộ giờ (NTP).",
            )
        ]

    async def _outbox(self, now: datetime) -> list[Alarm]:
        found: list[Alarm] = []
        self._spent.clear()
        async with self._database.read() as connection:
            for queue in await delivery.queues(connection):
                age = now - queue.oldest
                if age > (OLD_REMINDER if queue.campaign else OLD_ANSWER):
                    what = "tin nhắc" if queue.campaign else "câu trả lời"
                    found.append(
                        Alarm(
                            f"outbox:{queue.bot}:{what}",
                            f"Kênh {queue.bot}: {queue.waiting} {what} chưa gửi được, tin cũ nhất đã chờ "
                            f"{_span(age.total_seconds())}.\n"
                            "Anh/chị kiểm tra mạng, tiến trình gửi tin và chạy: isobot doctor",
                        )
                    )
            for bot in self._bots:
                if since := await records.get_moment(connection, delivery.token_key(bot)):
                    found.append(
                        Alarm(
                            f"token:{bot}",
                            f"Token của kênh {bot} bị từ chối từ {_moment(since)}: bot không gửi được tin.\n"
                            "Anh/chị lấy token mới, đặt vào biến của bot (xem: isobot bots list) rồi khởi "
                            "động lại.",
                        )
                    )
                monthly = self._limits[bot].monthly if bot in self._limits else None
                if monthly is not None:
                    used = await delivery.sent_this_month(connection, bot, at=now)
                    if used >= monthly:
                        self._spent.add(bot)
                    found += _quota_alarms(bot, used, monthly)
                if most := self._users.get(bot):
                    found += _user_alarms(bot, await delivery.users_of(connection, bot), most)
        return found

    async def _silence(self, now: datetime) -> list[Alarm]:
        """Tell when reminders are not looked for, or none has left the house though some were due."""
        if not self._calendar.is_working_moment(now):
            return []
        async with self._database.read() as connection:
            ticked = await records.get_moment(connection, LAST_TICK)
            sent = await delivery.campaign_between(connection, *delivery.day_of(now))
        opened = datetime.combine(vietnam_day(now), self._calendar.begins, tzinfo=VIETNAM)
        since = max(self._began, opened, ticked or opened)
        if now - since > TICK_MISSING:
            return [
                Alarm(
                    "tick",
                    f"Từ {_moment(ticked or since)} chưa có tiến trình nào xếp lịch nhắc.\n"
                    "Anh/chị kiểm tra: isobot run, hoặc isobot worker, có đang chạy không.",
                )
            ]
        if sent == 0 and now - opened >= LOOKED_FOR_AFTER and (due := await self._falling_today()):
            return [
                Alarm(
                    SILENCE,
                    f"Hôm nay có {due} lần nhắc đến hạn nhưng chưa tin nhắc nào được gửi đi.\n"
                    "Anh/chị chạy isobot doctor và xem nhật ký.",
                )
            ]
        return []

    async def _tell(self, found: Sequence[Alarm], now: datetime) -> list[Alarm]:
        today = vietnam_day(now).isoformat()
        fresh = []
        async with self._database.write() as connection:
            await leases.alone(connection, "alarms")
            for alarm in found:
                if await records.get_meta(connection, TOLD + alarm.key) != today:
                    await records.set_meta(connection, TOLD + alarm.key, today)
                    fresh.append(alarm)
            if not fresh:
                return []
            await self._queue(connection, fresh, now)
        return fresh

    async def _queue(self, connection: Connection, alarms: Sequence[Alarm], now: datetime) -> None:
        refused = {bot for bot in self._bots if await records.get_meta(connection, delivery.token_key(bot))}
        text = "Cảnh báo cho quản trị viên\n\n" + "\n\n".join(alarm.text for alarm in alarms)
        for chats in chats_of_administrators(await people.holders(connection)).values():
            bot, _, chat = self._reached(chats, refused).partition(":")
            row = outbox.row_of(bot, chat, Reply(text), prompt=0, priority=Priority.ANSWER, at=now)
            await outbox.add_one(connection, row)

    def _reached(self, chats: Sequence[str], refused: Collection[str]) -> str:
        """Choose the chat that an alarm arrives in: not one of a bot that does not run, or cannot send."""
        run = [chat for chat in chats if chat.partition(":")[0] in self._bots]
        well = [chat for chat in run if chat.partition(":")[0] not in {*refused, *self._spent}]
        return (well or run or chats)[0]


def chats_of_administrators(holders: Sequence[people.Holder]) -> dict[int, tuple[str, ...]]:
    """Return where each administrator who can be reached is told, by person."""
    return {h.person: h.chats for h in holders if h.post.role is Role.ADMIN and h.chats}


def _quota_alarms(bot: str, used: int, monthly: int) -> list[Alarm]:
    if used < monthly * 0.9:
        return []
    answers = "câu trả lời vẫn gửi tới khi hết hạn mức"
    if used >= monthly:
        answers = "câu trả lời cũng chờ sang tháng sau"
    return [
        Alarm(
            f"quota:{bot}",
            f"Kênh {bot} đã gửi {used}/{monthly} tin của tháng này. Tin nhắc tạm chờ và được gộp lại; "
            f"{answers}.\nAnh/chị nâng gói rồi sửa hạn mức (isobot bots set {bot} --monthly), hoặc mời "
            "cán bộ dùng thêm kênh khác.",
        )
    ]


def _user_alarms(bot: str, users: int, most: int) -> list[Alarm]:
    if users <= most:
        return []
    return [Alarm(f"users:{bot}", f"Kênh {bot} đang phục vụ {users} người, gói hiện tại cho {most} người.")]


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} phút" if minutes < 120 else f"{minutes // 60} giờ"


def _moment(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%H:%M ngày %d/%m/%Y")
