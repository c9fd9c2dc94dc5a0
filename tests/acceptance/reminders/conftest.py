"""An officer and a receiving office, in an installation whose last days may change."""

from datetime import date

import pytest

from isobot.storage import dispatch
from tests.acceptance.conftest import Phone

FRIDAY_T_3 = date(2027, 5, 28)
LETTER = "45/BC-UBND ngày 28/5/2027"


@pytest.fixture(params=["buttons", "text only"])
def lan(office, request):
    return Phone(office, buttons=request.param == "buttons")


def reminders(phone) -> list[str]:
    return [text for text in phone.screen if "⏰" in text or "⚠" in text]


async def reminded(lan, clock, unit: str = "th.pu-luong") -> None:
    await lan.registers(unit)
    clock.move_to(FRIDAY_T_3)
    await lan.office.tick()


async def statuses(phone) -> dict[str, str]:
    async with phone.office.database.read() as connection:
        found = await dispatch.ledger(connection, since=date(2027, 1, 1))
    return {key.step: status for key, status in found.items()}
