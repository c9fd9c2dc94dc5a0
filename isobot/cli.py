"""The `isobot` command: reads arguments, starts one thing.

What an administrator reads here is Vietnamese; help texts too. A command's own modules are loaded when it
is called, so that none waits for those of the others.
"""

import gc
import os
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from isobot.errors import IsobotError
from isobot.usage import words_for

COMMANDS = {
    "run": "run_cli:run",
    "migrate": "run_cli:migrate",
    "chat": "run_cli:chat",
    "ask": "ask_cli:ask",
    "remind": "remind_cli:remind",
    "invite": "office_cli:invite",
    "doctor": "office_cli:doctor",
    "serve": "delivery_cli:serve",
    "worker": "delivery_cli:worker",
    "units": "units_cli:units_app",
    "kb": "kb_cli:kb_app",
    "outbox": "delivery_cli:outbox_app",
    "rollup": "rollup_cli:rollup_app",
    "audit": "audit_cli:audit_app",
    "reports": "reports_cli:reports_app",
    "forms": "forms_cli:forms_app",
    "people": "people_cli:people_app",
    "bots": "bots_cli:bots_app",
}
"""Each command with its module and name: a function, or a group of commands."""


class _OnDemand(MutableMapping[str, Any]):
    """The commands, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _command(name, COMMANDS[name])
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _command(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"isobot.{module}"), attribute)
    if isinstance(found, typer.Typer):
        return typer.main.get_group(found)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name)(found)
    return typer.main.get_command(alone)


class _Commands(TyperGroup):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = _OnDemand()

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command; one that was typed wrong is told of in Vietnamese."""
        given = (args, prog_name, complete_var, False, windows_expand_args)
        if not standalone_mode:
            return super().main(*given, **extra)
        try:
            code = super().main(*given, **extra)
        except typer.Abort:
            print("Đã dừng.", file=sys.stderr)
            sys.exit(1)
        except typer.TyperException as error:
            print(words_for(error), file=sys.stderr)
            sys.exit(error.exit_code)
        sys.exit(code if isinstance(code, int) else 0)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    help="isobot: trợ lý cho cán bộ phụ trách ISO.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _isobot() -> None:
    pass


def main() -> None:
    """Run the command; an error raised on purpose is told in one line, without a traceback."""
    # What this program writes is for its own user: names and figures of offices.
    os.umask(0o077)
    # A start makes much that stays; looking through it again and again for what may go takes a fifth of it.
    gc.set_threshold(50_000, 20, 20)
    try:
        app()
    except IsobotError as error:
        print(f"isobot: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
