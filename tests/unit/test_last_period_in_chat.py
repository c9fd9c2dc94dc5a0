"""What the dialogue says of the last period to a unit that took over others: part by part, never a sum."""

from datetime import date

import pytest

from isobot.domain.values import Value, values_to_json
from isobot.storage.reports import InForce
from tests.paper import PaperChat, PaperReport

UNIT, RULE, FIRST, BEFORE = "th.pu-luong", "th-xa", "2025-10", "2025-05"


def sent(total: int) -> InForce:
    figures = {"status": Value.of("da-cong-bo"), "tthc_total": Value.of(total), "tthc_in": Value.of(total)}
    return InForce("xa-rut-gon", 1, values_to_json(figures))


@pytest.fixture
def successor(services) -> PaperChat:
    """A commune made of several, in the first period that is its own."""
    former = [unit.code for unit in services.directory.predecessors_of(UNIT)]
    last = {(RULE, BEFORE, code): sent(100 + place) for place, code in enumerate(former)}
    return PaperChat(PaperReport(services, UNIT, RULE, FIRST, "xa-rut-gon", 1, date(2025, 10, 20), last))


def test_figures_of_the_former_units_are_told_one_by_one_and_not_summed(successor, services):
    successor.says("sửa mục 2")

    former = services.directory.predecessors_of(UNIT)
    assert len(former) > 1
    for place, unit in enumerate(former):
        assert f"{unit.place_name}: {100 + place} thủ tục" in successor.screen
    assert "tôi không cộng lại" in successor.screen
    assert str(sum(100 + place for place in range(len(former)))) not in successor.screen


def test_nothing_is_kept_and_nothing_compared_in_the_first_period(successor):
    assert "r:keep" not in successor.offers()
    successor.says("sửa mục 2")
    assert "không có giá trị của kỳ trước" in successor.says("giữ nguyên")
    assert "Không còn mục nào giữ nguyên được" in successor.says("giữ nguyên tất cả")

    successor.says("7")

    assert "again" not in successor.state
    assert successor.report.draft == {"tthc_total": {"given": 7}}
