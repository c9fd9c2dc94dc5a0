"""Structured logs, with every token masked wherever it may stand."""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

# Telegram and Zalo tokens: digits, a colon, a long secret; they sit inside URLs.
_TOKEN = re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{16,}")
_MASK = "***"


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
        if record.exc_info:
            record.exc_text = self._mask.clean(logging.Formatter().formatException(record.exc_info))
        return True


def configure(*, level: str, as_json: bool, secrets: Iterable[str] = ()) -> None:
    """Set up logs to standard error; `secrets` are masked literally, tokens by their shape too."""
    mask = _Mask(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_MaskFilter(mask))
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "telegram", "apscheduler", "alembic", "uvicorn", "aiosqlite"):
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
            structlog.processors.format_exc_info,
            mask,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
