"""Finds what looks misread in an imported text (chỗ ngờ).

It reports, with lines and advice, and changes nothing. What a rule cannot know, such as which of two years
is right, it leaves open.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from isobot.domain.legal_text import LegalText, Node, NodeKind
from isobot.domain.text import fold
from knowledge.importer.model import Doubt, SumCheck
from knowledge.importer.own_places import doubts_on_own_places
from knowledge.importer.row_doubts import doubts_on_rows
from knowledge.importer.syllables import is_syllable, split_tones

_KINDS_SHORT = "QĐ|KH|CT|TT|NQ|NĐ|CV|TB|BC|TTr|CTr|HD|NĐ-CP|TTLT"
_ODD_NUMBER = re.compile(rf"\b(?=\w*[A-Za-z])(?=\w*\d)(\w{{1,6}})/((?:\d{{4}}/)?(?:{_KINDS_SHORT})\b[-\w]*)")
_SPACED_NUMBER = re.compile(
    rf"\b\d+\s*[/-]\s+(?:\d{{4}}/)?(?:{_KINDS_SHORT})\b[-/\w]*|\b\d+\s+[/-]\s*(?:{_KINDS_SHORT})\b[-/\w]*"
)
_ISO = re.compile(r"\bISO(?:/IEC)?\s+(\d{2,6})\s*([:\-–]?)(\s*)((?:19|20)\d\d)\b")
_ISO_KNOWN = {
    "9000",
    "9001",
    "9004",
    "14001",
    "17020",
    "17021",
    "17025",
    "19011",
    "22000",
    "27001",
    "45001",
    "18091",
}
_DOUBLED = re.compile(r"\b([a-zà-ỹđ]{2,})\s+\1\b")
_DOUBLED_PHRASE = re.compile(r"\b([a-zà-ỹđ]+(?:\s[a-zà-ỹđ]+){1,3})(,?)\s+\1\b")
_DOUBLES_LIST = (
    "luôn thường dần từ song xanh ngày đời người nhà hằng mãi đều rất xa lâu sâu cao nho lần "
    "từng nhiều ai đâu nào "
)
_REAL_DOUBLES = frozenset(_DOUBLES_LIST.split())
_YEARS = re.compile(
    rf"\b\d+/((?:19|20)\d\d)/(?:{_KINDS_SHORT})[-\w]*,?\s+ngày\s+\d{{1,2}}(?:/\d{{1,2}}/|\s+tháng\s+\d{{1,2}}\s+năm\s+)(\d{{4}})"
)
_FOOTNOTE = re.compile(r"(?<=[a-zà-ỹđ])\d{1,2}(?=[\s.,;)(]|$)")
_STARS = re.compile(r"(?<!\w)[*_]{1,2}[^*_\n]{1,40}[*_]{1,2}(?!\w)|^#{1,4}\s|\[[^\]]+\]\(http")
_UNIT_AND = re.compile(r"\b(phường|xã|thị trấn|huyện) và ([A-ZĐÀ-Ỹ]\w+(?: [A-ZĐÀ-Ỹ]\w+)*)")
_WORD = re.compile(r"[^\W\d_]+")
_LIST_MARK = re.compile(r"^[a-zđ\d.]{1,5}\s?\)")
_DAY = re.compile(r"\bngày\s+(\d{1,2})(?:/|\s+tháng\s+)(\d{1,2})(?:/|\s+năm\s+)(\d{4})")
_AMOUNT = re.compile(r"\b(\d{1,3}(?:\.\d{3})+)\s*(?:đồng|đ\b)")
_COUNTED = re.compile(
    r"\((\d{1,4})\s+(?:đơn vị|cơ quan|xã|phường|UBND|tổ chức|thủ tục)[^)]*\)|\(\s*(\d{1,4})\s*\)\s*$"
)

_PHRASES = (
    "ban chỉ đạo; báo cáo; bảo đảm; biện pháp; cải cách; cải tiến; cán bộ; cấp có thẩm quyền; chất "
    "lượng; chỉ đạo; chính quyền; chủ tịch; chủ trì; chủ yếu; chức năng; công bố; công chức; công tác; "
    "cơ quan; cử công chức; cử lãnh đạo; cử cán bộ; dự toán; đánh giá; đào tạo; địa phương; định kỳ; "
    "đôn đốc; đơn vị; duy trì; giám đốc; giám sát; hành chính; hệ thống; hiệu lực; hiệu quả; hoạt động; "
    "hội nghị; hội thảo; hướng dẫn; khắc phục; kế hoạch; khoa học; kiểm tra; kinh phí; lãnh đạo; lộ "
    "trình; mục đích; mục tiêu; nâng cao; ngân sách; nghị quyết; nhà nước; nhiệm vụ; nội bộ; nội dung; "
    "phạm vi; phê duyệt; phối hợp; phù hợp; phụ lục; quản lý; quy định; quy trình; quyết định; tài "
    "chính; tài liệu; thành lập; thẩm định; thẩm quyền; theo dõi; thi hành; thông báo; thông tin; thủ "
    "trưởng; thủ tục; thực hiện; tiêu chuẩn; tổ chức; tổng hợp; trách nhiệm; triển khai; trình tự; "
    "tuyên truyền; ủy ban nhân dân; văn bản; văn phòng; viên chức; xây dựng; xem xét; yêu cầu "
)
"""Phrases of this trade; words that read like one without their marks, but not with them, are misread."""

_MOST_OF_A_KIND = 6
"""Lines named for one remark on the whole document."""


def find_doubts(text: LegalText, lines: Sequence[str]) -> list[Doubt]:
    """Go through all rules; in the order of the document."""
    found: list[Doubt] = []
    usual = Counter(n for node in text.walk() for n, *_ in _ISO.findall(node.text) if n in _ISO_KNOWN)
    standards = [number for number, _ in usual.most_common()] or sorted(_ISO_KNOWN)
    for node in text.walk():
        if not node.text:
            continue
        for shown, why, suggestion in _in_paragraph(node, standards):
            found.append(Doubt(_line_of(node, shown, lines), shown, why, suggestion))
    for node, shown, why, suggestion in (*doubts_on_own_places(text), *doubts_on_rows(text)):
        found.append(Doubt(_line_of(node, shown, lines), shown, why, suggestion))
    found += _odd_words(text, lines)
    found += _phrases_misread(text, lines)
    found += _two_spellings(text)
    found += [
        Doubt(
            check.line,
            check.what,
            f"in là {_dotted(check.printed)} nhưng cộng lại là {_dotted(check.counted)}",
        )
        for check in check_sums(text)
        if not check.holds
    ]
    return sorted(dict.fromkeys(found), key=lambda doubt: doubt.line)


def _in_paragraph(node: Node, standards: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    text = node.text
    for found in _ODD_NUMBER.finditer(text):
        digits = found[1].translate(str.maketrans("lLIiOoSsBZ", "1111005582"))
        advice = f"{digits}/{found[2]}" if digits.isdecimal() else ""
        yield found[0], "số văn bản có chữ cái, có thể đọc nhầm", advice
    for found in _SPACED_NUMBER.finditer(text):
        yield found[0], "số văn bản có khoảng trắng", re.sub(r"\s+", "", found[0])
    for found in _ISO.finditer(text):
        number, sign, space, year = found.groups()
        if number not in _ISO_KNOWN:
            near = next((k for k in standards if _one_letter_apart(number, k)), "")
            yield found[0], "không có tiêu chuẩn ISO số này", f"ISO {near}:{year}" if near else ""
        elif sign != ":" or space:
            yield found[0], "tên tiêu chuẩn viết khác lệ thường", f"ISO {number}:{year}"
    for found in _DOUBLED.finditer(text):
        if found[1] not in _REAL_DOUBLES:
            yield found[0], "từ lặp lại", found[1]
    for found in _DOUBLED_PHRASE.finditer(text):
        if len(set(found[1].split())) > 1:
            yield found[0], "cụm từ lặp lại", found[1]
    for found in _YEARS.finditer(text):
        if found[1] != found[2]:
            yield found[0], f"năm trong số ({found[1]}) và năm trong ngày ({found[2]}) không khớp", ""
    for found in _DAY.finditer(text):
        if not (1 <= int(found[2]) <= 12 and 1 <= int(found[1]) <= 31):
            yield found[0], "không có ngày này", ""
    for found in _FOOTNOTE.finditer(text):
        start = text.rfind(" ", 0, found.start()) + 1
        yield (
            text[start : found.end()],
            "số dính sau chữ, có thể là dấu chú thích mà phần chú thích không còn",
            "",
        )
    for found in _STARS.finditer(text):
        yield found[0], "dấu của tệp chuyển đổi (Markdown) còn sót", re.sub(r"[*_#]", "", found[0]).strip()
    for found in _UNIT_AND.finditer(text):
        yield found[0], "chữ “và” đứng trước tên riêng", f"{found[1]} {found[2]}"
    text = _LIST_MARK.sub("", text)
    if text.count("(") != text.count(")") and node.kind is not NodeKind.ROW:
        at = text.find(")") if text.count(")") > text.count("(") else text.rfind("(")
        yield text[max(0, at - 30) : at + 30].strip(), "dấu ngoặc không đủ cặp", ""
    if "\ufffd" in text:
        yield text[max(0, text.index("\ufffd") - 20) :][:40], "ký tự hỏng", ""


def _one_letter_apart(one: str, other: str) -> bool:
    """Tell whether a digit was lost or taken for another."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    shorter, longer = sorted((one, other), key=len)
    return len(longer) == len(shorter) + 1 and any(
        longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))
    )


