"""Structured logs, with every token masked wherever it may stand."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

# Telegram and Zalo tokens: digits, a colon, a long secret; they sit inside URLs.
_TOKEN = re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{16,}")
_MASK = "***"

_OUT_OF_REACH = {"OperationalError", "InterfaceError", "ConnectorException"}
"""How the libraries call it when the database is away; they have no class in common."""
_OURS = ("isobot", "handlers", "knowledge", "scheduler")


def _in_short(error: BaseException) -> str | None:
    """Tell in one line that the database is away, and where that was noticed; None for other errors.

    It is noticed every second by several parts, and a traceback has a hundred lines.
    """
    if not any(kind.__name__ in _OUT_OF_REACH for kind in type(error).__mro__):
        return None
    said = next(iter(str(error).strip().splitlines()), "")
    files = ((Path(f.filename), f.lineno) for f in traceback.extract_tb(error.__traceback__))
    places = [f"{file.parent.name}/{file.name}:{line}" for file, line in files if _is_ours(file)]
    return f"{type(error).__name__}: {said}" + (f" ({places[-1]})" if places else "")


def _is_ours(file: Path) -> bool:
    return "site-packages" not in file.parts and not {*_OURS}.isdisjoint(file.parts)


def _shorten(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.get("exc_info")
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given is True else None
    if error is not None and (short := _in_short(error)) is not None:
        del event["exc_info"]
        event["problem"] = short
    return event


class _Mask:
    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return _TOKEN.sub(_MASK, text)

    def __call__(self, _logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            if isinstance(value, str):
                event[key] = self.clean(value)
            elif not isinstance(value, int | float | bool | None.__class__):
                event[key] = self.clean(str(value))
        return event


class _MaskFilter(logging.Filter):
    def __init__(self, mask: _Mask) -> None:
        super().__init__()
        self._mask = mask

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._mask.clean(record.getMessage())
        record.args = ()
        if record.exc_info and record.exc_info[1] is not None:
            told = _in_short(record.exc_info[1]) or logging.Formatter().formatException(record.exc_info)
            record.exc_text = self._mask.clean(told)
        return True


class _JsonLines(logging.Formatter):
    """Writes what libraries log in the shape of our own lines."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "event": record.getMessage(),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_text:
            line["exception"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


_NOISY = ("httpx", "httpcore", "telegram", "apscheduler", "alembic", "uvicorn", "aiosqlite", "procrastinate")


def configure(*, level: str, as_json: bool, secrets: Iterable[str] = ()) -> None:
    """Set up logs to standard error; `secrets` are masked literally, tokens by their shape too."""
    mask = _Mask(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_MaskFilter(mask))
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    handler.setFormatter(_JsonLines() if as_json else plain)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _shorten,
            structlog.processors.format_exc_info,
            mask,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
