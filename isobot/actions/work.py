"""A report with everything it is worked on with: form, period, and the figures of the last period."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from isobot.actions.former import NOTHING, REASON, Former, LastPart, former_figures
from isobot.domain.deadlines import Period, RuleBook, find_period
from isobot.domain.forms import Field, Form, Problem
from isobot.domain.units import Unit, UnitDirectory
from isobot.domain.values import Value, Values, values_from_json
from isobot.formfiles import Forms
from isobot.storage.reports import ReportRecord
from isobot.storage.store import Store


@dataclass(slots=True)
class Work:
    """A report being worked on, with its form and period; a practice has no period of a rule.

    `former` is what the unit reported the last time, where it was looked up.
    """

    record: ReportRecord
    form: Form
    values: dict[str, Value]
    period: Period | None
    former: Former = NOTHING
    unit: Unit | None = None

    @property
    def last(self) -> Mapping[str, Value] | None:
        """The figures in force of the unit's previous period; None where there are none to compare."""
        return self.former.last

    @property
    def parts(self) -> tuple[LastPart, ...]:
        """The last figures of the units that this one took over, in its first period."""
        return self.former.parts

    @property
    def covers(self) -> tuple[date, date] | None:
        """The first and last day that the figures are about."""
        return (self.period.covers_from, self.period.covers_to) if self.period else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that does not hold, compared with the last period too."""
        return self.form.problems(self.values, period=self.covers, last=self.last)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the report from being sent."""
        return tuple(p for p in self.problems if p.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What looks odd without being wrong; each wants a reason."""
        return tuple(p for p in self.problems if not p.is_error)

    @property
    def reasons(self) -> dict[str, str]:
        """The officer's reasons, by the id of the check, for the warnings that still stand."""
        return reasons_in(self.record.draft, self.warnings)

    @property
    def unexplained(self) -> tuple[Problem, ...]:
        """The warnings without a reason."""
        given = self.reasons
        return tuple(p for p in self.warnings if p.check not in given)

    @property
    def label(self) -> str:
        """The period in words."""
        return self.period.label if self.period else "nhập thử"

    @property
    def name(self) -> str:
        """The report in words: "báo cáo tháng 5/2027 của UBND xã Pù Luông"."""
        whose = self.unit.place_name if self.unit else self.record.unit
        return f"báo cáo {self.label} của {whose}"

    @property
    def marked(self) -> tuple[Field, ...]:
        """The figures sent back that nobody has mended or confirmed yet, in the form's order."""
        return tuple(f for f in self.form.visible_fields(self.values) if f.key in self.record.marks)


def reasons_in(stored: Mapping[str, Any], warnings: Iterable[Problem]) -> dict[str, str]:
    """Read the reasons kept beside figures, for the warnings given."""
    checks = {problem.check for problem in warnings}
    return {
        key.removeprefix(REASON): str(value["given"])
        for key, value in stored.items()
        if key.startswith(REASON) and key.removeprefix(REASON) in checks
    }


def figures_in(stored: Mapping[str, Any]) -> dict[str, Value]:
    """Read the figures of a draft or a version, without the reasons kept beside them."""
    return values_from_json({k: v for k, v in stored.items() if not k.startswith(REASON)})


def work_on(record: ReportRecord, form: Form, rules: RuleBook) -> Work:
    """Put a record together with its form and period."""
    rule = rules.get(record.rule, record.province)
    period = find_period(rule, record.period) if rule else None
    return Work(record, form, figures_in(record.draft), period)


async def load_work(
    store: Store, record: ReportRecord, *, forms: Forms, rules: RuleBook, directory: UnitDirectory
) -> Work:
    """Put a record together with its form, its period, and what the unit reported the last time."""
    rule, unit = rules.get(record.rule, record.province), directory.get(record.unit)
    level = unit.level if unit is not None else None
    work = work_on(record, forms.get(record.form, record.form_version, level=level), rules)
    work.unit = unit
    if rule is not None and unit is not None and work.period is not None and not record.practice_of:
        work.former = await former_figures(
            store, unit=unit, rule=rule, period=work.period, forms=forms, directory=directory
        )
    return work


def complete_answers(form: Form, values: Values) -> dict[str, Value]:
    """Return the answers that count, without the computed ones, which follow from them."""
    complete = form.complete(values)
    return {field.key: complete[field.key] for field in form.visible_fields(values)}
