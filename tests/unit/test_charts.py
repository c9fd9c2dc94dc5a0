"""Pictures for a phone: opened again, measured, and looked at pixel by pixel where that says something."""

import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from isobot.domain.standings import Standing
from isobot.exports import drawing
from isobot.exports.charts import (
    ComparisonChart,
    LevelProgress,
    Pair,
    ProgressChart,
    comparison_png,
    progress_png,
)

DAY = date(2026, 11, 2)
COMMUNES = LevelProgress(
    "Cấp xã", "xã", ((Standing.ON_TIME, 60), (Standing.LATE, 27), (Standing.MISSING, 37))
)


def progress(*levels, **changes) -> ProgressChart:
    fields = {
        "title": "Tiến độ báo cáo ISO",
        "subtitle": "Tháng 10/2026 · Thanh Hóa · hạn 31/10/2026",
        "levels": levels or (COMMUNES,),
        "made_on": DAY,
    }
    return ProgressChart(**{**fields, **changes})


def comparison(*pairs, **changes) -> ComparisonChart:
    fields = {
        "title": "So với kỳ trước",
        "subtitle": "Báo cáo ISO · Thanh Hóa",
        "now_label": "Tháng 10/2026",
        "now_of": "87/124 xã",
        "before_label": "Tháng 5/2026",
        "before_of": "101/124 xã",
        "pairs": pairs or (Pair("Số TTHC đã đưa vào hệ thống", "thủ tục", 12340, 6170),),
        "made_on": DAY,
    }
    return ComparisonChart(**{**fields, **changes})


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def widths(picture: Image.Image, colour: str) -> list[int]:
    """Return, line by line, how many pixels have a colour."""
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    found = []
    for y in range(picture.height):
        row = picture.crop((0, y, picture.width, y + 1))
        found.append({c: n for n, c in row.getcolors(picture.width)}.get(wanted, 0))
    return found


def test_pictures_are_as_wide_as_a_phone_and_higher_than_wide():
    picture = opened(progress_png(progress(missing=tuple(f"UBND xã Số {n}" for n in range(8)), more=29)))
    assert picture.width == 1080
    assert 1080 <= picture.height <= 2400


def test_count_reported_and_owed_leaves_out_nobody():
    assert (COMMUNES.reported, COMMUNES.owed) == (87, 124)


def test_length_of_a_bar_is_its_share():
    picture = opened(progress_png(progress()))
    on_time = max(widths(picture, drawing.BLUE))
    # A white rim of three pixels parts the colours; the figure on the bar hides no whole line.
    assert on_time == pytest.approx(drawing.INNER * 60 / 124, abs=8)


def test_twice_as_much_is_twice_as_long():
    picture = opened(comparison_png(comparison()))
    now = max(widths(picture, drawing.BLUE))
    before = max(widths(picture, drawing.ORANGE))
    assert now / before == pytest.approx(2, abs=0.03)


def test_share_is_measured_against_a_hundred():
    picture = opened(comparison_png(comparison(Pair("Tỷ lệ", "%", 50.0, 25.0))))
    assert max(widths(picture, drawing.BLUE)) == pytest.approx(drawing.INNER / 2, abs=8)


def test_nothing_stands_beside_a_period_that_has_none_to_compare_with():
    alone = comparison(no_comparison="Chưa có kỳ trước để so.", before_label="", before_of="")
    assert max(widths(opened(comparison_png(alone)), drawing.ORANGE)) == 0


def test_period_without_figures_is_said_and_not_drawn():
    assert opened(comparison_png(comparison(Pair("Hồ sơ", "", None, None)))).height > 300
    empty = ComparisonChart("So", "Kỳ", "Nay", "0/5 xã", "Trước", "1/5 xã", (), DAY)
    assert opened(comparison_png(empty)).height > 300


@pytest.mark.parametrize("bold", [False, True])
def test_every_vietnamese_letter_is_in_the_font(bold):
    letters = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯYđĐ"
    tones = "\u0300\u0301\u0303\u0309\u0323"
    import unicodedata

    words = {unicodedata.normalize("NFC", letter + tone) for letter in letters[:-2] for tone in tones}
    font = drawing._font(40, bold=bold)
    missing = bytes(font.getmask("\uffff"))
    for letter in sorted(words | set(letters) | set("0123456789.,%/()–“”·…₫")):
        assert len(letter) == 1
        assert bytes(font.getmask(letter)) != missing, letter


def test_small_type_is_still_large_on_a_phone():
    # 1080 pixels are shown about 400 points wide: 30 pixels are 11 points.
    assert min(drawing.TITLE, drawing.HUGE, drawing.LARGE, drawing.NORMAL, drawing.SMALL) >= 30


def test_colours_are_told_apart_without_seeing_red_or_green():
    """In grey, neighbours on a bar differ by a fifth at least, or carry a figure and a name of their own."""
    grey = {
        s: sum(w * int(c[a : a + 2], 16) for w, a in ((0.3, 1), (0.59, 3), (0.11, 5)))
        for s, (c, _) in drawing._COLOURS.items()
    }
    assert abs(grey[Standing.ON_TIME] - grey[Standing.LATE]) > 51
    assert abs(grey[Standing.ON_TIME] - grey[Standing.MISSING]) > 51
    assert abs(grey[Standing.LATE] - grey[Standing.MISSING]) > 51


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120), st.integers(60, 960))
def test_broken_text_fits_and_loses_nothing(text, width):
    font: ImageFont.FreeTypeFont = drawing._font(40, bold=False)
    lines = drawing.wrapped(text, font, width)
    assert all(font.getlength(line) <= width or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(drawing.nfc(text).split())


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(Standing)), st.integers(1, 10_000)), max_size=6))
def test_any_counts_make_a_picture(counts):
    made = progress(LevelProgress("Cấp xã", "xã", tuple(counts)), COMMUNES)
    assert opened(progress_png(made)).width == 1080
