"""The lock on a data folder: one process alone polls and sends over a SQLite file."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from isobot.errors import SettingsError


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system gives it back even when the process is killed.

    Raises:
        SettingsError: another process serves this folder.
    """
    with (folder / "isobot.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingsError(
                f"isobot đang chạy với thư mục {folder}. "
                "Dừng tiến trình đó trước, hoặc đặt ISOBOT_DATA_DIR khác."
            ) from error
        yield
