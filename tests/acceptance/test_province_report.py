"""The lead office's own December report: filled from the units' reports, mended and completed in chat."""

from datetime import date

import pytest

from isobot.actions import reporting
from isobot.domain.deadlines import find_period
from isobot.domain.history import history_line
from isobot.domain.people import Actor, Post, Role
from isobot.domain.reports import ReportEvent, verify_chain
from isobot.storage import reports as stored_reports
from isobot.storage.store import Store
from tests.acceptance.conftest import Phone
from tests.rule_cases import COMMUNE

LEAD = "th.so-khcn"
IN_MAY = {"ia_last": "10/2/2027", "mr_last": "12/2/2027"}
IN_OCTOBER = {"ia_last": "10/9/2027", "mr_last": "12/9/2027"}


async def reports(office, unit: str, period: str, **instead: str) -> None:
    """Send a commune's report without chatting."""
    services, now = office.services, office.clock.now()
    rule = services.rules.by_id("th-xa")
    actor = Actor(1, (Post(1, unit, "thanh-hoa", Role.REPORTER),))
    async with office.database.write() as connection:
        store = Store(connection, now)
        work = await reporting.open_report(
            store,
            actor=actor,
            unit=services.directory.get(unit),
            rule=rule,
            period=find_period(rule, period),
            forms=services.forms,
            directory=services.directory,
        )
        answers = {**COMMUNE, "fund_maint": "10 triệu", **instead}
        while (field := work.form.next_field(work.values)) is not None:
            value = field.parse(answers[field.key], today=now.date())
            reporting.enter(
                store, actor=actor, work=work, field=field, value=value, seen=None, channel="telegram"
            )
        await reporting.submit(store, actor=actor, work=work, channel="telegram")
        await store.flush()


@pytest.fixture
async def december(office, clock):
    """The lead office in December, its report open; two communes reported in October, one of them in May."""
    await reports(office, "th.pu-luong", "2027-05", **IN_MAY, tthc_total="60", tthc_in="60")
    clock.move_to(date(2027, 10, 20))
    await reports(office, "th.pu-luong", "2027-10", **IN_OCTOBER)
    applying = {"status": "Đang áp dụng, chưa công bố", "nc_found": "kps"}
    await reports(office, "th.trung-thanh", "2027-10", **IN_OCTOBER, **applying)
    clock.move_to(date(2027, 12, 6))
    phone = Phone(office, buttons=False, chat="77")
    await phone.registers(LEAD)
    await phone.says("báo cáo")
    verb = next(label for label in phone.choices if "năm 2027" in label)
    await phone.picks(verb)
    return phone


async def draft(phone) -> dict:
    return (await phone.office.report(LEAD, "2027", "qg-thang-12")).draft


async def test_what_the_units_reported_is_filled_in_with_its_denominator(december):
    said = "\n".join(december.screen)
    assert "Tôi đã điền sẵn" in said
    assert "tháng 10/2027: 2/" in said

    filled = await draft(december)

    assert filled["required_xa"] == {"given": 56}
    assert filled["ontime_xa"] == {"given": 2}
    assert (filled["applied_xa"], filled["announced_xa"]) == ({"given": 2}, {"given": 1})
    assert filled["coverage"]["given"].startswith("2/56 xã, thiếu: ")
    assert filled["required_so"] == {"none_arising": True}
    assert "converted_xa" not in filled


async def test_states_are_of_the_latest_round_and_events_of_all(december):
    filled = await draft(december)
    assert filled["tthc_total"] == {"given": 240}
    assert filled["nc_found"] == {"given": 8}
    assert filled["units_spent"] == {"given": 30_000_000}
    assert filled["ia_units"] == {"given": 2}


async def test_only_what_cannot_be_gathered_is_asked_and_a_figure_may_be_mended(december):
    assert "chuyển đổi sang TCVN ISO 9001:2015 (UBND cấp xã)" in december.screen[-1]
    for answer in ("để trống", "để trống", "kps"):
        await december.says(answer)
    assert "kiểm tra trên hồ sơ" in december.screen[-1]

    form = december.office.services.forms.get("tinh-tong-hop", level="so")
    await december.says(f"sửa mục {form.field('applied_xa').number}")
    said = await december.says("57")
    assert "lớn hơn số phải báo cáo (56 cơ quan)" in "\n".join(said)


async def test_figures_are_brought_up_to_date_but_not_those_a_person_wrote(december, clock):
    form = december.office.services.forms.get("tinh-tong-hop", level="so")
    await december.says(f"sửa mục {form.field('nc_found').number}")
    await december.says("9")
    clock.move_to(date(2027, 12, 7))
    await reports(december.office, "th.hoi-xuan", "2027-10", **IN_OCTOBER)
    await december.says("tạm dừng")
    await december.says("báo cáo")
    await december.picks(next(label for label in december.choices if "năm 2027" in label))

    filled = await draft(december)

    assert filled["late_xa"] == {"given": 1}
    assert filled["tthc_total"] == {"given": 360}
    assert filled["nc_found"] == {"given": 9}
    record = await december.office.report(LEAD, "2027", "qg-thang-12")
    async with december.office.database.read() as connection:
        events = await stored_reports.events_of(connection, record.id)
    assert {event["kind"] for event in events} >= {"gathered", "figure"}
    chain = [(ReportEvent(**{k: v for k, v in e.items() if k != "hash"}), e["hash"]) for e in events]
    told = [history_line(event, form, {}).text for event, _ in chain]
    assert any("lấy từ báo cáo của các đơn vị: mục" in line for line in told)
    assert verify_chain(chain) is None
