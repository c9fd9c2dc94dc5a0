"""Draws pictures as wide as a phone: large type, figures on the bars, colours that everybody tells apart.

The colours are those of Okabe and Ito, chosen for all kinds of colour blindness; each has its name and
its figure beside it, so that nothing rests on colour alone.
"""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from isobot.domain.numbers import format_date, format_number
from isobot.domain.standings import Standing
from isobot.domain.text import nfc
from isobot.exports.charts import ComparisonChart, LevelProgress, Pair, ProgressChart

WIDTH = 1080
MARGIN = 60
INNER = WIDTH - 2 * MARGIN
TALLEST = 6000
"""Pixels; a picture is cut to what stands on it."""

TITLE, HUGE, LARGE, NORMAL, SMALL = 64, 96, 48, 40, 32
"""Pixels; on a phone 400 points wide 32 pixels are 12 points."""

INK, GREY, PALE, PAPER = "#111111", "#555555", "#E6E6E6", "#FFFFFF"
BLUE, ORANGE = "#0072B2", "#E69F00"
_COLOURS = {
    Standing.ON_TIME: (BLUE, PAPER),
    Standing.EXTENDED: ("#56B4E9", INK),
    Standing.LATE: (ORANGE, INK),
    Standing.ON_PAPER: ("#CC79A7", INK),
    Standing.RETURNED: ("#D55E00", PAPER),
    Standing.MISSING: (PALE, INK),
}
_BAR, _THIN = 96, 60


@cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    return ImageFont.truetype(Path(__file__).parent / "fonts" / name, size)


class Sheet:
    """A picture that grows downwards."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (WIDTH, TALLEST), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self.at = MARGIN

    def text(self, text: str, size: int, *, bold: bool = False, colour: str = INK, after: int = 12) -> None:
        """Write a paragraph over the whole width, in as many lines as it takes."""
        font = _font(size, bold=bold)
        for part in wrapped(text, font, INNER):
            self._draw.text((MARGIN, self.at), part, font=font, fill=colour)
            self.at += round(size * 1.32)
        self.at += after

    def bar(self, parts: Sequence[tuple[int, str, str]], whole: int) -> None:
        """Draw parts of a whole in one row, each (count, colour, colour of its figure)."""
        left, drawn = float(MARGIN), 0
        for count, colour, ink in parts:
            drawn += count
            right = MARGIN + INNER * drawn / max(whole, 1)
            self._draw.rectangle((left, self.at, right, self.at + _BAR), fill=colour, outline=PAPER, width=3)
            figure, font = format_number(count), _font(LARGE, bold=True)
            if right - left > font.getlength(figure) + 16:
                middle = (left + right) / 2, self.at + _BAR / 2
                self._draw.text(middle, figure, font=font, fill=ink, anchor="mm")
            left = right
        self._draw.rectangle((MARGIN, self.at, MARGIN + INNER, self.at + _BAR), outline=GREY, width=3)
        self.at += _BAR + 20

    def key(self, colour: str, label: str, figure: str = "", *, hollow: bool = False) -> None:
        """Write a line of the legend: a square of its colour, what it is, and the figure at the right."""
        font = _font(NORMAL, bold=False)
        top = self.at + 6
        box = (MARGIN, top, MARGIN + 40, top + 40)
        fill, outline = (PAPER, colour) if hollow else (colour, GREY)
        self._draw.rectangle(box, fill=fill, outline=outline, width=5 if hollow else 2)
        self._draw.text((MARGIN + 60, self.at), label, font=font, fill=INK)
        if figure:
            end = WIDTH - MARGIN, self.at
            self._draw.text(end, figure, font=_font(NORMAL, bold=True), fill=INK, anchor="ra")
        self.at += 60

    def measure(self, figure: str, share: float, colour: str, *, hollow: bool = False) -> None:
        """Draw one bar of a share of the longest, with its figure behind it, or in it where it is long."""
        font = _font(NORMAL, bold=True)
        width = max(6.0, INNER * min(max(share, 0.0), 1.0))
        box = (MARGIN, self.at, MARGIN + width, self.at + _THIN)
        self._draw.rectangle(box, fill=PAPER if hollow else colour, outline=colour, width=5)
        length, middle = font.getlength(figure), self.at + _THIN / 2
        if MARGIN + width + 16 + length <= WIDTH - MARGIN:
            self._draw.text((MARGIN + width + 16, middle), figure, font=font, fill=INK, anchor="lm")
        else:
            ink = INK if hollow else PAPER
            self._draw.text((MARGIN + width - 16, middle), figure, font=font, fill=ink, anchor="rm")
        self.at += _THIN + 10

    def rule(self) -> None:
        """Draw a thin line between two parts."""
        self.at += 14
        self._draw.line((MARGIN, self.at, WIDTH - MARGIN, self.at), fill=PALE, width=4)
        self.at += 26

    def png(self) -> bytes:
        """Return the picture, cut to its height."""
        file = io.BytesIO()
        height = min(self.at + MARGIN // 2, TALLEST)
        self._image.crop((0, 0, WIDTH, height)).save(file, "PNG", optimize=True)
        return file.getvalue()


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Break a text between words, and a word that is too long anywhere."""
    lines: list[str] = []
    line = ""
    for word in nfc(text).split():
        while font.getlength(word) > width:
            fits = next(n for n in range(len(word), 0, -1) if n == 1 or font.getlength(word[:n]) <= width)
            lines += [part for part in (line, word[:fits]) if part]
            line, word = "", word[fits:]
        longer = f"{line} {word}".strip()
        if font.getlength(longer) <= width:
            line = longer
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line else lines


