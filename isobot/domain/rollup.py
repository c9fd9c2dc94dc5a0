"""Totals of many reports (tổng hợp): what is added up, out of how many, and who is missing.

A missing report is missing: it is named, and counts as nothing, never as zero. Within the reports that
are in, a figure of zero, "không phát sinh" and a field left blank are counted apart. Shares are worked
out from the sums, never from the shares of the units.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from isobot.domain.filing import BELOW, BLANK, CHOICE, GIVEN, NONE_ARISING, SOME, SOURCE, ZERO, Sum
from isobot.domain.forms import BLANK_LABEL, NONE_ARISING_LABEL, Field, Form, Kind, Option, Ratio, RollUp
from isobot.domain.numbers import format_number
from isobot.domain.standings import Roll, Standing
from isobot.domain.units import Level, Unit
from isobot.domain.values import Value

NAMED = 10
"""How many missing units a message names before it only counts them."""


@dataclass(frozen=True, slots=True)
class FieldTotal:
    """What the reports that are in say about one field.

    `sum` is None where no report gave a figure, so that nobody reads a zero there. `given` counts
    figures, zero among them; `at_least_one` those above zero. Reports in which the question did not
    arise are in none of the counts.
    """

    field: Field
    given: int = 0
    at_least_one: int = 0
    none_arising: int = 0
    blank: int = 0
    sum: int | None = None
    choices: tuple[tuple[Option, int], ...] = ()
    sources: tuple[tuple[Option, int], ...] = ()
    """Amounts of money by source."""

    @property
    def asked(self) -> int:
        """Return how many reports answered, be it by leaving it blank."""
        return self.given + self.none_arising + self.blank

    @property
    def counted(self) -> int:
        """Return how many reports the sum is made of."""
        return self.given + self.none_arising

    @property
    def label(self) -> str:
        """Return the field's label with what its sum is, where that is not what the label says.

        The procedures of many units added up are counted once for each unit; the label says so.
        """
        note = self.field.total_label
        return f"{self.field.label} ({note[:1].lower()}{note[1:]})" if note else self.field.label

    def show(self) -> str:
        """Write the total itself: "12.340 thủ tục", "Đã công bố: 80; Đang áp dụng: 5"."""
        if not self.asked:
            return BLANK_LABEL
        match self.field.roll_up:
            case RollUp.COUNT_BY:
                listed = (f"{option.label}: {format_number(units)}" for option, units in self.choices)
                return "; ".join(listed) if self.given else BLANK_LABEL
            case RollUp.COUNT_GIVEN | RollUp.LIST:
                return f"{format_number(self.given)} đơn vị có nội dung"
            case RollUp.UNITS_WITH:
                with_some = f"{format_number(self.at_least_one)} đơn vị có từ 1 trở lên"
                return f"{with_some}; tổng {self._sum()}" if self.given else self._sum()
            case RollUp.SUM_BY:
                parts = "; ".join(f"{o.label}: {format_number(amount)} đồng" for o, amount in self.sources)
                return f"{self._sum()} ({parts})" if parts else self._sum()
        return self._sum()

    def _sum(self) -> str:
        if self.sum is None:
            return BLANK_LABEL
        if not self.given:
            return NONE_ARISING_LABEL
        return (
            self.field.show(Value.of(self.sum)) if self.field.kind is not Kind.AMOUNTS else _money(self.sum)
        )

    def parts(self) -> str:
        """Say what the sum is made of: "85 đơn vị có số, 1 không phát sinh, 1 chưa có số liệu"."""
        said = [f"{format_number(self.given)} đơn vị có số"] if self.given else []
        said += [f"{format_number(self.none_arising)} không phát sinh"] if self.none_arising else []
        said += [f"{format_number(self.blank)} chưa có số liệu"] if self.blank else []
        return ", ".join(said) or "chưa đơn vị nào có số"


def _money(amount: int) -> str:
    return f"{format_number(amount)} đồng"


@dataclass(frozen=True, slots=True)
class RatioTotal:
    """A share worked out from two sums; `of` tells how many reports each of them is made of."""

    ratio: Ratio
    part: int | None
    whole: int | None
    of: tuple[int, int] = (0, 0)

    @property
    def percent(self) -> float | None:
        """Return the share; None without a whole."""
        if self.part is None or not self.whole:
            return None
        return 100 * self.part / self.whole

    def show(self) -> str:
        """Write the share with both sums: "98,3% (1.180/1.200)"."""
        if self.percent is None:
            return BLANK_LABEL
        sums = f"{format_number(self.part or 0)}/{format_number(self.whole or 0)}"
        uneven = "" if self.of[0] == self.of[1] else f"; từ {self.of[0]} và {self.of[1]} đơn vị có số"
        return f"{self.percent:.1f}".replace(".", ",") + f"% ({sums}{uneven})"


UNIT_WORDS = {Level.XA: "xã", Level.HUYEN: "huyện", Level.CHI_CUC: "chi cục", Level.SO: "cơ quan"}


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of some units for one period, with everybody who owes a report in it."""

    form: Form
    owed: Roll
    fields: tuple[FieldTotal, ...]
    ratios: tuple[RatioTotal, ...]

    def standing(self, *standings: Standing) -> tuple[Unit, ...]:
        """Return the units that stand so."""
        return tuple(owed.unit for owed in self.owed if owed.standing in standings)

    @property
    def reported(self) -> tuple[Unit, ...]:
        """Return the units whose figures are in the totals."""
        return tuple(owed.unit for owed in self.owed if owed.standing.is_in)

    @property
    def missing(self) -> tuple[Unit, ...]:
        """Return the units whose figures are not, whatever the reason."""
        return tuple(owed.unit for owed in self.owed if not owed.standing.is_in)

    @property
    def unit_word(self) -> str:
        """Return the word for these units: "xã" where all are communes, else "đơn vị"."""
        levels = {unit.level for unit in self.owed.units}
        return UNIT_WORDS[levels.pop()] if len(levels) == 1 else "đơn vị"

    def get(self, key: str) -> FieldTotal | None:
        """Return the total of a field."""
        return next((total for total in self.fields if total.field.key == key), None)

    def denominator(self) -> str:
        """Say out of how many: "87/124 xã"."""
        return f"{format_number(len(self.reported))}/{format_number(len(self.owed))} {self.unit_word}"

    def gaps(self, *, most: int | None = NAMED) -> str:
        """Name who is missing, "" where nobody is; `most` None names all."""
        missing = self.missing
        if not missing:
            return ""
        named = "; ".join(unit.place_name for unit in missing[:most])
        left = 0 if most is None else max(0, len(missing) - most)
        return f"{named}; và {format_number(left)} đơn vị khác" if left else named

    def coverage(self, *, most: int | None = NAMED) -> str:
        """Say the denominator with the missing named: "87/124 xã, thiếu: UBND xã A; UBND xã B"."""
        gaps = self.gaps(most=most)
        return f"{self.denominator()}, thiếu: {gaps}" if gaps else f"{self.denominator()}, đủ"

    def timeliness(self) -> str:
        """Count how they stand: "đúng hạn 80, sau hạn 5, chưa gửi 37"."""
        counts = ((standing, len(self.standing(standing))) for standing in Standing)
        return ", ".join(f"{standing.label} {format_number(count)}" for standing, count in counts if count)


