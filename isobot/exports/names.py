"""What a dialogue says of files before they are made: their kinds, their names, what to check in a draft.

Apart from what lays them out, so that a talk about a file waits for no library that makes one.
"""

import re

from isobot.domain.text import nfc

REPORT_DOCX = "report_docx"
CONSOLIDATED_DOCX = "consolidated_docx"
PERIOD_XLSX = "period_xlsx"
PROGRESS_PNG = "progress_png"
COMPARISON_PNG = "comparison_png"
CALENDAR_ICS = "calendar_ics"
TEMPLATE_XLSX = "template_xlsx"

BEFORE_SIGNING = (
    "Dự thảo giúp anh/chị soạn nhanh, người ký vẫn chịu trách nhiệm. Trước khi trình ký, kiểm tra:\n"
    "• Nội dung: số liệu khớp hồ sơ; căn cứ còn hiệu lực; nơi nhận đúng; có cần bổ sung chỗ ghi "
    "“Chưa có số liệu” không.\n"
    "• Thể thức: tên cơ quan, địa danh, quyền hạn và chức vụ người ký; phụ lục kèm theo.\n"
    "• Để trống số, ngày, họ tên và chữ ký: văn thư cấp số, ngày khi phát hành.\n"
    "• Không có nội dung mật. Người kiểm tra nội dung và người kiểm tra thể thức ký tắt theo quy chế cơ quan."
)
"""The check list that goes with a draft; content and layout are each checked by a named person.

Source: Decree 30/2020/NĐ-CP, Articles 10 to 14.
"""


def report_filename(unit_name: str, period_label: str, *, version: int = 1) -> str:
    """Name the file: "DỰ THẢO" first."""
    suffix = f" (bản {version})" if version > 1 else ""
    return draft_name(f"Báo cáo ISO - {unit_name} - {period_label}{suffix}", ".docx")


def consolidated_filename(province_name: str, period_label: str) -> str:
    """Name the file: "DỰ THẢO" first."""
    return draft_name(f"Báo cáo tổng hợp ISO - {province_name} - {period_label}", ".docx")


def period_filename(province_name: str, period_label: str) -> str:
    """Name the file, with nothing a file system minds."""
    return safe_name(f"Tổng hợp ISO - {province_name} - {period_label}", ".xlsx")


def template_filename(province_name: str, period_label: str) -> str:
    """Name the file."""
    return safe_name(f"Mẫu nhập ISO - {province_name} - {period_label}", ".xlsx")


def draft_name(text: str, ending: str) -> str:
    """Name the file of a draft: "DỰ THẢO" first, and nothing a file system minds."""
    return safe_name(f"DỰ THẢO {text}", ending)


def safe_name(text: str, ending: str) -> str:
    """Make a file name of a text, without what a file system minds; `ending` is such as ".docx"."""
    bare = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "-", nfc(text))
    return re.sub(r"\s+", " ", bare).strip()[:150] + ending
