"""What every dialogue may use: the knowledge, the forms, the rules, the units, the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import LadderStep, RuleBook
from isobot.domain.units import Province, UnitDirectory
from isobot.formfiles import Forms
from knowledge.answer import KnowledgeBase
from knowledge.corpus import Corpus
from scheduler.rounds import Timetable


@dataclass(slots=True)
class Services:
    """Loaded once at the start; `directory` and `knowledge` are replaced when units or cards change."""

    knowledge: KnowledgeBase
    forms: Forms
    rules: RuleBook
    directory: UnitDirectory
    provinces: Mapping[str, Province]
    calendar: WorkCalendar
    ladder: tuple[LadderStep, ...]
    duty_ladder: tuple[LadderStep, ...] = ()
    demo: bool = False
    cards_edition: str = ""
    """Which live cards `knowledge` answers from; "" for the shipped ones."""
    shipped: Corpus = field(default=None)  # type: ignore[assignment]
    """The corpus of the files, without the office's changes; unless given, that of `knowledge`."""

    shipped_rules: RuleBook = field(default=None)  # type: ignore[assignment]
    """The rules of the files, without what offices set; unless given, `rules`."""
    bot_provinces: Mapping[str, str] = field(default_factory=dict)
    """The province that a bot serves, where it serves one."""
    rules_edition: str = "0.0.0"
    """Which of the offices' changes `rules` holds: last days, rounds and duties."""
    rules_looked_at: datetime | None = None

    form_address: str = ""
    """Where the form on the web is opened, such as "https://iso.example.vn/bieu"; "" where nobody could."""
    form_on_phones: bool = False
    """Whether that address opens from anywhere, and not only on the machine of the web chat."""

    def __post_init__(self) -> None:
        if self.shipped is None:
            self.shipped = self.knowledge.corpus
        if self.shipped_rules is None:
            self.shipped_rules = self.rules

    @property
    def timetable(self) -> Timetable:
        """What the plan of reminders is made from, with the last days and rounds that offices set."""
        return Timetable(self.rules, self.calendar, self.ladder, self.duty_ladder)
