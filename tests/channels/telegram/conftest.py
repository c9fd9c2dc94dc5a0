"""A Telegram bot against a Bot API server of our own."""

from datetime import UTC, datetime

import pytest

from isobot.channels.telegram import TelegramChannel
from isobot.chat.outgoing import Outgoing
from isobot.domain.messages import Choice, Reply
from tests.channels.conftest import running
from tests.emulators.serve import served
from tests.emulators.telegram_api import TOKEN, TelegramEmulator

LAN = 5_000_000_001
GROUP = -1_001_234_567_890
SECRET = "bi-mat_dai"
NOW = datetime(2027, 5, 20, 2, tzinfo=UTC)


@pytest.fixture
def platform():
    return TelegramEmulator()


@pytest.fixture
async def channel(platform, house):
    async with served(platform.app) as base:
        channel = TelegramChannel(
            TOKEN, house.door, api_base=base, commands=[("baocao", "Nộp báo cáo")], poll_seconds=1
        )
        yield channel
        await channel.close()


@pytest.fixture
async def polling(channel, house):
    async with house.serving(channel), running(channel.run_polling()):
        yield channel


def message(text: str, *choices: Choice, chat: int = LAN, prompt: int = 7) -> Outgoing:
    return Outgoing(1, "telegram", str(chat), f"telegram:{chat}", Reply(text, choices), prompt, 0)
