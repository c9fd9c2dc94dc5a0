"""What is said of one unit of a roster: its year, its district, what became of it, and where that stands."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from isobot.domain.law import Citation, LegalDocument
from isobot.domain.text import fold
from isobot.domain.units import Level, Province, Unit, UnitDirectory
from knowledge.model import Answer, Option, Outcome, Refinement, with_sources
from knowledge.places import district_title, titled
from knowledge.question import SELF, Question

_ON_COMMUNES = "/NQ-UBTVQH15"
"""How the numbers of the resolutions of 2025 on communes end."""
_GROUPS = {
    Level.SO: ("Ủy ban nhân dân tỉnh, các cơ quan chuyên môn", "co quan chuyen mon|(?:cac|nhom|20) so"),
    Level.CHI_CUC: ("Các Chi cục hoặc tương đương", "chi cuc|tuong duong"),
    Level.HUYEN: ("Ủy ban nhân dân cấp huyện", "(?:cac|cap|nhom|10) huyen"),
    Level.XA: ("Ủy ban nhân dân cấp xã", "(?:cac|cap|nhom|102) xa"),
}
"""The groups in the list of Kon Tum, with the words by which a question names them."""
_OWN = re.compile(rf"\b(?:so|chi cuc|huyen|xa) {SELF}\b")


class RosterLines:
    """Writes lines on units, from their records."""

    def __init__(
        self,
        units: UnitDirectory,
        documents: Mapping[str, LegalDocument],
        provinces: Mapping[str, Province],
    ) -> None:
        self._units = units
        self._documents = documents
        self._provinces = provinces

    def year_line(self, unit: Unit) -> str:
        """Return the year of a unit in its plan, in one line."""
        if unit.province == "tuyen-quang":
            return f"{unit.name}: {of_tuyen_quang(unit)}."
        if unit.province == "kon-tum":
            line = f"{titled(unit)}: áp dụng ISO điện tử chậm nhất năm {unit.plan_year}."
        else:
            line = f"{titled(unit)}: áp dụng ISO năm {unit.plan_year}."
        if unit.true_district and unit.true_district != unit.district:
            line += f" (Phụ lục in ở {district_title(unit)}; thực tế thuộc huyện {unit.true_district}.)"
        return line

    def of_another_group(self, asked: str, unit: Unit) -> Answer | None:
        """Say in which group of its list a unit stands, where a folded question names another one."""
        if unit.province != "kon-tum":
            return None
        asked = _OWN.sub(" ", asked)
        said = {level for level, (_, words) in _GROUPS.items() if re.search(rf"\b(?:{words})\b", asked)}
        if not said or unit.level in said:
            return None
        text = f"Không thuộc nhóm đó. Phụ lục xếp vào nhóm “{_GROUPS[unit.level][0]}”: {self.year_line(unit)}"
        citations = self.citations([unit])
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def former_years(self, about: Sequence[Unit]) -> Answer:
        """Answer for a unit formed since, with the years of those it was formed from."""
        unit = about[0]
        former = self._units.predecessors_of(unit.code)
        lines = [f"- {self.year_line(u)}" for u in former if u.in_plan]
        head = (
            f"{unit.name} lập từ ngày 1/7/2025 nên không có tên trong danh sách; các đơn vị cũ nhập vào có:"
        )
        citations = self.citations(former)
        return Answer(Outcome.ANSWERED, with_sources("\n".join([head, *lines]), citations), citations)

    def ask_which(
        self, units: Sequence[Unit], lines: Sequence[str], citations: tuple[Citation, ...]
    ) -> Answer:
        """Ask which of several units of one name is meant, with a line on each."""
        head = f"Có {len(units)} đơn vị trùng hoặc gần trùng tên. Anh/chị hỏi đơn vị nào?"
        text = "\n".join([head, *(f"- {line}" for line in lines)])
        options = tuple(Option(titled(u), Refinement(unit=u.code)) for u in units)
        return Answer(Outcome.CLARIFY, with_sources(text, citations[:3]), citations[:3], options)

    def now(self, unit: Unit, *, full: bool = False) -> str:
        """Say what became of a unit; a short line, or with `full` a whole answer."""
        province = self._provinces[unit.province]
        where = f", tỉnh {province.now}" if province.merged or full else ""
        names = [u.name.removeprefix("UBND ") for u in self._units.successors_of(unit.code)]
        if unit.level is Level.XA and len(names) == 1:
            return (
                f"{titled(unit) if full else 'Nay'}{' từ 1/7/2025' if full else ''} thuộc {names[0]}{where}."
            )
        if unit.level is Level.XA and names:
            split = " và ".join(names)
            head = f"{titled(unit)} từ 1/7/2025" if full else "Nay"
            return f"{head} được chia vào {len(names)} đơn vị: {split}{where}."
        if not full:
            return ""
        former = self._units.predecessors_of(unit.code)
        if former:
            old = ", ".join(f"{u.name.removeprefix('UBND ')} ({u.district})" for u in former)
            return f"{unit.name}{where} lập từ 1/7/2025, nhận toàn bộ hoặc một phần của: {old}."
        if unit.level is Level.HUYEN:
            return (
                f"{unit.name} kết thúc hoạt động từ 1/7/2025, khi không còn cấp huyện; việc được chuyển cho "
                f"UBND cấp xã mới và các sở của tỉnh {province.now}. Đơn vị nhận từng việc cụ thể "
                "thì chưa xác minh."
            )
        return ""

    def resolution(self, unit: Unit) -> tuple[Citation, ...]:
        """Return the resolution on the communes of the province that a unit belongs to today."""
        home = f"của tỉnh {self._provinces[unit.province].now} "
        made = (d for d in self._documents.values() if d.number.endswith(_ON_COMMUNES) and home in d.title)
        return tuple(Citation(document, "") for document in made)[:1]

    def citations(self, units: Sequence[Unit]) -> tuple[Citation, ...]:
        """Return where the plans name units, each place once."""
        found = []
        for unit in units:
            if not unit.in_plan:
                continue
            section = {
                "thanh-hoa": f"Phụ lục mục {(unit.plan_year or 0) - 2021}",
                "kon-tum": "Phụ lục",
                "tuyen-quang": "III.2.1" if unit.plan_year == 2011 else "III.2.2",
            }.get(unit.province, "")
            found.append(Citation(self._documents[unit.province], section))
        return tuple(dict.fromkeys(found))[:3]

    def in_the_text(self, province: str) -> Citation:
        """Return where the plan itself gives the figures of its years."""
        return Citation(self._documents[province], "Điều 1 khoản 3.2 điểm b")

    def whole(self, province: str) -> tuple[Citation, ...]:
        """Return the list of a plan as a whole."""
        return (Citation(self._documents[province], "Phụ lục"),)


def each_named(question: Question, units: Sequence[Unit]) -> bool:
    """Tell whether units bear different names and all of them are asked about, so that none is to choose."""
    names = {fold(u.bare_name) for u in units}
    return len(names) == len(units) and all(name in question.folded for name in names)


def names(units: Sequence[Unit]) -> str:
    """Return the names of communes, with commas."""
    return ", ".join(u.name.removeprefix("UBND ").removeprefix("xã ") for u in units)


def by_year(units: Sequence[Unit]) -> str:
    """Count units by the year of the plan."""
    counts = Counter(u.plan_year for u in units)
    return ", ".join(f"năm {year}: {count}" for year, count in sorted(counts.items(), key=str))


def of_tuyen_quang(unit: Unit) -> str:
    """Say in which groups of the plan of Tuyên Quang an agency stands."""
    parts = []
    for group in unit.plan_groups:
        if group.startswith("Duy trì"):
            parts.append(
                "nằm trong 18 cơ quan, đơn vị đã được cấp giấy chứng nhận; năm 2011 tiếp tục áp dụng, "
                "duy trì, cải tiến hệ thống"
            )
        elif group.startswith("Mở rộng"):
            parts.append("là một trong 5 cơ quan mở rộng phạm vi áp dụng trong năm 2011")
        elif group.startswith("Triển khai"):
            parts.append("năm 2011 triển khai xây dựng, áp dụng hệ thống")
        elif group.startswith("Hoàn thành"):
            parts.append("hoàn thành việc xây dựng và áp dụng trong năm 2011")
        else:
            parts.append("triển khai xây dựng, áp dụng từ năm 2012 đến năm 2013")
    return "; ".join(parts)
