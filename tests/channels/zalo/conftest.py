"""A Zalo bot against a Zalo Bot Platform of our own."""

import pytest

from isobot.channels.zalo import ZaloChannel
from isobot.chat.outgoing import Outgoing
from isobot.domain.messages import Choice, Reply
from tests.channels.conftest import running
from tests.emulators.serve import served
from tests.emulators.zalo_api import TOKEN, ZaloEmulator

LAN = "a1b2c3d4e5f607182930"
GROUP = "g9f8e7d6"
SECRET = "bi-mat-dai-lam"


@pytest.fixture
def platform():
    return ZaloEmulator()


@pytest.fixture
async def channel(platform, house):
    async with served(platform.app) as base:
        channel = ZaloChannel(
            TOKEN,
            house.door,
            house.clock,
            api_base=base + "/",
            file_url=lambda message: f"https://bot.example.vn/files/{message}?e=1&s=2",
            poll_seconds=1,
            floor_seconds=0.3,
        )
        yield channel
        await channel.close()


@pytest.fixture
async def polling(channel, house):
    async with house.serving(channel), running(channel.run_polling()):
        yield channel


def message(text: str, *choices: Choice, chat: str = LAN) -> Outgoing:
    return Outgoing(1, "zalo", chat, f"zalo:{chat}", Reply(text, choices), 7, 0)
