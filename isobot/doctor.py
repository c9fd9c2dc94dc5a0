"""`isobot doctor`: looks at everything an installation needs, and says what to do."""

import os
import shutil
from dataclasses import dataclass

import httpx

from isobot.alarms import LAST_TICK, OLD_ANSWER, OLD_REMINDER, TICK_MISSING, chats_of_administrators
from isobot.bots import bots_without_token, known_bots
from isobot.clock import VIETNAM
from isobot.core import Core, opened
from isobot.errors import IsobotError, SettingsError
from isobot.settings import Settings
from isobot.storage import delivery, leases, outbox, people, records
from isobot.storage.migrate import is_current

LEAST_FREE_BYTES = 200_000_000
MANY_CONNECTIONS = 0.8
"""Of those that PostgreSQL allows."""
WAIT_SECONDS = 8

TELEGRAM, ZALO = "https://api.telegram.org", "https://bot-api.zaloplatforms.com"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination.

    A fault keeps the bot from working as configured; of what `warns` somebody will suffer sooner or later.
    """

    what: str
    is_fault: bool = False
    cure: str = ""
    warns: bool = False

    def __str__(self) -> str:
        mark = "✗" if self.is_fault else "⚠" if self.warns else "✓"
        return f"{mark} {self.what}" + (f"\n    → {self.cure}" if self.cure else "")


async def examine(settings: Settings) -> list[Finding]:
    """Look at settings, folder, files, database and channels, in this order."""
    found = [_mode(settings), _folder(settings)]
    try:
        async with opened(settings) as core:
            found += await _inside(core)
    except IsobotError as error:
        found.append(Finding(f"Không khởi động được: {error}", True, "Sửa chỗ nêu trên rồi chạy lại."))
    except Exception as error:
        what = f"Không mở được cơ sở dữ liệu ({type(error).__name__})."
        found.append(Finding(what, True, "Kiểm tra ISOBOT_DATABASE_URL hoặc quyền ghi của ISOBOT_DATA_DIR."))
    found += [await _telegram(settings), await _zalo(settings), _web(settings)]
    return found


def _mode(settings: Settings) -> Finding:
    if settings.is_demo:
        return Finding(
            "Chế độ dùng thử (chưa có token, chỉ mở trên máy này).",
            cure="Đặt ISOBOT_TELEGRAM_TOKEN hoặc ISOBOT_ZALO_TOKEN để chạy thật.",
        )
    return Finding("Chế độ chạy thật.")


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Finding(
            f"Không tạo được thư mục {folder}: {error.strerror}.", True, "Đặt ISOBOT_DATA_DIR khác."
        )
    if not os.access(folder, os.W_OK):
        return Finding(f"Không ghi được vào {folder}.", True, "Cấp quyền ghi, hoặc đặt ISOBOT_DATA_DIR khác.")
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return Finding(f"Ổ đĩa của {folder} còn {free // 1_000_000} MB.", True, "Dọn bớt ổ đĩa.")
    return Finding(f"Thư mục dữ liệu: {folder}.")


async def _inside(core: Core) -> list[Finding]:
    current = await is_current(core.database)
    async with core.database.read() as connection:
        messages = await outbox.counts(connection)
    kind = "SQLite" if core.database.is_sqlite else "PostgreSQL"
    found = [
        Finding(
            f"Cơ sở dữ liệu {kind}: {'đúng phiên bản' if current else 'chưa đúng phiên bản'}.",
            not current,
            "" if current else "Chạy: isobot migrate",
        ),
        Finding(
            f"Nội dung: {len(core.content.corpus.cards)} thẻ tri thức, "
            f"{len(core.content.rules.rules)} chế độ báo cáo, {len(core.services.directory)} đơn vị."
        ),
    ]
    dead = messages.get("dead", 0)
    if dead:
        cure = "Xem: isobot outbox dead. Gửi lại: isobot outbox resend --all"
        found.append(Finding(f"Có {dead} tin không gửi được.", cure=cure, warns=True))
    return [*found, *await _connections(core), *await _at_work(core), *await _further_bots(core)]


async def _connections(core: Core) -> list[Finding]:
    """Tell how many connections of PostgreSQL are in use: each process takes up to 17."""
    if core.database.is_sqlite:
        return []
    async with core.database.read() as connection:
        used, most = await leases.connections(connection)
    if used < most * MANY_CONNECTIONS:
        return [Finding(f"PostgreSQL: {used}/{most} kết nối đang dùng.")]
    cure = (
        "Tăng max_connections của PostgreSQL, hoặc bớt tiến trình: mỗi serve cần tới 11, mỗi worker tới 17."
    )
    return [Finding(f"PostgreSQL sắp hết kết nối: {used}/{most}.", True, cure)]


async def _at_work(core: Core) -> list[Finding]:
    """Tell what only a running installation shows: ticks, messages that wait, who hears of alarms."""
    if core.settings.is_demo:
        return []
    now = core.clock.now()
    async with core.database.read() as connection:
        ticked = await records.get_moment(connection, LAST_TICK)
        queues = await delivery.queues(connection)
        administrators = chats_of_administrators(await people.holders(connection))
    found = []
    if ticked is None or now - ticked > TICK_MISSING:
        since = (
            "Chưa lần nào" if ticked is None else f"Từ {ticked.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y} không"
        )
        cure = "Bot đang tắt thì bật lên: isobot run, hoặc isobot serve và isobot worker."
        found.append(Finding(f"{since} có tiến trình nào xếp lịch nhắc.", cure=cure, warns=True))
    for queue in queues:
        if now - queue.oldest > (OLD_REMINDER if queue.campaign else OLD_ANSWER):
            what = "tin nhắc" if queue.campaign else "câu trả lời"
            cure = "Xem bot có đang chạy không, token và hạn mức của kênh này."
            waiting = f"Kênh {queue.bot}: {queue.waiting} {what} chờ gửi đã lâu."
            found.append(Finding(waiting, cure=cure, warns=True))
    if not administrators:
        cure = "Tạo mã rồi gửi mã đó cho bot: isobot invite --unit MÃ --role admin"
        found.append(Finding("Chưa có quản trị viên nào để nhận cảnh báo.", cure=cure, warns=True))
    else:
        found.append(Finding(f"Cảnh báo được gửi cho {len(administrators)} quản trị viên."))
    return found


async def _further_bots(core: Core) -> list[Finding]:
    """Look at the bots beside the first of each channel."""
    settings = core.settings
    try:
        known = known_bots(settings, core.bots)
    except SettingsError as error:
        return [Finding(str(error), True, "Xem: isobot bots list")]
    bases = {"telegram": settings.telegram_api_base or TELEGRAM, "zalo": settings.zalo_api_base or ZALO}
    rows = {row.key: row for row in core.bots}
    found = [
        Finding(
            f"Bot {row.key} không chạy: biến {row.token_env} chưa đặt.",
            True,
            f"Đặt token của bot vào biến đó, hoặc tắt bot: isobot bots set {row.key} --off",
        )
        for row in bots_without_token(settings, core.bots)
    ]
    for bot in known:
        if bot.key != bot.channel:
            base, token = bases[bot.channel].rstrip("/"), bot.token.get_secret_value()
            found.append(await _call(f"Bot {bot.key}", base, token, rows[bot.key].token_env))
    return found


async def _telegram(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding("Telegram: tắt.", cure="Lấy token từ @BotFather rồi đặt ISOBOT_TELEGRAM_TOKEN.")
    base = (settings.telegram_api_base or TELEGRAM).rstrip("/")
    return await _call("Telegram", base, settings.telegram_token.get_secret_value(), "ISOBOT_TELEGRAM_TOKEN")


async def _zalo(settings: Settings) -> Finding:
    if settings.zalo_token is None:
        return Finding("Zalo: tắt.", cure="Tạo bot trong Zalo Bot Manager rồi đặt ISOBOT_ZALO_TOKEN.")
    base = (settings.zalo_api_base or ZALO).rstrip("/")
    return await _call("Zalo", base, settings.zalo_token.get_secret_value(), "ISOBOT_ZALO_TOKEN")


async def _call(name: str, base: str, token: str, variable: str) -> Finding:
    """Ask the platform who the bot is; nothing of the answer or the address is printed."""
    try:
        async with httpx.AsyncClient(timeout=WAIT_SECONDS) as client:
            response = await client.get(f"{base}/bot{token}/getMe")
            answer = response.json()
    except (httpx.HTTPError, ValueError):
        return Finding(
            f"{name}: không kết nối được.", True, "Kiểm tra mạng, tường lửa và địa chỉ máy chủ API."
        )
    if not isinstance(answer, dict):
        return Finding(f"{name}: máy chủ trả lời sai dạng.", True, "Kiểm tra địa chỉ máy chủ API.")
    code = answer.get("error_code", answer.get("errorCode", response.status_code))
    if not answer.get("ok") and code not in (401, 404):
        return Finding(f"{name}: máy chủ tạm thời chưa trả lời được.", True, "Chạy lại sau vài phút.")
    if not answer.get("ok"):
        return Finding(f"{name}: token bị từ chối.", True, f"Kiểm tra lại {variable}.")
    return Finding(f"{name}: kết nối được.")


def _web(settings: Settings) -> Finding:
    if not settings.web_chat:
        return Finding("Web: tắt (ISOBOT_WEB_CHAT=false).")
    if settings.public_url is None:
        return Finding(
            f"Web: http://{settings.host}:{settings.port}/ (chưa có địa chỉ công khai).",
            cure="Đặt ISOBOT_PUBLIC_URL và ISOBOT_WEBHOOK_SECRET để mở ra ngoài và dùng webhook.",
        )
    return Finding(f"Web: {settings.public_url}")
