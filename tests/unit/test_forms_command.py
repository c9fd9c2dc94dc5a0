"""An office's own forms: put into its folder, checked, shown, and used for the periods they hold for."""

from datetime import date

import pytest
from typer.testing import CliRunner

from isobot.cli import app
from isobot.content import load_content
from isobot.domain.forms import Form
from isobot.domain.values import Value
from isobot.errors import DataFileError
from isobot.formfiles import load_forms

OWN = """
id: bieu-cua-so
version: 1
title: Biểu của Sở
note: Do Sở đặt.
level_note: Dùng cho sở, ban, ngành.
fields:
  - {key: status, label: Tình trạng, help: Vì sao, basis: Đề xuất, kind: choice,
     choices: [{key: chua, label: Chưa}, {key: roi, label: Rồi}]}
  - {key: total, label: Tổng số, help: Vì sao, basis: Đề xuất, kind: integer, unit: việc, example: "12",
     keep: true, skip: {one_of: [status, [chua]]}}
  - {key: done, label: Đã xong, help: Vì sao, basis: Đề xuất, kind: integer, when: {gt: [total, 0]}}
  - {key: scan, label: Bản quét, help: Vì sao, basis: Đề xuất, kind: file, required: false, levels: [so]}
  - {key: money, label: Nguồn, help: Vì sao, basis: Đề xuất, kind: amounts, example: tài trợ 5 triệu,
     choices: [{key: ngan-sach, label: Ngân sách}, {key: tai-tro, label: Tài trợ}]}
ratios:
  - {key: ty_le, label: Tỷ lệ xong, part: done, whole: total}
checks:
  - {id: xong, severity: error, hold: {le: [done, total]}, message: "{done} nhiều hơn {total}.", mend: Sửa.}
  - {id: tang, severity: warning, hold: {ge: [total, last.total]},
     message: "Kỳ trước {last.total}.", mend: "Xem lại mục {total.number}."}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ISOBOT_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "forms").mkdir()
    return tmp_path / "forms"


def isobot(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output


def test_office_form_stands_beside_those_that_ship(folder):
    (folder / "so.yaml").write_text(OWN, encoding="utf-8")
    code, listed = isobot("forms", "list")
    assert code == 0
    assert "bieu-cua-so" in listed
    assert "xa-rut-gon" in listed
    form = load_content(own_forms=folder).forms.get("bieu-cua-so")
    assert [field.number for field in form.fields] == ["1", "2", "2a", "3", "4"]
    (problem,) = form.problems({"status": Value.of("roi"), "total": Value.of(3)}, last={"total": Value.of(9)})
    assert problem.as_text() == "Kỳ trước 9 việc. Xem lại mục 2."


def test_form_is_shown_in_words(folder):
    (folder / "so.yaml").write_text(OWN, encoding="utf-8")
    code, shown = isobot("forms", "show", "bieu-cua-so")
    assert code == 0
    assert "Biểu bieu-cua-so, bản 1, của cơ quan; 4 câu luôn hỏi." in shown
    assert "2. Tổng số [total]: số nguyên, việc; có khi bỏ qua; gợi ý giữ số kỳ trước; cộng" in shown
    assert "tang (lưu ý): Kỳ trước …." in shown
    assert "Bản quét" not in isobot("forms", "show", "bieu-cua-so", "--level", "chi-cuc")[1]


def test_form_that_is_not_there_is_answered_with_those_that_are(folder):
    code, said = isobot("forms", "show", "xa-rut")
    assert code != 0
    assert "xa-rut-gon" in said
    assert "các bản: 1" in isobot("forms", "show", "xa-rut-gon", "--version", "9")[1]


def test_forms_that_ship_pass_the_check(folder):
    code, told = isobot("forms", "check")
    assert (code, "đều dùng được" in told) == (0, True)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("[status, [chua]]", "[status, [chuaa]]", "'chuaa' is no choice of 'status'; use one of chua, roi"),
        ("[status, [chua]]", "[total, [chua]]", "'total' is no field above this place"),
        ("last.total]}", "last.totals]}", "'last.totals' is no field above"),
        ("when: {gt: [total, 0]}", "when: {gt: [last.total, 0]}", "only a check may read the last period"),
        ("part: done", "part: don", "ratios.0 (ty_le): 'don' is no field"),
        ("keep: true, skip", "last: before, skip", "line 11, fields.1 (total), last: 'before' is no field"),
        ("unit: việc, ", "unit: việc, when: {given: status}, ", "it has both `when` and `skip`"),
        ('example: "12"', 'example: "mười hai rưỡi"', "fields.1 (total), example"),
        ("kind: file,", "kind: flie,", "fields.3.kind"),
        ("note: Do Sở đặt.", "note: Do Sở đặt.\nfrom: 2026-01-01\nuntil: 2025-12-31", '"until"'),
        ("id: bieu-cua-so", "id: xa-rut-gon", "ships with isobot as version 1; use version 2"),
    ],
)
def test_mistake_is_told_with_file_key_and_cure(folder, was, becomes, said):
    path = folder / "so.yaml"
    assert was in OWN
    path.write_text(OWN.replace(was, becomes, 1), encoding="utf-8")
    code, told = isobot("forms", "check", str(path))
    assert code == 1
    assert said in told.replace("\n", " ")
    assert "so.yaml" in told
    assert "1 chỗ cần sửa." in told


def test_one_file_a_folder_or_all_forms_can_be_checked(folder):
    path = folder / "so.yaml"
    path.write_text(OWN.replace("id: bieu-cua-so", "id: xa-rut-gon"), encoding="utf-8")
    for place in ((), (str(folder),), (str(path),)):
        code, told = isobot("forms", "check", *place)
        assert (code, "use version 2" in told.replace("\n", " ")) == (1, True)
    code, told = isobot("forms", "check", str(folder / "none.yaml"))
    assert (code, "Không có tệp hay thư mục" in told) == (2, True)


def test_every_mistake_of_a_file_is_told_at_once(folder):
    text = OWN.replace("kind: file", "kind: flie").replace("label: Tổng số, ", "").replace("title", "titel")
    (folder / "so.yaml").write_text(text, encoding="utf-8")
    code, told = isobot("forms", "check")
    assert code == 1
    assert "4 chỗ cần sửa." in told  # a misspelt key is one too many, and one too few
    assert {"fields.3.kind", "fields.1.label", "titel"} <= set(
        told.replace(":", " ").replace(",", " ").split()
    )


def test_nothing_starts_with_a_form_that_does_not_fit(folder):
    (folder / "so.yaml").write_text(OWN.replace("id: bieu-cua-so", "id: xa-rut-gon"), encoding="utf-8")
    with pytest.raises(DataFileError, match="use version 2"):
        load_content(own_forms=folder)


def later_version(text: str, first_day: str) -> str:
    return text.replace("version: 1", "version: 2").replace(
        "note: Do Sở đặt.", f"note: Do Sở đặt.\nfrom: {first_day}"
    )


def test_report_of_2024_keeps_the_form_of_2024(folder):
    (folder / "cu.yaml").write_text(OWN, encoding="utf-8")
    new = later_version(OWN, "2025-01-01").replace("label: Tổng số", "label: Tổng số việc")
    (folder / "moi.yaml").write_text(new, encoding="utf-8")
    forms = load_forms(own=folder)

    def label(form: Form) -> str:
        return form.field("total").label

    then, now = (forms.get("bieu-cua-so", on=day) for day in (date(2024, 12, 14), date(2025, 12, 14)))
    assert (then.version, label(then)) == (1, "Tổng số")
    assert (now.version, label(now)) == (2, "Tổng số việc")
    reprinted = forms.get("bieu-cua-so", 1, on=date(2026, 11, 21))
    assert reprinted is then
    assert then.lines({"status": Value.of("roi"), "total": Value.of(3)})[1] == (
        then.field("total"),
        Value.of(3),
    )


def test_day_that_no_version_was_made_for_takes_the_nearest_before(folder):
    text = OWN.replace("note: Do Sở đặt.", "note: Do Sở đặt.\nfrom: 2024-01-01\nuntil: 2024-12-31")
    (folder / "cu.yaml").write_text(text, encoding="utf-8")
    forms = load_forms(own=folder)
    days = (date(2020, 1, 1), date(2024, 6, 1), date(2030, 1, 1))
    assert {forms.get("bieu-cua-so", on=day).version for day in days} == {1}
