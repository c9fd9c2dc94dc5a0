"""Vietnamese as officers type it, read back as what they meant."""

from pathlib import Path

import pytest

from knowledge.keystrokes import decode_telex, decode_vni
from knowledge.lexicon import load_lexicon
from knowledge.references import ReferenceFinder
from knowledge.spelling import one_spelling
from knowledge.tcvn3 import unicode_text
from knowledge.vietnamese import Reader
from knowledge.vocabulary import Vocabulary

LEXICON = load_lexicon(Path(__file__).parents[2] / "knowledge" / "lexicon.yaml")
TEXTS = [
    LEXICON.everyday,
    "báo cáo định kỳ gửi Sở Khoa học và Công nghệ; đánh giá nội bộ; ISO điện tử của huyện Mường Lát",
    "báo cáo định kỳ; đánh giá nội bộ; kế hoạch; huyện; điện tử; quyết định của Thủ tướng; hệ thống",
    "Quyết định 4775, Thông tư 116; xã Quân, xã Mường, lần, người; chất lượng; đơn vị; lập dự toán",
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(LEXICON, Vocabulary(TEXTS))


def read(reader: Reader, text: str) -> str:
    return " ".join(word.marked for word in reader.read(text))


def test_both_ways_of_composing_letters_read_alike(reader):
    composed, decomposed = "báo cáo", "báo cáo"
    assert read(reader, composed) == read(reader, decomposed) == "báo cáo"


@pytest.mark.parametrize(("typed", "meant"), [("hoà", "hòa"), ("uỷ", "ủy"), ("thuý", "thúy"), ("quý", "quý")])
def test_a_tone_may_stand_on_either_vowel(typed, meant):
    assert one_spelling(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("baos", "báo"),
        ("nguwowif", "người"),
        ("mươngf", "mường"),
        ("nooij", "nội"),
        ("laanf", "lần"),
        ("quaan", "quân"),
    ],
)
def test_telex_keys_left_in_the_text_are_undone(typed, meant):
    assert decode_telex(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"), [("ba1o", "báo"), ("d9ie65n", "điện"), ("tu73", "tử"), ("Ngu7o7i2".lower(), "người")]
)
def test_vni_keys_left_in_the_text_are_undone(typed, meant):
    assert decode_vni(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kếhoạch", "kế hoạch"),
        ("đánhgiá nộibộ", "đánh giá nội bộ"),
        ("huyệnmường lát", "huyện mường lát"),
        ("bao caos", "bao cáo"),
    ],
)
def test_words_run_together_are_cut_where_syllables_meet(reader, typed, meant):
    assert read(reader, typed) == meant


def test_one_wrong_letter_is_read_by_its_neighbours(reader):
    assert [w.bare for w in reader.read("thủ tướg")] == ["thu", "tuong"]
    assert [w.bare for w in reader.read("hệ thốg")] == ["he", "thong"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("SKHCN", "sở khoa học và công nghệ"),
        ("TT 116", "thông tư 116"),
        ("TT Mường", "thị trấn mường"),
        ("qđ19/2014", "quyết định 19/2014"),
        ("Đ4 QĐ 19", "điều 4 quyết định 19"),
        ("ISO đt", "iso điện tử"),
        ("đv mk bc ntn", "đơn vị mình báo cáo như thế nào"),
    ],
)
def test_short_forms_are_written_out_by_what_stands_beside_them(reader, typed, meant):
    assert read(reader, typed) == meant


def test_text_in_the_old_tcvn3_encoding_becomes_unicode():
    assert unicode_text("lËp kÕ ho¹ch cô thÓ ®Ó x©y dùng") == "lập kế hoạch cụ thể để xây dựng"


def test_unicode_text_beside_tcvn3_is_left_alone():
    assert unicode_text("áp dụng hÖ thèng qu¶n lý, mở rộng").endswith("mở rộng")


def test_ordinary_vietnamese_is_never_taken_for_tcvn3():
    text = "Các đơn vị gửi báo cáo về Sở, đúng hạn và đủ số liệu."
    assert unicode_text(text) == text


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("qd 19", "19/2014/QĐ-TTg"),
        ("quyet dinh 19", "19/2014/QĐ-TTg"),
        ("19/2014", "19/2014/QĐ-TTg"),
        ("quyet dinh so 4775", "thanh-hoa"),
        ("chi thi 02/2007", "ha-nam"),
        ("ke hoach 05", "tuyen-quang"),
        ("thong tu 116/2015/tt-btc", "116/2015/TT-BTC"),
        ("cong van 3003", "3003/BKHCN-TĐC"),
    ],
)
def test_a_document_is_known_by_any_form_of_its_number(knowledge, written, key):
    finder = ReferenceFinder(knowledge.corpus.documents.values())
    written = written.replace("qd", "quyet dinh")
    assert key in {k for reference in finder.find(written) for k in reference.keys}


@pytest.mark.parametrize(
    "text", ["ngay 29/11/2021", "iso 9001:2015", "nam 2023", "truoc ngay 15/12", "16 lop"]
)
def test_dates_years_and_standards_are_no_document_numbers(knowledge, text):
    finder = ReferenceFinder(knowledge.corpus.documents.values())
    assert finder.find(text) == ()
