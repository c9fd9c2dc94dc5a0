"""Old encodings inside Unicode text: only runs of them are decoded, and nothing else is touched."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.importer.legacy import TCVN3, decode_lines, decode_text
from knowledge.importer.model import Line, Remarks
from knowledge.importer.syllables import is_syllable

ONSETS = "b c ch d đ g h k kh l m n ng nh ph qu r s t th tr v x".split()  # noqa: SIM905
BODIES = "a an ang ao ay ăn ăng ân âu e en ê ên i inh o oa oan oi on ong ô ôi ôn ông ơ ơi u ung uy ư ưng ương".split()  # noqa: SIM905, E501
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]


def _toned(onset: str, body: str, tone: str) -> str:
    at = max(i for i, c in enumerate(body) if unicodedata.normalize("NFD", c)[0] in "aeiouy")
    return unicodedata.normalize("NFC", onset + body[: at + 1] + tone + body[at + 1 :])


SYLLABLES = st.builds(
    _toned, st.sampled_from(ONSETS), st.sampled_from(BODIES), st.sampled_from(TONES)
).filter(is_syllable)
PIECES = st.one_of(
    SYLLABLES,
    SYLLABLES.map(str.capitalize),
    SYLLABLES.map(str.upper),
    st.sampled_from(
        [
            "ISO",
            "9001:2015",
            "19/2014/QĐ-TTg",
            "-",
            "a)",
            "“một cửa”",
            "H’Drai",
            "Đăk",
            "café",
            "©",
            "25°C",
            "m²",
        ]
    ),
)


def _as_tcvn3(text: str, *, lose_horns: bool = False) -> str:
    codes = {letter: code for code, letter in TCVN3.items() if code != "∙"}
    written = "".join(codes.get(letter, letter) for letter in text)
    return written.replace("\u00ad", "") if lose_horns else written


@given(st.lists(PIECES, min_size=1, max_size=30).map(" ".join))
def test_unicode_vietnamese_comes_back_as_it_was(text: str):
    decoded, changes, _ = decode_text(text)

    assert decoded == text
    assert changes == []


@given(st.lists(SYLLABLES, min_size=1, max_size=12).map(" ".join))
def test_a_whole_text_in_tcvn3_is_read_back(words: str):
    text = f"hệ thống quản trị {words} để đảm bảo"

    decoded, _, _ = decode_text(_as_tcvn3(text))

    assert decoded == text


def test_only_the_run_is_decoded_and_the_change_is_told():
    line = "Cơ quan " + _as_tcvn3("lập kế hoạch để xây dựng") + ", áp dụng, duy trì hệ thống."
    remarks = Remarks()

    [decoded] = decode_lines([Line(7, line)], remarks)

    assert decoded.text == "Cơ quan lập kế hoạch để xây dựng, áp dụng, duy trì hệ thống."
    [change] = remarks.changes
    assert (change.line, change.after) == (7, "lập kế hoạch để xây dựng")


def test_a_lost_horn_comes_back_where_nothing_else_can_be_meant():
    decoded, _, doubts = decode_text(_as_tcvn3("chất lượng và trường hợp được nêu", lose_horns=True))

    assert decoded == "chất lượng và trường hợp được nêu"
    assert doubts == []


def test_a_lost_horn_that_leaves_another_word_is_reported_not_guessed():
    decoded, _, doubts = decode_text(_as_tcvn3("quyền của người dân", lose_horns=True))

    assert decoded == "quyền của ngời dân"
    [doubt] = doubts
    assert (doubt.text, doubt.suggestion) == ("ngời", "người")


def test_a_soft_hyphen_kept_in_the_run_is_the_horn():
    decoded, _, doubts = decode_text(_as_tcvn3("tư tưởng của người lập"))

    assert decoded == "tư tưởng của người lập"
    assert doubts == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("heä thoáng quaûn lyù chaát löôïng", "hệ thống quản lý chất lượng"),
        ("UÛY BAN NHAÂN DAÂN", "ỦY BAN NHÂN DÂN"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
    ],
)
def test_vni_is_read(written: str, meant: str):
    assert decode_text(written)[0] == meant


def test_a_foreign_word_alone_proves_no_old_encoding():
    text = "Công ty Citroën và Müller giới thiệu quán café của Jérôme."

    assert decode_text(text)[0] == text


def test_letters_composed_otherwise_become_one_form():
    remarks = Remarks()

    [line] = decode_lines([Line(1, unicodedata.normalize("NFD", "Quyết định"))], remarks)

    assert line.text == "Quyết định"