def _line_of(node: Node, shown: str, lines: Sequence[str]) -> int:
    """Find the line of the file a piece of a joined paragraph stands on."""
    if node.first_line == node.last_line:
        return node.first_line
    own_last = min(node.last_line, len(lines))
    stretch = [" ".join(lines[n - 1].split()) for n in range(node.first_line, own_last + 1)]
    for offset, line in enumerate(stretch):
        if shown in line:
            return node.first_line + offset
    at = " ".join(stretch).find(shown)
    for offset, line in enumerate(stretch):
        at -= len(line) + 1
        if at < 0:
            return node.first_line + offset
    return node.first_line


# ---- words ----


def _odd_words(text: LegalText, lines: Sequence[str]) -> Iterator[Doubt]:
    """Find small words with Vietnamese letters that can be no syllable ("đươc")."""
    places: dict[str, list[int]] = defaultdict(list)
    for node in text.walk():
        if node.cells:
            continue
        for found in _WORD.finditer(node.text):
            word = found[0]
            if word.islower() and not word.isascii() and not is_syllable(word):
                places[word].append(_line_of(node, word, lines))
    for word, at in places.items():
        yield Doubt(at[0], word, f"không phải âm tiết tiếng Việt{_also(at)}")


def _phrases_misread(text: LegalText, lines: Sequence[str]) -> Iterator[Doubt]:
    """Find known phrases written with other marks ("lanh đạo")."""
    known: dict[tuple[str, ...], str] = {}
    for phrase in _PHRASES.split(";"):
        known[tuple(fold(phrase).split())] = " ".join(phrase.split())
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for node in text.walk():
        words = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(node.text)]
        folded = [fold(w) for _, _, w in words]
        taken = -1
        for i in range(len(words)):
            for length in (4, 3, 2):
                key = tuple(folded[i : i + length])
                right = known.get(key)
                if right is None or i <= taken or len(key) < length:
                    continue
                start, end = words[i][0], words[i + length - 1][1]
                written = node.text[start:end]
                # A name in capitals, or words parted by a sign, is no such phrase.
                if _same(written, right) or not re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)*", written):
                    continue
                if length == 2 and written.lower() in _OTHER_WORDS:
                    continue
                places[(written, right)].append(_line_of(node, written, lines))
                taken = i + length - 1
                break
    for (written, right), at in places.items():
        advice = right.upper() if written.isupper() else right
        yield Doubt(at[0], written, f"khác dấu với từ thường dùng{_also(at)}", advice)


