"""The one reader of YAML: a mistake is told with its file, its place, what is wrong, and the cure."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from isobot.errors import DataFileError

M = TypeVar("M", bound=BaseModel)
_TEXT = "tag:yaml.org,2002:str"


class _Loader(yaml.CSafeLoader):
    """The safe loader, with a short way for texts, of which nearly every file is made."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag == _TEXT and isinstance(node, yaml.ScalarNode):
            return node.value
        return super().construct_object(node, deep=deep)


def data_dir() -> Path:
    """Return the folder of the forms, rules, calendar and units that ship with isobot."""
    return Path(__file__).parent / "data"


def read_yaml(path: Path, model: type[M]) -> M:
    """Read one file and check it against its model.

    Raises:
        DataFileError: the file is missing, is no YAML, or does not fit; it names the line.
    """
    text, content = _content_of(path)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise next(_faults(path, text, error)) from error


def faults_of(path: Path, model: type[BaseModel]) -> list[DataFileError]:
    """List everything in one file that does not fit its model, for whoever mends it in one go."""
    try:
        text, content = _content_of(path)
        model.model_validate(content)
    except DataFileError as fault:
        return [fault]
    except ValidationError as error:
        return list(_faults(path, text, error))
    return []


def _content_of(path: Path) -> tuple[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(path, "the file", f"cannot be read ({error})", mend="check its name") from error
    try:
        return text, yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}" if mark else "the file"
        problem = f"is not valid YAML: {error.problem}"
        raise DataFileError(path, place, problem, mend="check indentation and quotes") from error


def _faults(path: Path, text: str, error: ValidationError) -> Iterator[DataFileError]:
    # The lines are looked up only now: composing the file again takes as long as reading it.
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    for each in error.errors(include_url=False, include_input=False):
        problem = each["msg"].removeprefix("Value error, ")
        yield DataFileError(path, _place(root, each["loc"]), problem, mend=_cure(each["type"]))


def line_of(path: Path, loc: Sequence[int | str]) -> int:
    """Return the line where a key stands, or the nearest thing above it that the file has."""
    return _line(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader), loc)


def _place(root: yaml.Node | None, loc: Sequence[int | str]) -> str:
    """Say the line and the key path, as far down as the file goes."""
    path = ".".join(str(step) for step in loc)
    line = _line(root, loc)
    return f"line {line}, {path}" if path else f"line {line}"


def _line(root: yaml.Node | None, loc: Sequence[int | str]) -> int:
    node = root
    line = root.start_mark.line + 1 if root is not None else 1
    for step in loc:
        found = _child(node, step)
        if found is None:
            break
        node = found
        line = node.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    value: Any = None
    if isinstance(node, yaml.MappingNode):
        value = next((v for k, v in node.value if k.value == str(step)), None)
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        value = node.value[step]
    return value if isinstance(value, yaml.Node) else None


def _cure(kind: str) -> str:
    cures = {
        "missing": "add this key",
        "extra_forbidden": "remove this key, or correct its spelling",
        "enum": "use one of the values named",
        "value_error": "correct the value",
    }
    return cures.get(kind, "give a value of the kind named")
