"""Generated talks about a report: whatever the order, the draft holds exactly what the officer meant.

The officer has the whole report in mind, in many wordings. Every act is checked against a plain model of
what must be written down by then, and of what must be asked next: no prompt is skipped, none asked twice.
The chat forgets everything but its JSON between two messages, and there are two chats on two channels.
The database, duplicates and two people at once are played in tests/acceptance/test_report_machine.py.
"""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from isobot.domain.forms import Field, Form, Kind
from isobot.domain.numbers import format_date, format_number
from isobot.domain.values import BLANK, NONE_ARISING, Value, values_from_json, values_to_json
from isobot.storage.reports import InForce
from tests.paper import PaperChat, PaperReport

UNIT, RULE, PERIOD, BEFORE, FORM = "th.pu-luong", "th-xa", "2027-05", "2026-10", "xa-rut-gon"
TODAY = date(2027, 5, 20)
LEAST_LAST = 450
"""Half of the talks have no period before."""

GARBAGE = ("???", "abc def", "-3", "😀", "1.5.2", "")
QUESTIONS = ("giá vàng hôm nay bao nhiêu?", "hỏi: tối nay đá bóng mấy giờ?")
ACTS = (
    *("answers",) * 10,
    *("sends_many",) * 5,
    *("garbles", "goes_back", "mends", "mends", "mends", "asks_why", "keeps", "keeps", "keeps_all"),
    *("digresses", "changes_channel", "changes_channel", "pauses", "answers_otherwise", "answers_otherwise"),
)


def given_value(value: Any) -> Value:
    return Value.of(value)


@st.composite
def reports(draw: Any) -> dict[str, Value]:
    """A report without contradictions, every field of the form in it."""

    def count(most: int) -> Value:
        return draw(st.sampled_from((Value.of(0), NONE_ARISING, *map(Value.of, range(1, most)))))

    status = draw(st.sampled_from(("dang-xay-dung", "dang-ap-dung", "da-cong-bo")))
    legal, found, complaints = count(6), count(6), count(6)
    spent = draw(st.sampled_from((NONE_ARISING, BLANK, Value.of(8_000_000), Value.of(12_500_000))))

    def part(whole: Value) -> Value:
        return Value.of(draw(st.integers(0, whole.given if isinstance(whole.given, int) else 0)))

    return {
        "status": Value.of(status),
        "announce_no": Value.of(f"{draw(st.integers(1, 300))}/QĐ-UBND"),
        "announce_date": Value.of(date(2024, 3, draw(st.integers(1, 28)))),
        "tthc_total": Value.of(draw(st.integers(60, 150))),
        "tthc_in": Value.of(draw(st.integers(1, 60))),
        "tthc_out_reason": Value.of("Thủ tục mới công bố"),
        "proc_changes": draw(st.sampled_from((Value.of(0), Value.of(7), NONE_ARISING, BLANK))),
        "legal_changes": legal,
        "legal_ontime": part(legal),
        "legal_late_reason": Value.of("Chờ hướng dẫn"),
        "ia_count": count(3),
        "ia_last": Value.of(date(2027, 3, draw(st.integers(1, 28)))),
        "mr_count": count(3),
        "mr_last": Value.of(date(2027, 4, draw(st.integers(1, 28)))),
        "nc_found": found,
        "nc_closed": part(found),
        "complaints": complaints,
        "complaints_done": part(complaints),
        "train_people": draw(st.sampled_from((Value.of(25), Value.of(1_200), NONE_ARISING, BLANK))),
        "fund_spent": spent,
        "fund_plan": Value.of(15_000_000),
        "fund_maint": Value.of(5_000_000),
        "difficulties": draw(st.sampled_from((Value.of("Thiếu người"), NONE_ARISING, BLANK))),
        "proposals": Value.of("Đề nghị mở lớp tập huấn"),
    }


