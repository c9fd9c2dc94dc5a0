"""A unit's report as a Word draft: four parts, and the figures in an appendix.

What was left blank reads "Chưa có số liệu", never 0.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from isobot.domain.forms import NONE_ARISING_LABEL, Field, Form, Kind, Problem
from isobot.domain.letterhead import Letterhead
from isobot.domain.values import Value, Values
from isobot.exports.layout import CENTRE, HEAD, LEFT, NOTE, SMALL, Letter, clean

PARTS = {
    "I": "TÌNH HÌNH CHUNG",
    "II": "KẾT QUẢ THỰC HIỆN",
    "III": "KHÓ KHĂN, VƯỚNG MẮC",
    "IV": "KIẾN NGHỊ, ĐỀ XUẤT",
}

ABOUT = (
    "Tình hình áp dụng, duy trì, cải tiến",
    "hệ thống quản lý chất lượng theo TCVN ISO 9001",
)
"""In two lines, so that no name is torn apart."""


@dataclass(frozen=True, slots=True)
class UnitReportData:
    """Everything the draft shows; titles come from the office's settings, never from a chat.

    `reasons` gives the officer's reason for a warning by the check's id. `bases` are the lines
    after "Căn cứ", without that word and without a full stop. `recipients` are the bodies that the
    report goes up to. `formed` says since when a unit that others were merged into exists. `caution` is
    for whoever reads the draft, such as that nobody has verified whether a basis is still in force.
    """

    form: Form
    values: Values
    unit_name: str
    period_label: str
    year: int
    recipients: tuple[str, ...]
    letterhead: Letterhead = field(default_factory=Letterhead)
    bases: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    former_units: tuple[str, ...] = ()
    formed: str = ""
    receipt: str = ""
    version: int = 1
    practice: bool = False
    caution: str = ""


def unit_report_docx(data: UnitReportData) -> bytes:
    """Lay out one unit's report and return the file."""
    title = f"DỰ THẢO Báo cáo ISO - {data.unit_name} - {data.period_label}"
    letter = Letter(title=title, author=data.unit_name)
    letter.head(data.letterhead, data.unit_name, data.year)
    if data.practice:
        letter.paragraph("BẢN TẬP, KHÔNG CÓ GIÁ TRỊ BÁO CÁO", HEAD, align=CENTRE, bold=True, before=6)
    letter.title("BÁO CÁO", *ABOUT, f"({data.period_label})")
    letter.to(data.recipients)
    letter.bases(data.bases)
    letter.text(f"{data.unit_name} báo cáo tình hình áp dụng ISO {data.period_label} như sau:")
    for part in PARTS:
        _part(letter, data, part)
    _reasons(letter, data)
    to = ", ".join(data.recipients) or "quý cơ quan"
    letter.closing(f"Trên đây là báo cáo của {data.unit_name}, kính gửi {to} tổng hợp./.")
    letter.ending(data.letterhead)
    _notes(letter, data)
    _appendix(letter, data)
    file = io.BytesIO()
    letter.document.save(file)
    return file.getvalue()


def _notes(letter: Letter, data: UnitReportData) -> None:
    """Tell the drafter what the letter itself does not say; the notes go before it is signed."""
    notes = ["Dự thảo do chatbot lập từ số liệu đã nhập; xóa các ghi chú này trước khi trình ký."]
    if data.receipt:
        notes.append(f"Mã biên nhận số liệu: {data.receipt}, bản {data.version}.")
    if data.caution:
        notes.append(data.caution)
    for note in notes:
        letter.paragraph(note, NOTE, align=LEFT, italic=True, before=3)


def _part(letter: Letter, data: UnitReportData, part: str) -> None:
    letter.section(part, PARTS[part])
    if part == "I" and data.former_units:
        since = f" từ ngày {data.formed}" if data.formed else ""
        names = "; ".join(data.former_units)
        letter.text(f"- {data.unit_name} được hình thành{since} trên cơ sở (toàn bộ hoặc một phần): {names}.")
    held = [(item, value) for item, value in data.form.lines(data.values) if item.part == part]
    if not held:
        # A question that was skipped is no figure that is missing.
        letter.text(f"{NONE_ARISING_LABEL}.")
    groups = _by_group(held)
    for number, (group, members) in enumerate(groups, start=1):
        if group and len(groups) > 1:
            letter.heading(f"{number}. {_bare(group)}")
        for item, value in members:
            letter.text(f"- {_sentence(item, value, alone=len(held) == 1)}")
    if part == "II":
        letter.text("Số liệu chi tiết tại Phụ lục I kèm theo.")


def _reasons(letter: Letter, data: UnitReportData) -> None:
    explained = [problem for problem in data.problems if problem.check in data.reasons]
    if explained:
        letter.heading("Giải trình số liệu:")
    for problem in explained:
        reason = clean(data.reasons[problem.check]).rstrip(".")
        letter.text(f"- {problem.message} Lý do: {reason}.")


def _sentence(item: Field, value: Value | None, *, alone: bool) -> str:
    shown = clean(item.show(value))
    ended = shown if shown.endswith((".", "!", "?")) else f"{shown}."
    return ended if alone and item.kind is Kind.TEXT else f"{item.label}: {ended}"


def _appendix(letter: Letter, data: UnitReportData) -> None:
    number = f"số        /BC-{data.letterhead.abbreviation or '…'} ngày      tháng      năm {data.year}"
    letter.appendix("I", "Bảng số liệu", f"Báo cáo {number} của {data.unit_name}")
    rows, groups = _figure_rows(data.form.lines(data.values))
    letter.grid(("TT", "Nội dung", "Đơn vị tính", "Số liệu"), rows, (1.2, 8.6, 2.5, 4.2), bold=groups)
    letter.paragraph(f"Ghi chú: {data.form.note}", SMALL, italic=True, before=8)


def _figure_rows(
    lines: Iterable[tuple[Field, Value | None]],
) -> tuple[list[tuple[str, ...]], Sequence[int]]:
    """List the figures, with a row above each group; texts stand in the letter itself."""
    rows: list[tuple[str, ...]] = []
    groups: list[int] = []
    count = 0
    for group, members in _by_group([(item, value) for item, value in lines if item.kind is not Kind.TEXT]):
        if group:
            groups.append(len(rows))
            rows.append(("", group, "", ""))
        for item, value in members:
            count += 1
            rows.append((str(count), item.label, item.unit, item.show(value, unit=False)))
    return rows, groups


_Line = tuple[Field, Value | None]


def _by_group(lines: Iterable[_Line]) -> list[tuple[str, list[_Line]]]:
    """Gather lines under their headings; one without any, such as a computed figure, follows the last."""
    found: list[tuple[str, list[_Line]]] = []
    for line in lines:
        group = line[0].group
        if not found or group not in ("", found[-1][0]):
            found.append((group, []))
        found[-1][1].append(line)
    return found


def _bare(group: str) -> str:
    """Return a heading without the letter that it has in the form: there it is numbered otherwise."""
    return re.sub(r"^[A-ZĐ]\.\s+", "", group)