def make_totals(form: Form, owed: Roll, sums: Iterable[Sum]) -> Totals:
    """Put sums and register together; sums of fields that the form has not are left out."""
    by_field: dict[str, dict[str, Sum]] = {}
    for one in sums:
        by_field.setdefault(one.field, {})[one.says] = one
    totals = {
        field.key: _field_total(field, by_field.get(field.key, {}))
        for field in form.fields
        if field.roll_up is not RollUp.NONE
    }
    ratios = tuple(_ratio(ratio, totals) for ratio in form.ratios)
    return Totals(form, owed, tuple(totals.values()), ratios)


def _field_total(field: Field, said: Mapping[str, Sum]) -> FieldTotal:
    numbers = [said[word] for word in (ZERO, SOME, BELOW) if word in said]
    none, blank = (said[word].units if word in said else 0 for word in (NONE_ARISING, BLANK))
    others = [one for word, one in said.items() if word == GIVEN or word.startswith(CHOICE)]
    counted = field.kind in (Kind.INTEGER, Kind.MONEY, Kind.AMOUNTS) and (numbers or none)
    return FieldTotal(
        field,
        given=sum(one.units for one in (*numbers, *others)),
        at_least_one=said[SOME].units if SOME in said else 0,
        none_arising=none,
        blank=blank,
        sum=sum(one.total for one in numbers) if counted else None,
        choices=tuple(
            (o, said[CHOICE + o.key].units if CHOICE + o.key in said else 0)
            for o in (field.options if field.roll_up is RollUp.COUNT_BY else ())
        ),
        sources=tuple(
            (option, said[SOURCE + option.key].total)
            for option in (field.choices if field.kind is Kind.AMOUNTS else ())
            if SOURCE + option.key in said
        ),
    )


def _ratio(ratio: Ratio, totals: Mapping[str, FieldTotal]) -> RatioTotal:
    part, whole = totals.get(ratio.part), totals.get(ratio.whole)
    return RatioTotal(
        ratio,
        part.sum if part else None,
        whole.sum if whole else None,
        (part.counted if part else 0, whole.counted if whole else 0),
    )