def wordings(field: Field, value: Value) -> list[str]:
    """The ways in which people type a value."""
    given = value.given
    if value.is_none_arising:
        return ["không phát sinh", "Không phát sinh.", "kps"]
    if value.is_blank:
        return ["để trống", "bỏ qua"]
    if isinstance(given, date):
        spoken = f"ngày {given.day} tháng {given.month} năm {given.year}"
        return [format_date(given), f"{given.day}/{given.month}/{given.year}", spoken]
    if field.kind is Kind.MONEY and isinstance(given, int):
        millions = f"{format_number(given // 1_000_000)},{given % 1_000_000 // 100_000} triệu"
        return [str(given), format_number(given) + " đồng", millions]
    if isinstance(given, int):
        return [str(given), f" {format_number(given)} ", f"{given} {field.unit}"]
    if field.kind is Kind.CHOICE:
        number = next(n for n, o in enumerate(field.choices, start=1) if o.key == given)
        return [str(number), field.choices[number - 1].label]
    return [str(given)]


class Officer:
    """Somebody with a report in mind, and the model of what must be in the draft by now."""

    def __init__(
        self, services: Any, meant: dict[str, Value], last: dict[str, Value] | None, *, done: int = 0
    ) -> None:
        """Begin with a draft that holds the first `done` answers already."""
        self.form: Form = services.forms.get(FORM)
        before = {} if last is None else {(RULE, BEFORE, UNIT): InForce(FORM, 1, values_to_json(last))}
        self.report = PaperReport(services, UNIT, RULE, PERIOD, FORM, self.form.version, TODAY, before)
        self.meant, self.last = meant, last or {}
        self.expected = {f.key: meant[f.key] for f in self.form.visible_fields(meant)[:done]}
        self.report.draft.update(values_to_json(self.expected))
        self.chats = {0: PaperChat(self.report, bot="zalo")}
        self.sure: list[set[tuple[str, Value]]] = [set(), set()]
        self.at = 0
        self.names = self._unique_names()

    @property
    def chat(self) -> PaperChat:
        return self.chats[self.at]

    def _unique_names(self) -> dict[str, list[str]]:
        asked = [f for f in self.form.fields if f.computed is None]
        every = [w for f in asked for w in f.words]
        return {
            f.key: [f"mục {f.number}", f.label, *(w for w in f.words if every.count(w) == 1)] for f in asked
        }

    def next_open(self) -> str:
        following = self.form.next_field(self.expected)
        return following.key if following is not None else ""

    def check(self) -> None:
        stored = values_from_json(self.report.draft)
        assert stored == self.expected, self.chat.heard[-2:]

    def is_far(self, key: str, value: Value) -> bool:
        """Tell whether the last period differs by more than half, reckoned by hand."""
        before = self.last.get(key)
        old = None if before is None else before.figure
        new = value.figure
        if self.form.field(key).kind not in (Kind.INTEGER, Kind.MONEY) or not isinstance(old, int):
            return False
        if not isinstance(new, int) or old <= 0 or self.expected.get(key) == value:
            return False
        return abs(new - old) > old / 2 and (key, value) not in self.sure[self.at]

    # Acts

    def types(self, key: str, value: Value, text: str, *, confirms: bool = True) -> None:
        """Type an answer to the question at hand; a doubt is confirmed, or left and answered again."""
        far = self.is_far(key, value)
        self.chat.says(text)
        assert ("again" in self.chat.state) == far, self.chat.screen
        if far:
            assert self.report.draft.get(key) == (
                self.expected[key].to_json() if key in self.expected else None
            )
            self.sure[self.at].add((key, value))
            self.chat.says("đúng" if confirms else "Đúng rồi.")
        self.expected[key] = value
        assert self.chat.asked == self.next_open(), self.chat.screen

    def answers(self, one: int, two: int) -> None:
        key = self.chat.asked
        if key:
            said = wordings(self.form.field(key), self.meant[key])
            self.types(key, self.meant[key], said[one % len(said)], confirms=two % 2 == 0)

    def answers_otherwise(self, one: int, two: int) -> None:
        """Answer something else that stands by itself; it is mended in the end."""
        key = self.chat.asked
        if key in ("proc_changes", "train_people", "announce_no", "difficulties"):
            text = self.form.field(key).kind is Kind.TEXT
            value = Value.of(f"Khác {one}" if text else one)
            self.types(key, value, str(value.given))

    def sends_many(self, one: int, two: int) -> None:
        """Send some of the figures in one message, and say yes to them, or drop them."""
        asked = self.chat.asked
        fields = self.form.visible_fields(self.meant)
        chosen = fields[one % len(fields) :][: 2 + two % 4] or fields[:2]
        pieces = []
        for place, field in enumerate(chosen):
            name = self.names[field.key][(one + place) % len(self.names[field.key])]
            said = wordings(field, self.meant[field.key])
            sign = ": " if field.kind is Kind.TEXT or (one + two) % 2 else " "
            if asked and self.form.field(asked).kind is Kind.TEXT:
                sign = ": "
            pieces.append(f"{name}{sign}{said[(two + place) % len(said)].strip()}")
        figures = self.proposed({f.key: self.meant[f.key] for f in chosen})
        sent = ("; ", ", ", "\n")[two % 3].join(pieces)
        if len(chosen) < 2:
            return
        self.chat.says(sent)
        self.read_back(figures, asked, yes=two % 5 != 4)

    def proposed(self, figures: dict[str, Value]) -> dict[str, Value]:
        """What of these figures the form asks for, given what is written down."""
        while True:
            asked = {f.key for f in self.form.visible_fields({**self.expected, **figures})}
            fitting = {key: value for key, value in figures.items() if key in asked}
            if len(fitting) == len(figures):
                return fitting
            figures = fitting

    def read_back(self, figures: dict[str, Value], asked: str, *, yes: bool) -> None:
        if not figures:
            assert "batch" not in self.chat.state, self.chat.screen
            assert self.chat.asked == (asked or self.next_open())
            return
        assert values_from_json(self.chat.state["batch"]["figures"]) == figures, self.chat.screen
        self.check()
        self.chat.presses("r:yes") if yes else self.chat.says("bỏ")
        if not yes:
            assert self.chat.asked == (asked or self.next_open())
            return
        for key, value in figures.items():
            if self.is_far(key, value):
                self.sure[self.at].add((key, value))
        self.expected.update(figures)
        assert self.chat.asked == self.next_open(), self.chat.screen

    def keeps_all(self, one: int, two: int) -> None:
        asked = self.chat.asked
        figures: dict[str, Value] = {}
        for field in self.form.fields:
            open_now = {f.key for f in self.form.missing({**self.expected, **figures})}
            if field.key in open_now and field.keep and field.key in self.last:
                figures[field.key] = self.last[field.key]
        self.chat.says("giữ nguyên tất cả")
        self.read_back(figures, asked, yes=two % 4 != 3)

    def keeps(self, one: int, two: int) -> None:
        key = self.chat.asked
        if not key:
            return
        value = self.last.get(key)
        field = self.form.field(key)
        if value is None or value.is_blank:
            self.chat.says("giữ nguyên")
            assert self.chat.asked == key
        else:
            self.types(key, value, ("giữ nguyên", "như cũ", "Như kỳ trước")[one % 3])
            assert field is not None

    def garbles(self, one: int, two: int) -> None:
        key = self.chat.asked
        if key and self.form.field(key).kind in (Kind.INTEGER, Kind.MONEY, Kind.DATE, Kind.CHOICE):
            self.chat.says(GARBAGE[one % len(GARBAGE)])
            assert self.chat.asked == key

    def digresses(self, one: int, two: int) -> None:
        key = self.chat.asked
        if key:
            self.chat.says(QUESTIONS[one % len(QUESTIONS) if self.form.field(key).kind is Kind.TEXT else 0])
            assert self.chat.asked == key
            assert self.form.position(key) in self.chat.screen

    def asks_why(self, one: int, two: int) -> None:
        key = self.chat.asked
        if key:
            assert "Căn cứ:" in self.chat.says("vì sao hỏi")
            assert self.chat.asked == key

    def goes_back(self, one: int, two: int) -> None:
        key = self.chat.asked
        visible = [f.key for f in self.form.visible_fields(self.expected)]
        if key in visible:
            self.chat.says("quay lại")
            assert self.chat.asked == visible[max(0, visible.index(key) - 1)]

    def mends(self, one: int, two: int) -> None:
        """Go to some figure of those that are asked, and enter what is meant."""
        visible = self.form.visible_fields(self.expected)
        self.mend(visible[one % len(visible)].key, two)

    def mend(self, key: str, two: int) -> None:
        field = self.form.field(key)
        self.chat.says(f"{('sửa mục', 'Sửa lại mục', 'sửa')[two % 3]} {field.number}")
        assert self.chat.asked == key
        said = wordings(field, self.meant[key])
        self.types(key, self.meant[key], said[two % len(said)])

    def changes_channel(self, one: int, two: int) -> None:
        """Go on where the other phone left it: opened anew, or as it stood."""
        self.at = 1 - self.at
        if self.at not in self.chats:
            self.chats[self.at] = PaperChat(self.report, bot="telegram")
        elif one % 2:
            self.open()

    def pauses(self, one: int, two: int) -> None:
        self.chat.says("tạm dừng")
        assert self.chat.conversation.dialogue == ""
        self.open()

    def open(self) -> None:
        self.chat.open()
        self.sure[self.at] = set()
        assert self.chat.asked == self.next_open()

    def finishes(self) -> None:
        """Answer what is open, then correct what is written otherwise than meant."""
        self.open()
        for _ in range(80):
            wrong = [
                f.key
                for f in self.form.visible_fields(self.expected)
                if f.key in self.expected and self.expected[f.key] != self.meant[f.key]
            ]
            if wrong:
                self.mend(wrong[0], 0)
            elif self.chat.asked:
                self.answers(0, 0)
            else:
                break
            self.check()
        wanted = {f.key: self.meant[f.key] for f in self.form.visible_fields(self.meant)}
        counted = {f.key: self.expected[f.key] for f in self.form.visible_fields(self.expected)}
        assert counted == wanted
        assert "r:send" in self.chat.offers()


