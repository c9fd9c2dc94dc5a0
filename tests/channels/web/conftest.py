"""The web chat with its demo, served."""

import pytest
from starlette.applications import Starlette

from isobot.channels.web import Persona, WebChannel
from tests.channels.conftest import render
from tests.emulators.serve import served

COMMUNE = Persona("th-thanh-son", "Thanh Hóa", "Cán bộ UBND xã Thành Sơn", "Nộp báo cáo của xã")
OFFICE = Persona("th-so", "Thanh Hóa", "Chuyên viên Sở Khoa học và Công nghệ", "Theo dõi 92 xã")
AGENCY = Persona("kt-1", "Kon Tum", "Cán bộ Sở Tư pháp", "Nộp báo cáo của sở")


class SmallDemo:
    banner = "Bản dùng thử: dữ liệu không thật, xin đừng nhập thông tin mật."

    def __init__(self) -> None:
        self.entered: list[tuple[str, str]] = []

    def personas(self):
        return [COMMUNE, OFFICE, AGENCY]

    async def enter(self, chat: str, key: str) -> None:
        self.entered.append((chat, key))


@pytest.fixture
def demo():
    return SmallDemo()


@pytest.fixture
async def base(house, demo):
    web = WebChannel(house.door, house.history, render, house.clock, demo=demo)
    async with served(Starlette(routes=web.routes())) as base, house.serving(web):
        yield base
        web.stop_waiting()
