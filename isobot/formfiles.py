"""Reads form files and makes forms of them; a mistake names file, key and cure."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic import Field as Limits

from isobot.datafiles import data_dir, read_yaml
from isobot.domain.expressions import Condition, Term, read_condition, read_term
from isobot.domain.forms import (
    LARGEST_INTEGER,
    LARGEST_MONEY,
    Check,
    Field,
    Form,
    FormFault,
    Kind,
    Option,
    Severity,
)
from isobot.errors import DataFileError, NotFound

Key = Annotated[str, Limits(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, Limits(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Line = Annotated[str, Limits(min_length=1)]

_T = TypeVar("_T")


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


class _FieldText(_Strict):
    key: Key
    label: Line
    help: Line
    basis: Line
    kind: Kind
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
    computed: TermText = None
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


class _FormText(_Strict):
    id: Slug
    version: int = Limits(ge=1)
    title: Line
    note: Line
    fields_: tuple[_FieldText, ...] = Limits(alias="fields", min_length=1)
    checks: tuple[_CheckText, ...] = ()


def load_form(path: Path) -> Form:
    """Read one form.

    Raises:
        DataFileError: the file does not fit; it names the file, the line or key, and the cure.
    """
    text = read_yaml(path, _FormText)
    checks = tuple(_check(check) for check in text.checks)
    try:
        return Form(text.id, text.version, text.title, text.note, _fields(text.fields_), checks)
    except FormFault as fault:
        raise DataFileError(path, fault.place, fault.problem, mend=fault.mend) from fault


class Forms:
    """Every form at hand, by its id and version."""

    def __init__(self, forms: tuple[Form, ...]) -> None:
        self._forms = {(form.id, form.version): form for form in forms}

    def get(self, form_id: str, version: int | None = None) -> Form:
        """Return a form of that version, or the newest.

        Raises:
            NotFound: there is none.
        """
        versions = [form for form in self._forms.values() if form.id == form_id]
        fitting = [form for form in versions if version is None or form.version == version]
        if not fitting:
            raise NotFound(f"no form {form_id!r}, version {version or 'any'}")
        return max(fitting, key=lambda form: form.version)

    def __iter__(self) -> Any:
        return iter(self._forms.values())


def load_forms(folder: Path | None = None) -> Forms:
    """Read every form of a folder; without one, those that ship with isobot.

    Raises:
        DataFileError: a file does not fit, or two hold the same version of a form.
    """
    found: dict[tuple[str, int], Form] = {}
    for path in sorted((folder or data_dir() / "forms").glob("*.yaml")):
        form = load_form(path)
        if (form.id, form.version) in found:
            problem = f"form {form.id!r} version {form.version} is in another file too"
            raise DataFileError(path, "version", problem, mend="raise the version, or change the id")
        found[form.id, form.version] = form
    return Forms(tuple(found.values()))


def _fields(texts: tuple[_FieldText, ...]) -> tuple[Field, ...]:
    """Number the fields: 1, 2, 3 for those always asked, 3a, 3b for those asked after the third."""
    fields: list[Field] = []
    main = extra = 0
    for text in texts:
        if text.computed is not None:
            number = ""
        elif text.when is not None:
            extra += 1
            number = f"{main}{chr(ord('a') + extra - 1)}"
        else:
            main, extra = main + 1, 0
            number = str(main)
        fields.append(_field(text, number))
    return tuple(fields)


def _field(text: _FieldText, number: str) -> Field:
    counted = text.kind in (Kind.INTEGER, Kind.MONEY) and text.computed is None
    largest = LARGEST_MONEY if text.kind is Kind.MONEY else LARGEST_INTEGER
    when: Condition | None = text.when
    computed: Term | None = text.computed
    return Field(
        key=text.key,
        number=number,
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
    )


def _check(text: _CheckText) -> Check:
    return Check(text.id, text.severity, text.hold, text.message, text.mend, text.basis.strip(), text.only_if)
