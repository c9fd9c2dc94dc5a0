"""`isobot doctor` says what an installation lacks, and how to mend it."""

from isobot import doctor
from isobot.settings import read_settings
from tests.emulators.serve import served
from tests.emulators.telegram_api import TelegramEmulator
from tests.emulators.zalo_api import TOKEN as ZALO_TOKEN
from tests.emulators.zalo_api import ZaloEmulator

WRONG = "1:token-that-nobody-knows"


async def test_what_is_wrong_is_told_with_its_cure_and_without_any_token(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    zalo = ZaloEmulator()
    zalo.fails("getMe", 500, "inner error")
    async with served(TelegramEmulator().app) as telegram_base, served(zalo.app) as zalo_base:
        for name, value in {
            "DATA_DIR": str(tmp_path / "var"),
            "TELEGRAM_TOKEN": WRONG,
            "TELEGRAM_API_BASE": telegram_base,
            "ZALO_TOKEN": ZALO_TOKEN,
            "ZALO_API_BASE": zalo_base,
        }.items():
            monkeypatch.setenv(f"ISOBOT_{name}", value)
        found = await doctor.examine(read_settings())

    told = "\n".join(map(str, found))
    faults = [finding.what for finding in found if finding.is_fault]
    assert faults == ["Telegram: token bị từ chối.", "Zalo: máy chủ tạm thời chưa trả lời được."]
    assert "Kiểm tra lại ISOBOT_TELEGRAM_TOKEN." in told
    assert "Chưa lần nào có tiến trình nào xếp lịch nhắc." in told
    assert "⚠ Chưa có quản trị viên nào để nhận cảnh báo." in told
    assert "isobot invite --unit MÃ --role admin" in told
    assert WRONG not in told
    assert ZALO_TOKEN not in told