def last_period(meant: dict[str, Value], shift: int) -> dict[str, Value]:
    """A report of the period before that can stand beside this one without a contradiction."""
    kept = {key: meant[key] for key in meant if key not in ("legal_late_reason", "tthc_out_reason")}
    return {
        **kept,
        "status": Value.of("da-cong-bo"),
        "announce_no": Value.of("1/QĐ-UBND"),
        "announce_date": Value.of(date(2023, 1, 2)),
        "tthc_total": Value.of(60 + shift % 300),
        "tthc_in": Value.of(1 + shift % 59),
        "tthc_out_reason": Value.of("Đang soạn quy trình"),
        "train_people": Value.of(1 + shift % 70),
        "proc_changes": Value.of(shift % 9),
    }


steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 400), st.integers(0, 60)), min_size=2, max_size=7
)
usual = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def play(
    services: Any, meant: dict[str, Value], acts: list[tuple[str, int, int]], last: int, done: int
) -> Officer:
    """Let an officer act."""
    officer = Officer(services, meant, last_period(meant, last) if last > LEAST_LAST else None, done=done)
    for act, one, two in acts:
        getattr(officer, act)(one, two)
        officer.check()
    return officer


TALKS, TO_THE_END = 2000, 60

talks = given(meant=reports(), acts=steps, last=st.integers(0, 900), done=st.integers(0, 14))


@pytest.mark.slow
def test_whatever_is_said_the_draft_holds_what_was_meant_and_the_right_thing_is_asked(services):
    played = 0

    @settings(usual, max_examples=TALKS)
    @talks
    def talk(meant, acts, last, done):
        nonlocal played
        play(services, meant, acts, last, done)  # compares after every act
        played += 1

    talk()

    assert played >= TALKS


@pytest.mark.slow
def test_every_talk_can_be_brought_to_the_report_that_was_meant(services):
    finished = 0

    @settings(usual, max_examples=TO_THE_END)
    @talks
    def talk(meant, acts, last, done):
        nonlocal finished
        play(services, meant, acts, last, done).finishes()  # compares what would be sent with what was meant
        finished += 1

    talk()

    assert finished >= TO_THE_END
