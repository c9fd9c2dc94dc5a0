"""Reads form files and makes forms of them; a mistake names file, key and cure."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic import Field as Limits

from isobot.datafiles import data_dir, faults_of, line_of, read_yaml
from isobot.domain.expressions import Condition, Term, read_condition, read_term
from isobot.domain.fields import numbered
from isobot.domain.form_faults import examine_examples
from isobot.domain.forms import (
    LARGEST_INTEGER,
    LARGEST_MONEY,
    Check,
    Field,
    Form,
    FormFault,
    Kind,
    Option,
    Ratio,
    RollUp,
    Severity,
)
from isobot.domain.kinds import Gather, GatherHow, usual_roll_up
from isobot.domain.units import Level
from isobot.errors import DataFileError, NotFound

Key = Annotated[str, Limits(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, Limits(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Line = Annotated[str, Limits(min_length=1)]

_STATES = (Kind.CHOICE, Kind.YES_NO)
"""What stands from one period to the next unless a form says otherwise; figures are counted anew."""


def _read_with(read: Any, raw: Any) -> Any:
    return None if raw is None else read(raw)


ConditionText = Annotated[Any, BeforeValidator(partial(_read_with, read_condition))]
TermText = Annotated[Any, BeforeValidator(partial(_read_with, read_term))]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _OptionText(_Strict):
    key: Slug
    label: Line
    words: tuple[str, ...] = ()


class _GatherText(_Strict):
    how: GatherHow
    levels: tuple[Level, ...] = Limits(min_length=1)
    field: Key | Literal[""] = ""
    says: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        of_field = self.how in (GatherHow.COUNT, GatherHow.WITH, GatherHow.SUM)
        if of_field != bool(self.field):
            raise ValueError('"field" belongs to count, with and sum, and to no other')
        if (self.how in (GatherHow.COUNT, GatherHow.STANDING)) != bool(self.says):
            raise ValueError('"says" belongs to count and standing, and to no other')
        return self


class _FieldText(_Strict):
    key: Key
    label: Line
    help: Line
    basis: Line
    kind: Kind
    words: tuple[Line, ...] = ()
    ask: str = ""
    unit: str = ""
    required: bool = True
    none_arising: bool = True
    choices: tuple[_OptionText, ...] = ()
    least: int | None = None
    most: int | None = None
    max_length: int = Limits(default=1000, ge=1, le=4000)
    future: bool = False
    example: str = ""
    when: ConditionText = None
    skip: ConditionText = None
    computed: TermText = None
    roll_up: RollUp | None = None
    last: Key | Literal[""] = ""
    keep: bool | None = None
    levels: tuple[Level, ...] = ()
    gather: _GatherText | None = None
    group: str = ""
    part: Literal["I", "II", "III", "IV"] = "II"
    total_label: str = ""


class _CheckText(_Strict):
    id: Line
    severity: Severity
    hold: ConditionText
    message: Line
    mend: Line
    basis: str = ""
    only_if: ConditionText = Limits(default=None, alias="if")


class _RatioText(_Strict):
    key: Key
    label: Line
    part: Key
    whole: Key


class _FormText(_Strict):
    id: Slug
    version: int = Limits(ge=1)
    title: Line
    note: Line
    fields_: tuple[_FieldText, ...] = Limits(alias="fields", min_length=1)
    checks: tuple[_CheckText, ...] = ()
    ratios: tuple[_RatioText, ...] = ()
    level_note: str = ""
    for_rollup: bool = False
    first_day: date | None = Limits(default=None, alias="from")
    last_day: date | None = Limits(default=None, alias="until")

    @model_validator(mode="after")
    def _days_follow(self) -> Self:
        if not self.for_rollup and any(field.gather for field in self.fields_):
            raise ValueError('"gather" belongs to a form with "for_rollup: true"')
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValueError('"until" must not lie before "from"')
        return self


def load_form(path: Path) -> Form:
    """Read one form.

    Raises:
        DataFileError: the file does not fit; it names the file, the line or key, and the cure.
    """
    text = read_yaml(path, _FormText)
    checks = tuple(_check(check) for check in text.checks)
    try:
        return Form(
            id=text.id,
            version=text.version,
            title=text.title,
            note=text.note.strip(),
            fields=numbered(_field(field) for field in text.fields_),
            checks=checks,
            ratios=tuple(Ratio(r.key, r.label, r.part, r.whole) for r in text.ratios),
            level_note=text.level_note,
            for_rollup=text.for_rollup,
            first_day=text.first_day,
            last_day=text.last_day,
        )
    except FormFault as fault:
        raise _error(path, fault) from fault


class Forms:
    """Every form at hand, by its id and version."""

    def __init__(self, forms: tuple[Form, ...], *, own: frozenset[tuple[str, int]] = frozenset()) -> None:
        self._forms = {(form.id, form.version): form for form in forms}
        self._own = own

    def is_own(self, form: Form) -> bool:
        """Tell whether a form is of the office's own folder."""
        return (form.id, form.version) in self._own

    def versions(self, form_id: str) -> tuple[Form, ...]:
        """Return the versions of a form, the oldest first."""
        return tuple(sorted((f for f in self if f.id == form_id), key=lambda form: form.version))

    def get(
        self,
        form_id: str,
        version: int | None = None,
        *,
        on: date | None = None,
        level: Level | None = None,
    ) -> Form:
        """Return a form of that version; without one, that of a period ending `on` a day, or the newest.

        Where no version was made for that day, the nearest before it serves, or else the first there is.
        With a level, it holds only the questions that units of that level are asked.

        Raises:
            NotFound: there is none of that id, or not that version.
        """
        versions = self.versions(form_id)
        if version is not None:
            versions = tuple(form for form in versions if form.version == version)
        if not versions:
            raise NotFound(f"no form {form_id!r}, version {version or 'any'}")
        form = versions[-1] if version is not None or on is None else self._on(on, versions)
        return form if level is None else form.for_level(level)

    @staticmethod
    def _on(on: date, versions: tuple[Form, ...]) -> Form:
        fitting = tuple(form for form in versions if form.holds_on(on))
        begun = tuple(form for form in versions if form.first_day is None or form.first_day <= on)
        return (fitting or begun or versions[:1])[-1]

    def __iter__(self) -> Iterator[Form]:
        return iter(self._forms.values())


