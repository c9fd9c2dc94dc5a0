"""The rules between figures, each with answers that break it and answers that keep it.

The answers are what an officer types, by field; whoever asks in the order of the form can use them: the
forms alone, a whole chat, a filled table. They belong to the year 2026 and to `TODAY`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

TODAY = date(2026, 11, 21)
YEAR = (date(2025, 12, 15), date(2026, 12, 14))
"""The period of Kiên Giang's agencies: "trước ngày 15/12"."""

COMMUNE_FORM, AGENCY_FORM, PROVINCE_FORM = "xa-rut-gon", "co-quan-day-du", "tinh-tong-hop"

COMMUNE = {
    "status": "Đã công bố", "announce_no": "125/QĐ-UBND", "announce_date": "5/3/2024",
    "tthc_total": "120", "tthc_in": "118", "tthc_out_reason": "Đang soạn", "proc_changes": "6",
    "legal_changes": "3", "legal_ontime": "2", "legal_late_reason": "Chờ hướng dẫn",
    "ia_count": "1", "ia_last": "10/9/2026", "mr_count": "1", "mr_last": "12/9/2026",
    "nc_found": "4", "nc_closed": "4", "complaints": "2", "complaints_done": "2", "train_people": "25",
    "fund_spent": "10 triệu", "fund_plan": "15 triệu", "fund_maint": "10 triệu",
    "difficulties": "Thiếu người", "proposals": "Mở lớp",
}  # fmt: skip
"""A commune that answers every question, and breaks no rule."""

AGENCY = {
    "status": "Đã công bố", "standard": "TCVN ISO 9001:2015", "medium": "ISO điện tử",
    "bcd_no": "45/QĐ-SKHCN", "bcd_date": "3/2/2025", "head_confirm_date": "1/3/2025",
    "announce_no": "125/QĐ-SKHCN", "announce_date": "5/3/2025", "notice_date": "7/3/2025", "posted": "có",
    "web_url": "skhcn.tinh.gov.vn/iso", "scope_changed": "Mở rộng", "restructure": "không",
    "reannounced": "Đã công bố lại", "reannounce_no": "210/QĐ-SKHCN", "reannounce_date": "20/6/2026",
    "reannounce_reason": "Đang rà soát quy trình",
    "tthc_total": "120", "tthc_in": "118", "tthc_out_reason": "Đang soạn",
    "proc_total": "95", "proc_new": "6", "proc_rev": "4", "proc_drop": "2", "proc_internal": "12",
    "legal_changes": "3", "legal_ontime": "2", "legal_late_reason": "Chờ hướng dẫn",
    "ia_count": "1", "ia_last": "10/9/2026", "mr_count": "1", "mr_last": "12/9/2026",
    "nc_open_start": "1", "nc_found": "4", "nc_closed": "4", "nc_overdue": "0", "corrective": "Thêm phiếu",
    "goals_total": "5", "goals_met": "4", "dossiers": "1.250", "dossiers_ontime": "1.240",
    "complaints": "2", "complaints_done": "2", "survey_n": "300", "survey_ok": "280",
    "improvements": "Rút ngắn thời gian cấp phép", "staff_total": "65", "staff_briefed": "60",
    "train_classes": "2", "train_people": "25",
    "check_type": "Kiểm tra tại trụ sở", "check_date": "12/5/2026", "check_findings": "3",
    "check_fixed": "3", "fix_report_date": "12/7/2026", "consultant": "Trung tâm Kỹ thuật",
    "consultant_cert": "12/TVISO", "fund_plan": "40 triệu", "fund_spent": "38 triệu",
    "fund_build": "20 triệu", "fund_maint": "10 triệu", "fund_train": "5 triệu", "fund_eiso": "3 triệu",
    "fund_other": "kps", "fund_source": "ngân sách địa phương 30 triệu, tài trợ 8 triệu",
    "advantages": "Lãnh đạo quan tâm", "difficulties": "Thiếu người", "proposals": "Mở lớp",
    "next_plan": "Đánh giá nội bộ quý III",
}  # fmt: skip
"""An agency that answers nearly every question, and breaks no rule."""

AGENCY_LAST = {**AGENCY, "proc_total": "91", "nc_open_start": "kps", "nc_found": "2", "nc_closed": "1"}
"""The year before: 91 procedures were in force, one nonconformity stayed open."""

PROVINCE = {
    "coverage": "87/124 xã, thiếu: UBND xã A; 20/20 cơ quan, đủ",
    "required_so": "20", "ontime_so": "18", "late_so": "2", "required_chi_cuc": "15", "ontime_chi_cuc": "15",
    "late_chi_cuc": "0", "required_huyen": "không phát sinh", "required_xa": "124", "ontime_xa": "80",
    "late_xa": "7", "applied_so": "20", "announced_so": "18", "converted_so": "18", "eiso_so": "6",
    "applied_chi_cuc": "15", "announced_chi_cuc": "12", "converted_chi_cuc": "12", "eiso_chi_cuc": "0",
    "applied_xa": "80", "announced_xa": "60", "converted_xa": "để trống", "eiso_xa": "để trống",
    "voluntary": "3", "tthc_total": "12.400", "tthc_in": "12.000", "ia_units": "85", "mr_units": "84",
    "nc_found": "140", "nc_closed": "130", "complaints": "12", "units_spent": "1,2 tỷ",
    "mandatory_total": "35", "checked_file": "23", "checked_site": "12", "train_classes": "16",
    "train_people": "700", "fund_plan": "1,2 tỷ", "fund_spent": "1,1 tỷ",
    "difficulties": "Nhiều xã mới sáp nhập", "proposals": "Đề nghị hướng dẫn", "next_plan": "Mở 16 lớp",
}  # fmt: skip
"""A province after the reform, in a chat that gathered nothing; 12 is a third of 35, and 11 is not."""

