"""The report dialogue under whatever order of events: the figures kept are exactly those that were meant.

Hypothesis plays two officers of one unit: answers, mistakes, corrections, steps back, pauses, questions
in between, commands, restarts of the engine, events delivered twice, a change of channel. A model knows
what was meant; the database must agree after every act.
"""

import asyncio
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from isobot.domain.messages import IncomingKind
from isobot.domain.reports import ReportEvent, verify_chain
from isobot.storage import conversations
from isobot.storage.database import Database
from tests.acceptance.conftest import Office, Phone
from tests.conftest import MAY_2027
from tests.fakes import FakeClock

UNIT, PERIOD = "th.pu-luong", "2027-05"
FIGURES = ("proc_changes", "train_people")
"""Questions whose every answer stands by itself, so that the model needs no rules of the form."""
NUMBERS = ("4", "10")

GOOD = {"0": {"given": 0}, "7": {"given": 7}, "không phát sinh": {"none_arising": True}, "12": {"given": 12}}
DIGRESSIONS = (
    *("abc", "-3", "😀", "1.5", "bao nhiêu cũng được", ""),
    *("tạm dừng", "/huy", "/trogiup", "/toi", "/tiendo", "/start", "/khongco"),
    "xã báo cáo tháng nào?",
)
KINDS = (IncomingKind.VOICE, IncomingKind.STICKER, IncomingKind.FILE, IncomingKind.EDITED)