def load_forms(folder: Path | None = None, *, own: Path | None = None) -> Forms:
    """Read every form of a folder; without one, those that ship with isobot. `own` is the office's folder,
    or one file of it.

    Raises:
        DataFileError: a file does not fit, two hold the same version of a form, or the office's version of
            a form that ships with isobot is not a later one.
    """
    shipped = _in_folder(folder or data_dir() / "forms")
    if own is None:
        return Forms(tuple(shipped.values()))
    newest = dict(sorted(shipped))
    found = _in_folder(own, newest)
    return Forms((*shipped.values(), *found.values()), own=frozenset(found))


def _in_folder(folder: Path, newest: Mapping[str, int] | None = None) -> dict[tuple[str, int], Form]:
    """Read a folder; one that is not there holds no form. `newest` are versions that must be passed."""
    found: dict[tuple[str, int], Form] = {}
    for path in [folder] if folder.is_file() else sorted(folder.glob("*.yaml")):
        form = load_form(path)
        if (form.id, form.version) in found:
            problem = f"form {form.id!r} version {form.version} is in another file too"
            raise DataFileError(path, "version", problem, mend="raise the version, or change the id")
        shipped = (newest or {}).get(form.id, 0)
        if form.version <= shipped:
            problem = f"form {form.id!r} ships with isobot as version {shipped}"
            raise DataFileError(path, "version", problem, mend=f"use version {shipped + 1}, or another id")
        found[form.id, form.version] = form
    return found


def form_faults(path: Path, *, today: date) -> list[DataFileError]:
    """List what is wrong in one form file: all of its keys, then what does not fit together."""
    faults = faults_of(path, _FormText)
    if faults:
        return faults
    try:
        form = load_form(path)
    except DataFileError as fault:
        return [fault]
    examples = examine_examples(form.fields, today=today)
    return [_error(path, fault) for fault in examples]


def _error(path: Path, fault: FormFault) -> DataFileError:
    """Say in which line of the file a fault stands: its place reads "fields.3 (key), when"."""
    item, _, part = fault.place.partition(", ")
    group, _, index = item.partition(" ")[0].partition(".")
    loc: list[int | str] = [group, *([int(index)] if index else []), *([part] if part else [])]
    return DataFileError(path, f"line {line_of(path, loc)}, {fault.place}", fault.problem, mend=fault.mend)


def _field(text: _FieldText) -> Field:
    counted = text.kind in (Kind.INTEGER, Kind.MONEY) and text.computed is None
    largest = LARGEST_MONEY if text.kind is Kind.MONEY else LARGEST_INTEGER
    when: Condition | None = text.when
    computed: Term | None = text.computed
    return Field(
        key=text.key,
        number="",
        label=text.label,
        help=text.help.strip(),
        basis=text.basis.strip(),
        kind=text.kind,
        ask=text.ask,
        unit=text.unit,
        required=text.required,
        none_arising=text.none_arising,
        choices=tuple(Option(o.key, o.label, o.words) for o in text.choices),
        least=0 if counted and text.least is None else text.least,
        most=largest if counted and text.most is None else text.most,
        max_length=text.max_length,
        future=text.future,
        example=text.example,
        when=when,
        computed=computed,
        part=text.part,
        total_label=text.total_label,
        roll_up=text.roll_up or usual_roll_up(text.kind),
        last=text.last,
        keep=text.kind in _STATES if text.keep is None else text.keep,
        skip=text.skip,
        group=text.group,
        words=text.words,
        levels=text.levels,
        gather=Gather(g.how, g.levels, g.field, g.says) if (g := text.gather) else None,
    )


def _check(text: _CheckText) -> Check:
    return Check(text.id, text.severity, text.hold, text.message, text.mend, text.basis.strip(), text.only_if)
