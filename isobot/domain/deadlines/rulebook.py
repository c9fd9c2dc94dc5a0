"""All rules together, and what an office made of them: duties turned on or off, days moved, rounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from isobot.domain.deadlines.periods import Move
from isobot.domain.deadlines.rules import NATIONAL, Basis, Nature, ReportingRule
from isobot.domain.units import Unit


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules, and for a province without any, the sentence that says so."""

    rules: tuple[ReportingRule, ...]
    silences: Mapping[str, str] = field(default_factory=dict, hash=False)
    duties: tuple[ReportingRule, ...] = ()
    """What must be done without a form; those that the files turn on."""
    on_request: Mapping[str, tuple[Basis, ...]] = field(default_factory=dict, hash=False)
    """Where a province's plan asks for reports "khi có yêu cầu" or "đột xuất"."""
    idle: tuple[ReportingRule, ...] = ()
    """Duties without a form that the files hold and do not turn on; a lead office may."""

    def get(self, rule: str) -> ReportingRule | None:
        """Return the reporting rule of an id."""
        return next((r for r in self.rules if r.id == rule), None)

    def get_any(self, rule: str) -> ReportingRule | None:
        """Return the rule of an id, be it of a report or of a duty without a form."""
        return next((r for r in self.reminded if r.id == rule), None)

    @property
    def reminded(self) -> tuple[ReportingRule, ...]:
        """Everything that people are reminded of."""
        return (*self.rules, *self.duties)

    def duties_of(self, unit: Unit) -> tuple[ReportingRule, ...]:
        """Return the duties without a form that concern a unit."""
        return tuple(r for r in self.duties if r.concerns(unit))

    def with_documents(self, names: Mapping[str, str]) -> "RuleBook":
        """Return the book with the documents of its rules named as they are cited, by their keys."""

        def named(rule: ReportingRule) -> ReportingRule:
            basis = tuple(replace(b, name=names.get(b.document, "")) for b in rule.basis)
            return replace(rule, basis=basis)

        return replace(
            self,
            rules=tuple(map(named, self.rules)),
            duties=tuple(map(named, self.duties)),
            idle=tuple(map(named, self.idle)),
        )

    def offered_duties(self, province: str) -> tuple[ReportingRule, ...]:
        """Return the duties without a form that a province's lead office may turn on and off."""
        known = {rule.id: rule for rule in (*self.idle, *self.duties)}
        return tuple(r for r in known.values() if r.province in (province, NATIONAL))

    def has_on(self, rule: str, province: str) -> bool:
        """Tell whether a duty is on in a province."""
        return any(r.id == rule and r.is_on_in(province) for r in self.duties)

    def with_switches(self, switches: Mapping[tuple[str, str], bool]) -> "RuleBook":
        """Return the book with the duties that lead offices turned on or off, by (province, rule)."""
        if not switches:
            return self

        def where(rule: ReportingRule, turned_on: bool) -> frozenset[str]:
            return frozenset(p for (p, r), on in switches.items() if r == rule.id and on is turned_on)

        usual = tuple(replace(rule, off_in=where(rule, False)) for rule in self.duties)
        extra = tuple(replace(rule, on_in=where(rule, True)) for rule in self.idle)
        return replace(self, duties=(*usual, *(rule for rule in extra if rule.on_in)))

    def with_moves(self, moves: Iterable[Move]) -> "RuleBook":
        """Return the book with the last days that the office set, in the order they were set.

        A move counts only where the day is the office's own to set.
        """
        known = tuple(moves)

        def moved(rule: ReportingRule) -> ReportingRule:
            if rule.date_nature is not Nature.OFFICE or all(m.rule != rule.id for m in known):
                return rule
            occurrences = tuple(
                replace(o, moves=tuple(m for m in known if m.rule == rule.id and m.occurrence == o.key))
                for o in rule.occurrences
            )
            return replace(rule, occurrences=occurrences)

        return replace(self, rules=tuple(map(moved, self.rules)), duties=tuple(map(moved, self.duties)))

    def with_rounds(self, rounds: Iterable[ReportingRule]) -> "RuleBook":
        """Return the book with these rounds that offices asked for, in place of those it had.

        They stand behind a province's own rules and before the national ones.
        """
        yearly = [r for r in self.rules if r.once is None]
        own = [r for r in yearly if r.province != NATIONAL]
        return replace(self, rules=(*own, *rounds, *(r for r in yearly if r.province == NATIONAL)))

    def for_province(self, province: str) -> tuple[ReportingRule, ...]:
        """Return the province's own rules, without the national ones."""
        return tuple(r for r in self.rules if r.province == province)

    def for_unit(self, unit: Unit) -> tuple[ReportingRule, ...]:
        """Return every rule that concerns a unit; none where nothing sets a duty for it."""
        return tuple(r for r in self.rules if r.concerns(unit))

    def silence(self, province: str) -> str:
        """Return the Vietnamese sentence that a province's document sets no report, or ""."""
        return self.silences.get(province, "")
