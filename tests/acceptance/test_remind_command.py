"""`isobot remind --dry-run --on DATE`, held against tables written by hand from the rules.

T is the last day on time: 14/12 in Kiên Giang ("trước ngày 15/12"), Kon Tum and Tuyên Quang (there 14/6 as
well), 31/5 and 31/10 in Thanh Hóa, whose plan names the month only, 31/12 for what the lead offices send to
the ministry (in Kiên Giang nobody is registered to draw that up, so who receives hears it). Hà Nam's
directive asks for no report. Who reports hears O, T-14, T-7, T-3, T-1, T, T+1, T+3,
T+7, T+14, T+21 and T+28; the deputy T+1, the head T+3, the receiving office a digest on T-3, T+1 and T+7.
The days were read off a wall calendar.
"""

import asyncio
import json
import re
from datetime import date
from itertools import chain

import pytest

from isobot.core import Core, opened
from isobot.domain.people import Role
from isobot.remind_cli import Wanted, show_reminders
from isobot.settings import read_settings
from isobot.storage import people

R, D, H, V = Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.RECEIVER
OFFICERS = {
    1: ("kg.so-minh-hoa-mot", R),
    2: ("kg.so-minh-hoa-mot", H),
    3: ("kt.dak-ha", R),
    4: ("kt.dak-ha", D),
    5: ("tq.so-tu-phap", R),
    6: ("tq.so-tu-phap", H),
    7: ("th.pu-luong", R),
    8: ("th.pu-luong", D),
    9: ("th.pu-luong", H),
    10: ("hn.minh-hoa-hai", R),
    11: ("th.so-khcn", R),
    12: ("th.so-khcn", V),
    13: ("kg.so-khcn", V),
}
PROVINCE = {"kg": "kien-giang", "kt": "kon-tum", "tq": "tuyen-quang", "th": "thanh-hoa", "hn": "ha-nam"}
NAMED = {"kien-giang": "Kiên Giang", "thanh-hoa": "Thanh Hóa"}

DECEMBER = ("kg.so-minh-hoa-mot 1", "kt.dak-ha 3", "tq.so-tu-phap 5")
DECEMBER_T1 = ("kg.so-minh-hoa-mot 1", "kt.dak-ha 3,4", "tq.so-tu-phap 5")
MINISTRY = ("th.so-khcn 11", "kg.so-khcn 13")
DECEMBER_T3 = ("kg.so-minh-hoa-mot 1,2", "kt.dak-ha 3", "tq.so-tu-phap 5,6")