class ReportMachine(RuleBasedStateMachine):
    """Two phones, one report."""

    services: Any
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()
        self.meant: dict[str, Any] = {}

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    @initialize()
    def open_the_report(self) -> None:
        file = shutil.copy(self.template, self.folder / "isobot.db")
        self.office = Office(Database(f"sqlite+aiosqlite:///{file}"), self.services, FakeClock.on(MAY_2027))
        self.phones = [
            Phone(self.office, buttons=False, chat=str(n), bot=b)
            for n, b in enumerate(("telegram", "zalo"), 1)
        ]
        for phone in self.phones:
            self.run(phone.registers(UNIT))
        self.run(self.phones[0].opens_report())
        for text in ("2", "120", "120"):
            self.run(self.phones[0].says(text))
        self.meant = {
            "status": {"given": "dang-xay-dung"},
            "tthc_total": {"given": 120},
            "tthc_in": {"given": 120},
        }

    def teardown(self) -> None:
        self.run(self.office.database.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    def state_of(self, phone: Phone) -> dict[str, Any]:
        async def load() -> dict[str, Any]:
            async with self.office.database.read() as connection:
                record = await conversations.find(connection, f"{phone.bot}:{phone.chat}")
                assert record is not None
                return record.state if record.dialogue == "report" else {}

        found: dict[str, Any] = self.run(load())
        return found

    @rule(who=st.integers(0, 1), said=st.sampled_from(sorted(GOOD)))
    def answers(self, who: int, said: str) -> None:
        self.answer(self.phones[who], said)

    def answer(self, phone: Phone, said: str) -> None:
        """Answer what is asked, where it stands alone; else pause, so that the model knows enough."""
        state = self.state_of(phone)
        if "batch" in state:
            self.run(phone.says("bỏ"))
            state = self.state_of(phone)
        field = state.get("field")
        if not field:
            return
        if field not in FIGURES:
            self.run(phone.says("tạm dừng"))
            return
        overtaken = state.get("seen") != self.meant.get(field) and GOOD[said] != self.meant.get(field)
        refused = overtaken and self.author(field) != self.person(phone)
        self.run(phone.says(said))
        if not refused:
            self.meant[field] = GOOD[said]

    def author(self, field: str) -> int | None:
        record = self.run(self.office.report(UNIT, PERIOD))
        author: int | None = record.authors.get(field)
        return author

    def person(self, phone: Phone) -> int:
        return int(phone.chat)

    def goes_to(self, phone: Phone, number: str) -> None:
        if not self.state_of(phone):
            self.run(phone.opens_report())
        if "batch" in self.state_of(phone):
            self.run(phone.says("bỏ"))
        self.run(phone.says(f"sửa mục {number}"))

    @rule(who=st.integers(0, 1), number=st.sampled_from(NUMBERS))
    def goes_to_a_figure(self, who: int, number: str) -> None:
        self.goes_to(self.phones[who], number)

    @rule(
        number=st.sampled_from(NUMBERS), said=st.lists(st.sampled_from(sorted(GOOD)), min_size=2, max_size=2)
    )
    def both_go_to_a_figure_and_answer(self, number: str, said: list[str]) -> None:
        for phone in self.phones:
            self.goes_to(phone, number)
        for who, text in enumerate(said):
            self.answer(self.phones[who], text)

    @rule(who=st.integers(0, 1), said=st.lists(st.sampled_from(sorted(GOOD)), min_size=2, max_size=2))
    def sends_both_figures_at_once(self, who: int, said: list[str]) -> None:
        phone = self.phones[who]
        if not self.state_of(phone):
            self.run(phone.opens_report())
        if "batch" in self.state_of(phone):
            self.run(phone.says("bỏ"))
        pieces = [f"mục {number}: {text}" for number, text in zip(NUMBERS, said, strict=True)]
        self.run(phone.says("; ".join(pieces)))
        assert "batch" in self.state_of(phone)

    @rule(who=st.integers(0, 1), yes=st.sampled_from(("đúng", "đúng, ghi lại", "bỏ")))
    def answers_what_was_read_back(self, who: int, yes: str) -> None:
        """Confirm or drop; a figure that the other one changed meanwhile is refused by itself."""
        phone = self.phones[who]
        batch = self.state_of(phone).get("batch")
        if batch is None:
            return
        overtaken = {
            field
            for field in FIGURES
            if batch["seen"].get(field) != self.meant.get(field)
            and batch["figures"][field] != self.meant.get(field)
            and self.author(field) != self.person(phone)
        }
        self.run(phone.says(yes))
        if yes != "bỏ":
            self.meant |= {f: batch["figures"][f] for f in FIGURES if f not in overtaken}

    @rule(who=st.integers(0, 1), said=st.sampled_from(DIGRESSIONS))
    def digresses(self, who: int, said: str) -> None:
        self.run(self.phones[who].says(said))

    @rule(who=st.integers(0, 1))
    def goes_back(self, who: int) -> None:
        if self.state_of(self.phones[who]):
            self.run(self.phones[who].says("quay lại"))

    @rule(who=st.integers(0, 1), kind=st.sampled_from(KINDS))
    def sends_something_else(self, who: int, kind: IncomingKind) -> None:
        self.run(self.phones[who].sends(kind, text="9" if kind is IncomingKind.EDITED else ""))

    @rule(who=st.integers(0, 1), key=st.sampled_from(("v:7", "r:send", "r:back", "v:khong-phat-sinh")))
    def presses_an_old_button(self, who: int, key: str) -> None:
        self.run(self.phones[who].presses_key(key, prompt=1_000_000))

    @rule()
    def engine_starts_again(self) -> None:
        self.office.restart()

    @rule(who=st.integers(0, 1))
    def platform_delivers_again(self, who: int) -> None:
        event = self.phones[who].last_event
        if event is not None:
            assert self.run(self.office.door.take([event])) == 0
            self.run(self.office.work())

    @rule(days=st.integers(0, 3))
    def days_pass(self, days: int) -> None:
        self.office.clock.pass_by(timedelta(days=days))

    @precondition(lambda self: self.meant)
    @invariant()
    def the_figures_are_those_meant(self) -> None:
        record = self.run(self.office.report(UNIT, PERIOD))
        assert record.draft == self.meant
        assert record.version == 0
        rows = self.run(self.office.events_of(record))
        chain = [(ReportEvent(**{k: v for k, v in row.items() if k != "hash"}), row["hash"]) for row in rows]
        assert verify_chain(chain) is None
        assert len(chain) == record.events

    @precondition(lambda self: self.meant)
    @invariant()
    def nobody_is_left_without_an_answer_or_with_an_apology(self) -> None:
        for phone in self.phones:
            assert "trục trặc" not in phone.screen[-1]


@pytest.mark.slow
def test_figures_are_exactly_those_meant_whatever_happens_in_between(services, sqlite_template):
    ReportMachine.services = services
    ReportMachine.template = sqlite_template
    run_state_machine_as_test(
        ReportMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            derandomize=True,
            phases=(Phase.generate, Phase.shrink),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
