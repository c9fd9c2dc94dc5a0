"""What every dialogue may use: the knowledge, the forms, the rules, the units, the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass

from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import LadderStep, RuleBook
from isobot.domain.units import Province, UnitDirectory
from isobot.formfiles import Forms
from knowledge.answer import KnowledgeBase


@dataclass(slots=True)
class Services:
    """Loaded once at the start; `directory` and `knowledge` are replaced after an import."""

    knowledge: KnowledgeBase
    forms: Forms
    rules: RuleBook
    directory: UnitDirectory
    provinces: Mapping[str, Province]
    calendar: WorkCalendar
    ladder: tuple[LadderStep, ...]
    demo: bool = False
