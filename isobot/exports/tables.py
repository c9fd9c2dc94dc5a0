"""What the receiving office's table of one period is drawn from."""

from dataclasses import dataclass
from datetime import date

from isobot.domain.forms import Form
from isobot.domain.values import Values


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit that has reported. `values` are those of the version that counts.

    `standing` says in Vietnamese how it kept its time: "đúng hạn", "sau hạn"; `letter` is number and
    day of the signed letter, where they are known.
    """

    code: str
    name: str
    values: Values
    district: str = ""
    status: str = ""
    submitted_on: date | None = None
    standing: str = "đúng hạn"
    version: int = 1
    receipt: str = ""
    letter: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MissingUnit:
    """One unit that ought to have reported and whose figures are not here; `standing` says how it stands."""

    code: str
    name: str
    district: str = ""
    standing: str = "chưa gửi"
    note: str = ""


@dataclass(frozen=True, slots=True)
class LevelSheet:
    """The units of one level, which fill in one form.

    `name` is that of the sheet. Units that owe no report (`counts` False) stand on a sheet of their own
    and are in no total of the province.
    """

    name: str
    unit_word: str
    form: Form
    rows: tuple[UnitRow, ...]
    missing: tuple[MissingUnit, ...] = ()
    counts: bool = True

    @property
    def denominator(self) -> str:
        """Say how many of how many have reported: "đã báo cáo 87/124 xã"."""
        if not self.counts:
            return f"{len(self.rows)} {self.unit_word} tự nguyện gửi"
        return f"đã báo cáo {len(self.rows)}/{len(self.rows) + len(self.missing)} {self.unit_word}"


@dataclass(frozen=True, slots=True)
class PeriodTableData:
    """One period of one province: who has reported what, and who has not, level by level.

    `notes` are sentences that a reader of the totals must know.
    """

    title: str
    province_name: str
    period_label: str
    last_day: date | None
    made_on: date
    sheets: tuple[LevelSheet, ...]
    notes: tuple[str, ...] = ()

    @property
    def denominator(self) -> str:
        """Say how many of how many have reported, over all levels that must."""
        counting = [sheet for sheet in self.sheets if sheet.counts]
        words = {sheet.unit_word for sheet in counting}
        word = words.pop() if len(words) == 1 else "đơn vị"
        reported = sum(len(sheet.rows) for sheet in counting)
        owed = reported + sum(len(sheet.missing) for sheet in counting)
        return f"đã báo cáo {reported}/{owed} {word}"