_OTHER_WORDS = frozenset(
    (
        "chi đào",
        "có quan",
        "công tắc",
        "cộng tác",
        "danh giá",
        "hội thao",
        "khoá học",
        "khóa học",
        "năng cao",
        "phẩm vì",
        "phủ lúc",
        "thị hành",
        "thứ trưởng",
        "viện chức",
    )
)
"""Pairs of words that are right although they differ from a phrase by marks alone."""


def _same(written: str, right: str) -> bool:
    return [split_tones(w) for w in written.lower().split()] == [split_tones(w) for w in right.split()]


def _two_spellings(text: LegalText) -> Iterator[Doubt]:
    """Find one name or word written in two ways through the document: Đăk and Đắk, uỷ and ủy."""
    placed: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    names: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for node in text.walk():
        for found in _WORD.finditer(node.text):
            word = found[0].lower()
            if not word.isascii() and any(pair in split_tones(word)[0] for pair in ("oa", "oe", "uy")):
                bare, tone = split_tones(word)
                placed[bare + tone][word].append(node.first_line)
            if found[0][0].isupper() and re.fullmatch(r"[Đđ][ăắ][kc]", found[0]):
                names["dak"][found[0]].append(node.first_line)
    old_way = {k: v for k, v in placed.items() if len(v) > 1}
    if old_way:
        shown = "; ".join(
            ", ".join(f"{word} ({len(at)})" for word, at in sorted(ways.items())) for ways in old_way.values()
        )
        first = min(at[0] for ways in old_way.values() for at in ways.values())
        yield Doubt(first, shown[:200], "hai cách đặt dấu thanh lẫn nhau trong một văn bản (không đổi nghĩa)")
    for ways in names.values():
        if len(ways) > 1:
            counts = ", ".join(f"{word} ({len(at)})" for word, at in sorted(ways.items()))
            rarer = min(ways.values(), key=len)
            yield Doubt(rarer[0], counts, f"một tên viết hai cách{_also(rarer)}")