BEFORE = {COMMUNE_FORM: COMMUNE, AGENCY_FORM: AGENCY_LAST, PROVINCE_FORM: PROVINCE}
ANSWERS = {COMMUNE_FORM: COMMUNE, AGENCY_FORM: AGENCY, PROVINCE_FORM: PROVINCE}


@dataclass(frozen=True, slots=True)
class RuleCase:
    """Answers that break a rule, as changes to the answers of `form` that keep it.

    Exactly one of these happens: the check `told` is told; the answer to `refused` is refused and the
    question asked again; `not_asked` is not asked although there is an answer to it; the figure
    `asked_again` is asked once more before it is taken.
    """

    rule: str
    form: str
    change: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    is_error: bool = True
    refused: str = ""
    not_asked: str = ""
    asked_again: str = ""

    @property
    def broken(self) -> dict[str, str]:
        """The answers that break the rule."""
        return {**ANSWERS[self.form], **self.change}

    @property
    def kept(self) -> dict[str, str]:
        """The answers that keep it."""
        return dict(ANSWERS[self.form])

    def __str__(self) -> str:
        end = self.told or self.refused or self.not_asked or self.asked_again
        return f"{self.rule}, {self.form}, {end}"


def _both(rule: str, change: dict[str, str], **end: object) -> tuple[RuleCase, RuleCase]:
    one, other = (RuleCase(rule, form, change, **end) for form in (COMMUNE_FORM, AGENCY_FORM))  # type: ignore[arg-type]
    return one, other


RULE_CASES: tuple[RuleCase, ...] = (
    *_both("R1", {"tthc_in": "121"}, told="R1"),
    *_both("R2", {"tthc_out_reason": "bỏ qua"}, refused="tthc_out_reason"),
    *_both("R3", {"announce_no": "để trống"}, refused="announce_no"),
    *_both("R3", {"announce_date": "không phát sinh"}, refused="announce_date"),
    *_both("R3", {"status": "Đang xây dựng"}, not_asked="announce_no"),
    RuleCase("R4", AGENCY_FORM, {"head_confirm_date": "6/3/2025"}, told="R4-xac-nhan"),
    RuleCase("R4", AGENCY_FORM, {"notice_date": "4/3/2025"}, told="R4-thong-bao"),
    RuleCase("R5", AGENCY_FORM, {"reannounce_no": "bỏ qua"}, refused="reannounce_no"),
    RuleCase(
        "R5", AGENCY_FORM, {"reannounced": "chưa", "reannounce_reason": "kps"}, refused="reannounce_reason"
    ),
    RuleCase("R6", COMMUNE_FORM, {"nc_closed": "5"}, told="R6"),
    RuleCase("R6", AGENCY_FORM, {"nc_closed": "6"}, told="R6"),
    RuleCase("R6", AGENCY_FORM, {"nc_open_start": "2"}, told="R6-noi-ky", is_error=False),
    *_both("R7", {"ia_count": "0"}, told="R7-danh-gia", is_error=False),
    *_both("R7", {"mr_count": "không phát sinh"}, told="R7-xem-xet", is_error=False),
    *_both("R8", {"mr_last": "9/9/2026"}, told="R8", is_error=False),
    *_both("R9", {"ia_last": "14/12/2025"}, told="R9-danh-gia"),
    *_both("R9", {"ia_last": "15/12/2025", "mr_last": "14/12/2025"}, told="R9-xem-xet"),
    *_both("R9", {"ia_last": "31/12/2026"}, refused="ia_last"),
    RuleCase("R9", AGENCY_FORM, {"check_date": "1/12/2025"}, told="R9-kiem-tra"),
    *_both("R10", {"legal_ontime": "4"}, told="R10"),
    *_both("R10", {"legal_late_reason": "bỏ qua"}, refused="legal_late_reason"),
    RuleCase("R11", COMMUNE_FORM, {"fund_maint": "11 triệu"}, told="R11-phan"),
    RuleCase("R11", AGENCY_FORM, {"fund_other": "1 triệu"}, told="R11-phan"),
    *_both("R11", {"fund_plan": "9 triệu"}, told="R11-vuot", is_error=False),
    RuleCase(
        "R12", COMMUNE_FORM, {"fund_spent": "20 triệu", "fund_plan": "20 triệu", "fund_maint": "15.000.001"},
        told="R12", is_error=False,
    ),
    RuleCase(
        "R12", AGENCY_FORM, {"fund_maint": "16 triệu", "fund_build": "14 triệu"}, told="R12", is_error=False
    ),
    RuleCase("R13", AGENCY_FORM, {"proc_total": "97"}, told="R13", is_error=False),
    RuleCase("R14", PROVINCE_FORM, {"announced_so": "21", "applied_so": "20"}, told="R14-cong-bo-so"),
    RuleCase("R14", PROVINCE_FORM, {"applied_xa": "125"}, told="R14-ap-dung-xa"),
    RuleCase("R14", PROVINCE_FORM, {"announced_chi_cuc": "16"}, told="R14-cong-bo-chi-cuc"),
    RuleCase(
        "R15", PROVINCE_FORM, {"checked_site": "11", "checked_file": "24"}, told="R15", is_error=False
    ),
    RuleCase("R15", PROVINCE_FORM, {"checked_file": "22"}, told="R15-ho-so", is_error=False),
    *_both("R16", {"tthc_total": "45", "tthc_in": "45"}, asked_again="tthc_total"),
    *_both("R16", {"complaints": "0"}, asked_again="complaints"),
)  # fmt: skip
"""R17, that a report sent again is a new version, is the report's life."""
