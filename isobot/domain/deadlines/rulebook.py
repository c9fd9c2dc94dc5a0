"""All rules together, and what an office made of them: duties turned on or off, days moved, rounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from isobot.domain.deadlines.periods import Move, Occurrence
from isobot.domain.deadlines.rules import NATIONAL, Basis, Nature, ReportingRule, Switch
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

    def get(self, rule: str, province: str) -> ReportingRule | None:
        """Return the reporting rule of an id as it counts in a province."""
        return next((r for r in self.rules if r.id == rule and r.counts_in(province)), None)

    def get_any(self, rule: str, province: str) -> ReportingRule | None:
        """Return the rule of an id as it counts in a province, of a report or of a duty without a form."""
        return next((r for r in self.reminded if r.id == rule and r.counts_in(province)), None)

    def by_id(self, rule: str) -> ReportingRule | None:
        """Return the reporting rule of an id; a national one with the days that no single office moved."""
        found = next((r for r in self.rules if r.id == rule and not r.copy_for), None)
        return replace(found, copied_for=frozenset()) if found and found.copied_for else found

    @property
    def reminded(self) -> tuple[ReportingRule, ...]:
        """Everything that people are reminded of."""
        return (*self.rules, *self.duties)

    def reminded_in(self, province: str) -> tuple[ReportingRule, ...]:
        """Return what is reminded of in a province: its own rules and rounds, the national ones, duties."""
        return tuple(r for r in self.reminded if r.counts_in(province) and r.is_on_in(province))

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
        known = {rule.id: rule for rule in (*self.idle, *self.duties) if rule.counts_in(province)}
        return tuple(known.values())

    def has_on(self, rule: str, province: str) -> bool:
        """Tell whether a duty is on in a province."""
        return any(r.id == rule and r.counts_in(province) and r.is_on_in(province) for r in self.duties)

    def with_switches(self, switches: Mapping[tuple[str, str], Switch]) -> "RuleBook":
        """Return the book with the duties that lead offices turned on or off, by (province, rule)."""
        if not switches:
            return self

        def switched(rule: ReportingRule, *, usual: bool) -> ReportingRule:
            said = {
                p: switch for (p, known), switch in switches.items() if known == rule.id and rule.counts_in(p)
            }
            return replace(rule, usual=usual, switches=said)

        idle = {rule.id for rule in self.idle}
        usual = [switched(rule, usual=True) for rule in self.duties if rule.id not in idle]
        extra = [switched(rule, usual=False) for rule in self.idle]
        return replace(self, duties=(*usual, *(rule for rule in extra if rule.switches)))

    def with_moves(self, moves: Iterable[Move]) -> "RuleBook":
        """Return the book with the last days that offices set, in the order they were set.

        A move counts only where the day is the office's own to set. Of a national rule each province that
        moved a day gets a copy of its own, under the same id, so that no other province is touched.
        """
        known = tuple(moves)

        def moved(rules: Iterable[ReportingRule]) -> tuple[ReportingRule, ...]:
            return tuple(copy for rule in rules if not rule.copy_for for copy in _with_copies(rule, known))

        return replace(self, rules=moved(self.rules), duties=moved(self.duties), idle=moved(self.idle))

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

    def in_province(self, province: str) -> "RuleBook":
        """Return the book with what counts in a province alone."""

        def here(rules: Iterable[ReportingRule]) -> tuple[ReportingRule, ...]:
            return tuple(rule for rule in rules if rule.counts_in(province))

        return replace(self, rules=here(self.rules), duties=here(self.duties), idle=here(self.idle))

    def for_unit(self, unit: Unit) -> tuple[ReportingRule, ...]:
        """Return every rule that concerns a unit; none where nothing sets a duty for it."""
        return tuple(r for r in self.rules if r.concerns(unit))

    def silence(self, province: str) -> str:
        """Return the Vietnamese sentence that a province's document sets no report, or ""."""
        return self.silences.get(province, "")


def _with_copies(rule: ReportingRule, moves: Iterable[Move]) -> list[ReportingRule]:
    """Return a rule with the days that offices moved, and its copies for single provinces."""
    own = [move for move in moves if move.rule == rule.id]
    if rule.date_nature is not Nature.OFFICE or not own:
        return [rule]

    def moved(province: str) -> tuple[Occurrence, ...]:
        here = [move for move in own if move.province in ("", province)]
        return tuple(
            replace(o, moves=tuple(m for m in here if m.occurrence == o.key)) for o in rule.occurrences
        )

    apart = {move.province for move in own} - {""} if rule.province == NATIONAL else set()
    whole = replace(rule, occurrences=moved(rule.province), copied_for=frozenset(apart))
    copies = [replace(rule, occurrences=moved(p), copy_for=p, copied_for=frozenset()) for p in sorted(apart)]
    return [whole, *copies]