def _also(at: Sequence[int]) -> str:
    others = list(dict.fromkeys(at[1:]))
    if not others:
        return ""
    more = "…" if len(others) > _MOST_OF_A_KIND else ""
    return f" (cả ở dòng {', '.join(map(str, others[:_MOST_OF_A_KIND]))}{more})"


# ---- sums ----


def check_sums(text: LegalText) -> list[SumCheck]:
    """Make every sum and count of the tables again, and those of amounts listed after "trong đó"."""
    checks: list[SumCheck] = []
    for node in text.walk():
        checks += _table_sums(node)
        checks += _counted(node)
        checks += _listed_amounts(node)
    return checks


def _rows(nodes: Iterable[Node]) -> list[Node]:
    return [n for n in nodes if n.cells and n.kind in (NodeKind.ROW, NodeKind.GROUP)]


def _table_sums(node: Node) -> Iterator[SumCheck]:
    below = _rows(node.children)
    if node.cells and node.kind is not NodeKind.TOTAL:
        yield from _product(node)
        if below:
            yield from _sums_against(node, node.cells, below)
    total = next((c for c in node.children if c.kind is NodeKind.TOTAL), None)
    if total is not None and below:
        declared = re.search(r"\((\d+)\s", total.text)
        if declared:
            listed = sum(1 for row in below for n in row.walk() if n.kind is NodeKind.ROW)
            yield SumCheck(
                total.first_line, f"{total.text.split(' | ')[0]}: số dòng", int(declared[1]), listed
            )
        yield from _sums_against(total, total.cells, below)


def _sums_against(holder: Node, cells: Sequence[str], below: Sequence[Node]) -> Iterator[SumCheck]:
    """Set a row's figures against those below it: numbers are added, crosses counted."""
    leaves = [
        leaf for row in below for leaf in row.walk() if leaf.kind is NodeKind.ROW and not _rows(leaf.children)
    ]
    label = next((c for c in cells if len(c) > 4 and any(map(str.isalpha, c))), holder.text)[:60]
    for column in range(1, min([len(cells), *(len(r.cells) for r in below)])):
        printed = _figure(cells[column])
        if printed is None:
            continue
        values = [_figure(row.cells[column]) for row in below]
        figures = [v for v in values if v is not None]
        crosses = sum(1 for leaf in leaves if leaf.cells[column].strip().upper() == "X")
        if crosses and not any(_figure(leaf.cells[column]) is not None for leaf in leaves):
            yield SumCheck(holder.first_line, label, printed, crosses)
        elif column == len(cells) - 1 and len(figures) == len(below):
            yield SumCheck(holder.first_line, label, printed, sum(figures))


def _product(row: Node) -> Iterator[SumCheck]:
    """Check price times quantity, in the last three columns."""
    if row.kind is not NodeKind.ROW or len(row.cells) < 5:
        return
    price, quantity, amount = (_figure(cell, unit=True) for cell in row.cells[-3:])
    if price and quantity and amount:
        yield SumCheck(row.first_line, f"{row.cells[1][:50]} (đơn giá × số lượng)", amount, price * quantity)


def _counted(node: Node) -> Iterator[SumCheck]:
    """Check "Năm 2022 (32 đơn vị)" and "Tổng (147 cơ quan)" against the rows."""
    found = _COUNTED.search(node.text.split(" | ")[0] if node.cells else node.text)
    if found is None:
        return
    printed = int(found[1] or found[2])
    rows = sum(1 for n in node.walk() if n.kind is NodeKind.ROW)
    if rows and node.kind is not NodeKind.TOTAL:
        yield SumCheck(node.first_line, node.text[:60], printed, rows)


def _listed_amounts(node: Node) -> Iterator[SumCheck]:
    """Check amounts in a list against the total in the paragraph that ends with "trong đó:"."""
    heads = [node, *(c for c in node.children if c.kind is NodeKind.PARAGRAPH)]
    head = next((h for h in heads if re.search(r"(trong đó|gồm|bao gồm)\s*:?\s*$", h.text)), None)
    if head is None:
        return
    total = _AMOUNT.findall(head.text)
    parts = [_AMOUNT.findall(c.text) for c in node.children if c.kind is NodeKind.DASH]
    if total and len(parts) > 1 and all(len(p) >= 1 for p in parts):
        yield SumCheck(
            head.first_line, head.text[:60], _whole(total[-1]), sum(_whole(part[-1]) for part in parts)
        )


def _figure(cell: str, *, unit: bool = False) -> int | None:
    """Read a cell as a whole number: "1.144.840", "09"; with `unit` also "01 cuộc"."""
    text = cell.strip()
    if unit:
        text = text.split(" ")[0]
    return _whole(text) if re.fullmatch(r"\d{1,3}(?:\.\d{3})+|\d+", text) else None


def _whole(text: str) -> int:
    return int(text.replace(".", ""))


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")
