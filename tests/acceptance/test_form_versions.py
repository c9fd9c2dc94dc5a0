"""A form changes between two periods: each report keeps the form of its period, on paper too."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from docx import Document

from isobot.attachments import FileMaker
from isobot.datafiles import data_dir
from isobot.formfiles import load_forms
from tests.acceptance.conftest import Office

OLD = "Tổng số TTHC thuộc thẩm quyền"
NEW = "Tổng số TTHC và dịch vụ công thuộc thẩm quyền"


@pytest.fixture
def later(office, services, tmp_path) -> Office:
    """The same office, started again with a version of the form that holds from June 2027."""
    shipped = (data_dir() / "forms" / "xa-rut-gon.yaml").read_text(encoding="utf-8")
    changed = shipped.replace("version: 1\n", "version: 2\nfrom: 2027-06-01\n", 1).replace(OLD, NEW)
    (tmp_path / "xa-rut-gon-2.yaml").write_text(changed, encoding="utf-8")
    return Office(office.database, replace(services, forms=load_forms(own=tmp_path)), office.clock)


async def test_report_is_reprinted_with_the_form_of_its_period(plain_phone, later, clock):
    await plain_phone.registers("th.pu-luong")
    await plain_phone.opens_report()
    await plain_phone.answers()
    await plain_phone.says("gửi báo cáo")
    recipe = plain_phone.messages[-1].reply.attachment

    plain_phone.office = later
    later.events = 1000
    clock.move_to(date(2027, 10, 5))
    await plain_phone.opens_report("tháng 10/2027")

    assert NEW in "\n".join(await plain_phone.says("2"))
    assert (await later.report("th.pu-luong", "2027-10")).form_version == 2
    assert (await later.report("th.pu-luong", "2027-05")).form_version == 1
    printed = await FileMaker(later.database, later.services, clock).make(recipe)
    words = words_of(printed.content)
    assert OLD in words
    assert NEW not in words


async def test_draft_begun_with_a_version_is_gone_on_with_by_it(plain_phone, later, clock):
    await plain_phone.registers("th.pu-luong")
    await plain_phone.opens_report()
    plain_phone.office = later
    later.events = 1000

    assert OLD in "\n".join(await plain_phone.says("2"))


def words_of(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize(("unit", "size"), [("kt.so-tu-phap", 32), ("th.so-khcn", 12)])
async def test_practice_is_on_the_form_of_ones_own_unit(plain_phone, unit, size):
    await plain_phone.registers(unit)

    assert f"1/{size}. " in await practises(plain_phone)


async def test_practice_begun_before_a_post_was_given_goes_on_with_its_form(plain_phone):
    await plain_phone.registers("th.so-khcn")
    await practises(plain_phone)
    await plain_phone.says("2")
    await plain_phone.says("tạm dừng")
    await plain_phone.registers("kt.so-tu-phap")

    assert "2/12. " in await practises(plain_phone)


async def practises(phone) -> str:
    await phone.says("báo cáo")
    return "\n".join(await phone.picks("Nhập thử"))