def draw_progress(data: ProgressChart) -> bytes:
    """Draw how many units have reported, level by level, and name some that have not."""
    sheet = Sheet()
    sheet.text(data.title, TITLE, bold=True)
    sheet.text(data.subtitle, NORMAL, colour=GREY, after=30)
    if len(data.levels) > 1:
        _whole(sheet, data)
    for level in data.levels:
        _level(sheet, level, alone=len(data.levels) == 1)
    for standing in Standing:
        count = sum(n for level in data.levels for s, n in level.counts if s is standing)
        if count:
            sheet.key(_COLOURS[standing][0], standing.label.capitalize(), format_number(count))
    if data.missing:
        sheet.rule()
        sheet.text("Chưa có số liệu:", NORMAL, bold=True, after=6)
        more = f"; và {format_number(data.more)} đơn vị khác" if data.more else ""
        sheet.text("; ".join(data.missing) + more + ".", NORMAL)
    sheet.rule()
    sheet.text(f"Lập ngày {format_date(data.made_on)} từ số liệu các đơn vị đã gửi.", SMALL, colour=GREY)
    return sheet.png()


def _whole(sheet: Sheet, data: ProgressChart) -> None:
    reported = sum(level.reported for level in data.levels)
    owed = sum(level.owed for level in data.levels)
    _headline(sheet, reported, owed, "đơn vị")


def _headline(sheet: Sheet, reported: int, owed: int, word: str) -> None:
    sheet.text(f"{format_number(reported)}/{format_number(owed)} {word}", HUGE, bold=True, after=0)
    sheet.text(f"đã có số liệu{_percent(reported, owed)}", LARGE, after=24)


def _percent(part: int, whole: int) -> str:
    return f" ({_decimal(100 * part / whole)}%)" if whole else ""


def _level(sheet: Sheet, level: LevelProgress, *, alone: bool) -> None:
    if alone:
        _headline(sheet, level.reported, level.owed, level.unit_word)
    else:
        said = f"{level.title}: {format_number(level.reported)}/{format_number(level.owed)}"
        sheet.text(said, LARGE, bold=True, after=10)
    sheet.bar([(count, *_COLOURS[standing]) for standing, count in level.counts], level.owed)
    sheet.at += 10


def draw_comparison(data: ComparisonChart) -> bytes:
    """Draw each total beside that of the period before, on a scale of its own."""
    sheet = Sheet()
    sheet.text(data.title, TITLE, bold=True)
    sheet.text(data.subtitle, NORMAL, colour=GREY, after=24)
    sheet.key(BLUE, f"{data.now_label} ({data.now_of})")
    if data.no_comparison:
        sheet.text(data.no_comparison, NORMAL, after=10)
    else:
        sheet.key(ORANGE, f"{data.before_label} ({data.before_of})", hollow=True)
    sheet.rule()
    for pair in data.pairs:
        _pair(sheet, pair, compared=not data.no_comparison)
    if not data.pairs:
        sheet.text("Kỳ này chưa có số liệu nào để so.", LARGE)
    sheet.rule()
    note = "Mỗi cặp cột có thước đo riêng. Đơn vị chưa báo cáo không được tính là số 0."
    sheet.text(f"{note} Lập ngày {format_date(data.made_on)}.", SMALL, colour=GREY)
    return sheet.png()


def _pair(sheet: Sheet, pair: Pair, *, compared: bool) -> None:
    sheet.text(pair.label, NORMAL, bold=True, after=4)
    known = [value for value in (pair.now, pair.before if compared else None) if value is not None]
    longest = 100 if pair.unit == "%" else max([*known, 0]) or 1
    for value, colour in ((pair.now, BLUE), (pair.before, ORANGE)) if compared else ((pair.now, BLUE),):
        if value is None:
            sheet.text("Chưa có số liệu", NORMAL, colour=GREY, after=4)
        else:
            sheet.measure(_figure(value, pair.unit), value / longest, colour, hollow=colour == ORANGE)
    sheet.at += 24


def _figure(value: float, unit: str) -> str:
    if unit == "%":
        return f"{_decimal(value)}%"
    return f"{format_number(round(value))} {unit}".strip()


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
