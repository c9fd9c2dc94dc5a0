"""Any order of acts by officer, head and receiving office keeps the report whole.

Thousands of short lives are too slow for a chat; here the acts themselves are called, on one SQLite
database, and after each life the history is told again and compared with everything beside it.
"""

import asyncio
import shutil
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isobot.actions import approving, noting, receiving, reporting
from isobot.domain.audit import faults
from isobot.domain.people import Actor, Post, Role
from isobot.domain.reports import ReportStatus
from isobot.domain.values import values_to_json
from isobot.errors import Refusal
from isobot.storage import audit, reports
from isobot.storage.database import Database
from isobot.storage.store import Store
from tests.storage.test_audit import ANSWERS, LAN, MINH, NOW, UNIT, enter_all, open_report

HEAD = Actor(3, (Post(3, UNIT, "thanh-hoa", Role.HEAD),))
STRANGER = Actor(4, (Post(4, "kt.so-khcn", "kon-tum", Role.RECEIVER),))

ACTS = (
    *("figure", "hand-in", "hand-in", "hand-in", "approve", "approve", "decline"),
    *("accept", "return", "return-all", "reopen", "confirm"),
)
STEPS = st.lists(
    st.tuples(st.sampled_from((*ACTS, "note", "letter", "switch", "stranger")), st.integers(0, 9)),
    min_size=15,
    max_size=25,
)


class Life:
    """One report and whoever acts on it, with what its versions must hold."""

    def __init__(self, store, work) -> None:
        self.store, self.work, self.sent = store, work, []

    async def does(self, act: str, number: int) -> None:
        before = (self.work.record.status, self.work.record.version)
        try:
            await getattr(self, "do_" + act.replace("-", "_"))(number)
        except Refusal:
            assert (self.work.record.status, self.work.record.version) == before
        if self.work.record.version > before[1]:
            self.sent.append(values_to_json(reporting.complete_answers(self.work.form, self.work.values)))

    async def do_figure(self, number: int) -> None:
        enter_all(self.store, self.work, {"proc_changes": str(number)})

    async def do_hand_in(self, number: int) -> None:
        seen = self.work.record.events
        await approving.hand_in(self.store, actor=LAN, work=self.work, channel="zalo", seen=seen)

    async def do_approve(self, number: int) -> None:
        seen = approving.as_seen(self.work) if number else "something else"
        await approving.approve(self.store, actor=HEAD, work=self.work, seen=seen, channel="telegram")

    async def do_decline(self, number: int) -> None:
        marks = {"tthc_total": "xem lại"} if number % 2 else {}
        await approving.decline(
            self.store, actor=HEAD, work=self.work, marks=marks, why="chưa rõ", channel="telegram"
        )

    async def do_accept(self, number: int) -> None:
        seen = self.work.record.version - (number == 0)
        await receiving.accept(self.store, actor=MINH, work=self.work, seen=seen, channel="web")

    async def do_return(self, number: int) -> None:
        marks = {"proc_changes": "số khác", **({"status": "xem lại"} if number > 4 else {})}
        await self.gives_back(marks, "")

    async def do_return_all(self, number: int) -> None:
        await self.gives_back({}, "lẫn số của kỳ trước")

    async def gives_back(self, marks, why: str) -> None:
        seen = self.work.record.version
        await receiving.send_back(
            self.store, actor=MINH, work=self.work, marks=marks, why=why, seen=seen, channel="web"
        )

    async def do_reopen(self, number: int) -> None:
        await receiving.reopen(self.store, actor=MINH, work=self.work, why="tỉnh yêu cầu", channel="web")

    async def do_note(self, number: int) -> None:
        field = self.work.form.field("tthc_total")
        await noting.add_note(
            self.store, actor=LAN, work=self.work, field=field, text=f"ghi chú {number}", channel="zalo"
        )

    async def do_letter(self, number: int) -> None:
        day = date(2027, 5, 19) + timedelta(days=number // 5)
        await noting.record_letter(
            self.store, actor=LAN, work=self.work, number=f"{number}/BC", dated=day, channel="zalo"
        )

    async def do_confirm(self, number: int) -> None:
        for field in self.work.marked:
            reporting.confirm(self.store, actor=LAN, work=self.work, field=field, channel="zalo")

    async def do_switch(self, number: int) -> None:
        await approving.turn_approval(self.store, actor=HEAD, unit=UNIT, on=bool(number % 2), channel="zalo")

    async def do_stranger(self, number: int) -> None:
        """Somebody of another province tries everything; nothing may change."""
        events, work = self.work.record.events, self.work
        for attempt in (
            receiving.accept(self.store, actor=STRANGER, work=work, seen=work.record.version, channel="x"),
            receiving.reopen(self.store, actor=STRANGER, work=work, why="vì sao không", channel="x"),
            approving.approve(
                self.store, actor=STRANGER, work=work, seen=approving.as_seen(work), channel="x"
            ),
            noting.record_letter(
                self.store, actor=STRANGER, work=work, number="1/BC", dated=date(2027, 5, 1), channel="x"
            ),
        ):
            with pytest.raises(Refusal):
                await attempt
        assert work.record.events == events


class Undone(Exception):
    """Raised to leave the database as it was, for the next life."""


async def live(database, services, steps, *, approval: bool) -> None:
    async with database.write() as connection:
        store = Store(connection, NOW)
        life = Life(store, await open_report(store, services))
        enter_all(store, life.work, ANSWERS)
        if approval:
            await life.does("switch", 1)
        for act, number in steps:
            await life.does(act, number)
        await store.flush()
        record = life.work.record
        found = [fault for one in await audit.next_reports(connection, after=0) for fault in faults(one)]
        assert found == []
        kept = [await reports.version_of(connection, record.id, n + 1) for n in range(record.version)]
        assert [v.figures for v in kept] == life.sent
        assert (record.status == ReportStatus.PENDING) <= (record.asked_by is not None)
        assert (record.status in ("submitted", "accepted")) <= (record.version > 0)
        raise Undone


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, approval=st.booleans())
def test_any_order_of_acts_keeps_the_report_whole(lives, services, steps, approval):
    runner, database = lives
    with pytest.raises(Undone):
        runner.run(live(database, services, steps, approval=approval))


@pytest.fixture(scope="module")
def lives(sqlite_template, tmp_path_factory):
    """One loop and one database for all lives of this page."""
    file = tmp_path_factory.mktemp("lives") / "isobot.db"
    shutil.copy(sqlite_template, file)
    with asyncio.Runner() as runner:
        database = Database(f"sqlite+aiosqlite:///{file}")
        yield runner, database
        runner.run(database.close())
