"""`isobot forms`: list the forms, show one, and check an office's own before the bot reads it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from isobot.clock import SystemClock, vietnam_day
from isobot.datafiles import data_dir
from isobot.domain.fields import Field
from isobot.domain.form_faults import PLACEHOLDER
from isobot.domain.forms import Form, Severity
from isobot.domain.kinds import Kind, RollUp
from isobot.domain.numbers import format_date
from isobot.domain.units import Level
from isobot.errors import DataFileError, NotFound
from isobot.formfiles import Forms, form_faults, load_forms
from isobot.rulefiles import load_rules
from isobot.settings import read_settings

_WIDTH = 140

_KINDS = {
    Kind.INTEGER: "số nguyên",
    Kind.MONEY: "số tiền (đồng)",
    Kind.DATE: "ngày",
    Kind.CHOICE: "chọn một",
    Kind.YES_NO: "có hoặc không",
    Kind.TEXT: "chữ",
    Kind.FILE: "tệp",
    Kind.AMOUNTS: "số tiền theo nguồn",
}
_ROLL_UPS = {
    RollUp.SUM: "cộng",
    RollUp.SUM_BY: "cộng theo nguồn",
    RollUp.COUNT_BY: "đếm theo lựa chọn",
    RollUp.COUNT_GIVEN: "đếm đơn vị có",
    RollUp.UNITS_WITH: "đếm đơn vị có từ 1",
    RollUp.LIST: "liệt kê",
    RollUp.NONE: "không tổng hợp",
}

forms_app = typer.Typer(no_args_is_help=True, help="Biểu mẫu báo cáo.", rich_markup_mode=None)


@forms_app.command("list")
def list_forms() -> None:
    """Liệt kê các biểu: đi kèm isobot và của cơ quan, dùng cho kỳ nào."""
    folder = read_settings().own_forms
    forms = load_forms(own=folder)
    table = Table("Biểu", "Bản", "Số câu", "Dùng cho kỳ kết thúc", "Nguồn", "Tên")
    for form in sorted(forms, key=lambda form: (form.id, form.version)):
        origin = "cơ quan" if forms.is_own(form) else "isobot"
        table.add_row(form.id, str(form.version), str(form.size), _days(form), origin, form.title)
    Console(width=max(Console().width, _WIDTH)).print(table)
    print(f"Biểu của cơ quan đặt trong {folder.absolute()}, mỗi biểu một tệp .yaml.")


@forms_app.command("show")
def show(
    form_id: Annotated[str, typer.Argument(metavar="ID", help="Mã biểu, ví dụ xa-rut-gon.")],
    version: Annotated[int | None, typer.Option(min=1, help="Bản; để trống là bản mới nhất.")] = None,
    level: Annotated[Level | None, typer.Option(help="Chỉ các câu hỏi cấp này.")] = None,
) -> None:
    """Cho xem một biểu: từng mục, khi nào hỏi, tổng hợp ra sao, và các quy tắc kiểm tra."""
    forms = load_forms(own=read_settings().own_forms)
    try:
        form = forms.get(form_id, version, level=level)
    except NotFound as error:
        raise typer.BadParameter(_not_there(forms, form_id, version)) from error
    print("\n".join(_description(form, forms)))


@forms_app.command("check")
def check(
    path: Annotated[Path | None, typer.Argument(help="Tệp biểu, hoặc thư mục chứa các biểu.")] = None,
) -> None:
    """Kiểm tra một biểu, một thư mục, hoặc mọi biểu đang dùng; nêu tệp, chỗ sai và cách sửa."""
    own = read_settings().own_forms
    files = _files(path, own)
    faults = [fault for file in files for fault in _faults_of(file)]
    faults = faults or list(_faults_together(path, own))
    for fault in faults:
        print(f"✗ {fault}")
    if faults:
        print(f"{len(faults)} chỗ cần sửa.")
        raise typer.Exit(1)
    for file in files:
        print(f"✓ {file}")
    print(f"{len(files)} tệp biểu đều dùng được.")


def _files(path: Path | None, own: Path) -> list[Path]:
    if path is None:
        return [*sorted((data_dir() / "forms").glob("*.yaml")), *sorted(own.glob("*.yaml"))]
    if not path.exists():
        raise typer.BadParameter(f"Không có tệp hay thư mục {path}.")
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise typer.BadParameter(f"Thư mục {path} không có tệp .yaml nào.")
    return files


def _faults_of(file: Path) -> list[DataFileError]:
    return form_faults(file, today=vietnam_day(SystemClock().now()))


def _faults_together(path: Path | None, own: Path) -> Iterable[DataFileError]:
    """What is wrong only between files: a version twice, or one that ships with isobot already."""
    shipped = (data_dir() / "forms").resolve()
    asked = (own if path is None else path).resolve()
    try:
        load_forms(own=None if shipped in (asked, asked.parent) else asked)
    except DataFileError as fault:
        yield fault


def _not_there(forms: Forms, form_id: str, version: int | None) -> str:
    versions = ", ".join(str(form.version) for form in forms.versions(form_id))
    if versions:
        return f"Biểu “{form_id}” không có bản {version}; các bản: {versions}."
    return f"Không có biểu “{form_id}”. Các biểu: {', '.join(sorted({form.id for form in forms}))}."


def _description(form: Form, forms: Forms) -> Iterable[str]:
    origin = "của cơ quan" if forms.is_own(form) else "đi kèm isobot"
    yield f"{form.title}"
    yield f"Biểu {form.id}, bản {form.version}, {origin}; {form.size} câu luôn hỏi."
    yield f"Dùng cho kỳ kết thúc: {_days(form)}."
    if form.level_note:
        yield form.level_note
    book = load_rules(own=read_settings().data_dir / "rules")
    users = sorted({rule.id for rule in book.rules if form.id in rule.forms.values()})
    yield f"Kỳ báo cáo dùng biểu này: {', '.join(users) or 'chưa có'}."
    yield f"Ghi chú: {form.note}"
    group = ""
    for field in form.fields:
        if field.group and field.group != group:
            group = field.group
            yield f"\n{group}"
        yield _line(field)
    yield "\nQuy tắc kiểm tra"
    for check in form.checks:
        severity = "lỗi" if check.severity is Severity.ERROR else "lưu ý"
        yield f"  {check.id} ({severity}): {PLACEHOLDER.sub('…', check.message)}"
    if form.ratios:
        yield "\nTỷ lệ, tính lại từ tổng"
        yield from (f"  {ratio.label}: {ratio.part} / {ratio.whole}" for ratio in form.ratios)


def _line(field: Field) -> str:
    unit = f", {field.unit}" if field.unit and field.kind is Kind.INTEGER else ""
    notes = [f"{_KINDS[field.kind]}{unit}"]
    if field.computed is not None:
        notes.append("tự tính")
    elif field.when is not None:
        notes.append("chỉ hỏi khi cần")
    elif field.skip is not None:
        notes.append("có khi bỏ qua")
    if not field.required and field.computed is None:
        notes.append("có thể để trống")
    if field.keep:
        notes.append("gợi ý giữ số kỳ trước")
    if field.levels:
        notes.append(f"chỉ hỏi {', '.join(level.label for level in field.levels)}")
    notes.append(_ROLL_UPS[field.roll_up])
    number = f"{field.number:>4}." if field.number else "    ="
    return f"{number} {field.label} [{field.key}]: {'; '.join(notes)}"


def _days(form: Form) -> str:
    if form.first_day and form.last_day:
        return f"từ {format_date(form.first_day)} đến {format_date(form.last_day)}"
    if form.first_day:
        return f"từ {format_date(form.first_day)}"
    return f"đến {format_date(form.last_day)}" if form.last_day else "mọi kỳ"