# A day; the step on it and who hears it, unit by unit; for which receivers a digest falls on it.
TABLE: dict[date, tuple[dict[str, tuple[str, ...]], str]] = {
    # 14/11/2026 is a Saturday: the window of thirty days begins to be told on Monday.
    date(2026, 11, 13): ({}, ""),
    # There it is also the T+14 of Thanh Hóa's Saturday, 31/10/2026.
    date(2026, 11, 16): ({"O": DECEMBER, "T+14": ("th.pu-luong 7",)}, ""),
    date(2026, 11, 30): ({"T-14": DECEMBER, "T+28": ("th.pu-luong 7",)}, ""),
    date(2026, 12, 1): ({"O": MINISTRY}, ""),
    date(2026, 12, 7): ({"T-7": DECEMBER}, ""),
    date(2026, 12, 10): ({}, ""),
    # T-1 is Sunday the 13th and moves to Friday the 11th, where it stands before T-3.
    date(2026, 12, 11): ({"T-1": DECEMBER}, "kien-giang"),
    date(2026, 12, 13): ({}, ""),
    date(2026, 12, 14): ({"T": DECEMBER}, ""),
    date(2026, 12, 15): ({"T+1": DECEMBER_T1}, "kien-giang"),
    date(2026, 12, 16): ({}, ""),
    date(2026, 12, 17): ({"T+3": DECEMBER_T3, "T-14": MINISTRY}, ""),
    date(2026, 12, 21): ({"T+7": DECEMBER}, "kien-giang"),
    date(2026, 12, 31): ({"T": MINISTRY}, ""),
    # New Year's Day and a weekend: T+1 and T+3 of 31/12 meet on Monday, T+21 of 14/12 is that day too.
    date(2027, 1, 1): ({}, ""),
    date(2027, 1, 4): ({"T+3": MINISTRY, "T+21": DECEMBER}, ""),
    # Tết of 2027, as estimated: 4/2 to 10/2.
    date(2027, 2, 3): ({}, ""),
    date(2027, 2, 8): ({}, ""),
    date(2027, 2, 11): ({}, ""),
    # 1/5/2027 is a holiday on a Saturday, made up for on Monday: the window is told from Tuesday on.
    date(2027, 4, 30): ({}, ""),
    date(2027, 5, 1): ({}, ""),
    date(2027, 5, 3): ({}, ""),
    date(2027, 5, 4): ({"O": ("th.pu-luong 7",)}, ""),
    date(2027, 5, 17): ({"T-14": ("th.pu-luong 7",), "O": ("tq.so-tu-phap 5",)}, ""),
    date(2027, 5, 28): ({"T-1": ("th.pu-luong 7",)}, "thanh-hoa"),
    date(2027, 5, 30): ({}, ""),
    date(2027, 5, 31): ({"T": ("th.pu-luong 7",), "T-14": ("tq.so-tu-phap 5",)}, ""),
    date(2027, 6, 1): ({"T+1": ("th.pu-luong 7,8",)}, "thanh-hoa"),
    date(2027, 6, 3): ({"T+3": ("th.pu-luong 7,9",)}, ""),
    date(2027, 6, 14): ({"T": ("tq.so-tu-phap 5",), "T+14": ("th.pu-luong 7",)}, ""),
    date(2027, 6, 15): ({"T+1": ("tq.so-tu-phap 5",)}, ""),
    # 31/10/2027 is a Sunday: T moves to Friday the 29th, and T-1 gives way to it.
    date(2027, 10, 28): ({"T-3": ("th.pu-luong 7",)}, "thanh-hoa"),
    date(2027, 10, 29): ({"T": ("th.pu-luong 7",)}, ""),
    date(2027, 10, 31): ({}, ""),
    date(2027, 11, 1): ({"T+1": ("th.pu-luong 7,8",)}, "thanh-hoa"),
    date(2027, 11, 3): ({"T+3": ("th.pu-luong 7,9",)}, ""),
    date(2027, 12, 10): ({"T-3": DECEMBER}, "kien-giang"),
    date(2027, 12, 13): ({"T-1": DECEMBER}, ""),
    date(2027, 12, 14): ({"T": DECEMBER}, ""),
    date(2027, 12, 15): ({"T+1": DECEMBER_T1}, "kien-giang"),
    date(2027, 12, 17): ({"T+3": DECEMBER_T3, "T-14": MINISTRY}, ""),
    # On 28/1/2028 it is Tết, as estimated.
    date(2028, 1, 28): ({}, ""),
    date(2028, 1, 31): ({"T+28": MINISTRY}, ""),
}

OF_A_DUTY = {date(2026, 11, 16), date(2026, 11, 30), date(2026, 12, 7), date(2027, 11, 1)}
"""Days of a lead office's duty without a form: told to who reports for it, or else to who receives there."""


