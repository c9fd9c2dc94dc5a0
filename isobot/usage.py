"""What is said of a command that was typed wrong: in Vietnamese, without the library's own usage text."""

from typing import Any

import typer


def words_for(error: typer.TyperException) -> str:
    """Say what is wrong with a command, and where its help is."""
    context: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.format_message()
    lines = [f"Lỗi: {_problem(error)}"]
    if context is not None:
        lines.append(f"Xem cách dùng: {context.command_path} --help")
    return "\n".join(lines)


def _problem(error: typer.TyperException) -> str:
    """Put what the library says into our words; what we raised ourselves stands as it is."""
    option = getattr(error, "option_name", "")
    parameter: Any = getattr(error, "param", None)
    if option:
        if not hasattr(error, "possibilities"):
            return f"tùy chọn {option} cần một giá trị."
        near = ", ".join(sorted(getattr(error, "possibilities", None) or ()))
        return f"không có tùy chọn {option}." + (f" Có phải: {near}?" if near else "")
    if parameter is not None:
        named = parameter.get_error_hint().replace("'", "")
        if hasattr(error, "param_type"):
            return f"thiếu {named}."
        return f"giá trị của {named} không dùng được."
    if error.message.startswith("No such command"):
        return f"không có lệnh {_quoted(error.message)}."
    if error.message.startswith("Got unexpected extra argument"):
        return f"thừa chữ trong lệnh: {error.message.rpartition('(')[2].rstrip(')')}."
    return error.message


def _quoted(message: str) -> str:
    return message.partition("'")[2].partition("'")[0]
