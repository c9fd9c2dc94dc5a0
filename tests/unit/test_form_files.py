"""Form files: an office adds its own; a mistake is told with its place."""

import pytest

from isobot.domain.expressions import read_term
from isobot.domain.forms import Field, Form, FormFault, Kind
from isobot.domain.values import Value
from isobot.errors import DataFileError, NotFound
from isobot.formfiles import load_form, load_forms

GOOD = """
id: thu
version: 1
title: Thử
note: Đề xuất
fields:
  - {key: a, label: A, help: Vì sao, basis: Điều 1, kind: integer}
  - {key: b, label: B, help: Vì sao, basis: Điều 1, kind: integer, when: {gt: [a, 0]}}
checks:
  - {id: c, severity: error, hold: {le: [b, a]}, message: "{b} nhiều hơn {a}.", mend: Sửa.}
"""


def test_office_adds_a_form_of_its_own(tmp_path):
    path = tmp_path / "thu.yaml"
    path.write_text(GOOD, encoding="utf-8")
    form = load_form(path)
    values = {"a": Value.of(1), "b": Value.of(2)}
    assert [problem.message for problem in form.problems(values)] == ["2 nhiều hơn 1."]
    assert form.field("b").number == "1a"


@pytest.mark.parametrize(
    ("was", "becomes", "place", "said"),
    [
        ("key: b", "key: a", "fields.1", "stands twice"),
        ("{gt: [a, 0]}", "{gt: [c, 0]}", "fields.1 (b), when", "'c' is no field"),
        ("{gt: [a, 0]}", "{gt: [b, 0]}", "fields.1 (b), when", "'b' is no field"),
        ("{gt: [a, 0]}", "{gtt: [a, 0]}", "line 8, fields.1.when", "is no condition"),
        ("{le: [b, a]}", "{le: [b, z]}", "checks.0 (c), hold", "'z' is no field"),
        ("{b} nhiều", "{z} nhiều", "checks.0 (c)", "'z'"),
        ("kind: integer}", "kind: number}", "line 7, fields.0.kind", ""),
        ("kind: integer}", "kind: choice}", "fields.0 (a)", "choices"),
        ("label: A, ", "", "line 7, fields.0.label", "required"),
        ("label: A", "labell: A", "line 7, fields.0", ""),
        ("version: 1", "version: 0", "line 3, version", ""),
    ],
)
def test_mistake_in_a_form_file_is_told_with_its_place(tmp_path, was, becomes, place, said):
    path = tmp_path / "thu.yaml"
    path.write_text(GOOD.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as error:
        load_form(path)
    assert place in f"{error.value.place}"
    assert said in error.value.problem
    assert error.value.mend


def test_one_version_of_a_form_stands_in_one_file(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(DataFileError, match="in another file"):
        load_forms(tmp_path)


def test_newest_version_is_used_unless_one_is_named(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD.replace("version: 1", "version: 2"), encoding="utf-8")
    forms = load_forms(tmp_path)
    assert forms.get("thu").version == 2
    assert forms.get("thu", 1).version == 1
    with pytest.raises(NotFound):
        forms.get("thu", 3)


def a_field(kind: Kind = Kind.INTEGER, **rest) -> Field:
    return Field(key="f", number="1", label="Số", help="Để biết", basis="Điều 1", kind=kind, **rest)


def test_form_built_in_code_is_examined_too():
    field = a_field()
    with pytest.raises(FormFault, match="always asked"):
        Form("f", 1, "F", "", (a_field(computed=read_term(1)),))
    with pytest.raises(FormFault, match="stands twice"):
        Form("f", 1, "F", "", (field, field))