@pytest.fixture
def installation(tmp_path, monkeypatch, quick_start):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ISOBOT_DATA_DIR", str(tmp_path / "var"))
    for name in ("ISOBOT_TELEGRAM_TOKEN", "ISOBOT_ZALO_TOKEN", "ISOBOT_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return read_settings()


async def register(core: Core) -> None:
    async with core.database.write() as connection:
        for number, (unit, role) in OFFICERS.items():
            key, now = f"telegram:{number}", core.clock.now()
            person = await people.add_person(
                connection, sender_key=key, chat_key=key, name=f"Cán bộ {number}", at=now
            )
            assert person == number
            province = PROVINCE[unit.partition(".")[0]]
            await people.add_post(
                connection,
                person=person,
                unit=unit,
                province=province,
                role=role,
                granted_by="test",
                at=now,
            )


def heard(lines: str) -> dict[str, set[str]]:
    """Read who hears which step from the lines of --json."""
    found: dict[str, set[str]] = {}
    for row in map(json.loads, lines.splitlines()):
        if row["people"]:
            named = ",".join(str(person) for person in sorted(row["people"]))
            found.setdefault(row["step"], set()).add(f"{row['unit']} {named}")
    return found


def test_dry_run_says_of_each_day_around_the_deadlines_what_the_table_says(installation, capsys):
    async def shown(core: Core, day: date, *, as_json: bool) -> str:
        capsys.readouterr()
        await show_reminders(core, Wanted(day, as_json=as_json))
        return capsys.readouterr().out

    async def compare() -> None:
        async with opened(installation) as core:
            await register(core)
            for day, (steps, digest) in TABLE.items():
                said = heard(await shown(core, day, as_json=True))
                assert said == {step: set(units) for step, units in steps.items()}, day
                if not digest and steps and day not in OF_A_DUTY:
                    continue  # a table for people takes its time to draw
                table = await shown(core, day, as_json=False)
                told = re.findall(r"Bản tổng hợp cho cơ quan nhận, ([^,]+), .* 1 người nhận", table)
                assert set(told) == ({NAMED[digest]} if digest else set()), day
                said_to = [unit.split()[1].split(",") for units in steps.values() for unit in units]
                messages = {*chain(*said_to), *(["11", "13"] if day in OF_A_DUTY else [])}
                assert ("thêm --duties để xem" in table) == (day in OF_A_DUTY), day
                cost = re.search(r"kênh telegram: (\d+) tin", table)
                assert int(cost[1] if cost else 0) == len(messages) + (1 if digest else 0), day

    asyncio.run(compare())


def test_command_prints_the_day_asked_for(installation, command):
    day = command("remind", "--dry-run", "--on", "2027-05-31", "--json")
    quiet = command("remind", "--dry-run", "--on", "2027-10-31")
    wrong = command("remind", "--on", "2027-10-31")

    rows = [json.loads(line) for line in day.output.splitlines() if line.startswith("{")]
    assert {(row["rule"], row["period"], row["last_day"], row["step"]) for row in rows} == {
        ("th-xa", "2027-05", "2027-05-31", "T"),
        ("tq-6-thang", "2027-H1", "2027-06-14", "T-14"),
    }
    assert "Ngày 31/10/2027 không có lần nhắc nào." in quiet.output
    assert wrong.exit_code == 2


async def shown_on(settings, capsys, wanted: Wanted) -> str:
    async with opened(settings) as core:
        await register(core)
        capsys.readouterr()
        await show_reminders(core, wanted)
    return " ".join(capsys.readouterr().out.split())


async def test_a_table_names_the_step_the_role_of_each_person_and_days_as_offices_write_them(
    installation, capsys
):
    said = await shown_on(installation, capsys, Wanted(date(2026, 12, 17), province="kien-giang"))

    assert "Lần nhắc ngày 17/12/2026:" in said
    assert "sau hạn 3 ngày (T+3) │ lập báo cáo: Cán bộ 1; lãnh đạo: Cán bộ 2" in said
    assert "14/12/2026" in said
    assert "Đăk Hà" not in said
    assert re.search(r"Còn \d+ đơn vị đến lượt nhắc nhưng chưa ai đăng ký: thêm --all", said)
    assert "│ chưa ai đăng ký" not in said


async def test_a_step_that_a_day_off_moved_says_so(installation, capsys):
    said = await shown_on(installation, capsys, Wanted(date(2026, 12, 11), "kien-giang"))
    assert "trước hạn 1 ngày (T-1), dời vì ngày nghỉ" in said
    assert "1 người nhận (Cán bộ 13)" in said


async def test_all_lists_the_units_where_nobody_registered(installation, capsys):
    said = await shown_on(installation, capsys, Wanted(date(2027, 6, 1), "thanh-hoa", everybody=True))
    assert "│ chưa ai đăng ký" in said
    assert "thêm --all" not in said
    assert "thay thế: Cán bộ 8" in said


def test_a_day_is_taken_as_offices_and_as_machines_write_it_and_refused_in_vietnamese(installation, command):
    outputs = {
        command("remind", "--dry-run", "--on", text, "--province", "Kiên Giang").output
        for text in ("2026-12-14", "14/12/2026")
    }
    (said,) = outputs
    assert "Lần nhắc ngày 14/12/2026:" in said
    for wrong in (("--on", "31/11/2026"), ("--on", "hôm nào"), ("--province", "ha-noi"), ("--ngay", "x")):
        refused = command("remind", "--dry-run", *wrong)
        assert refused.exit_code == 2
        assert wrong[-1] in refused.output or wrong[0] in refused.output
        assert not re.search("Usage|Error|Invalid|Try", refused.output)
