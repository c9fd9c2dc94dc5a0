"""The terminal chat, for an administrator over ssh or a script with a pipe."""

import asyncio
import secrets
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from isobot.channels.shared import Arrivals, clean
from isobot.chat.door import Door
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.clock import Clock
from isobot.domain.attached import refusal_of_size
from isobot.domain.messages import Incoming, IncomingKind
from isobot.errors import FileUnavailable

PROMPT = "> "
WELCOME = "Anh/chị gõ tin rồi nhấn Enter. Nhấn Ctrl-D để thoát."
NO_ANSWER = "(Chưa có trả lời. Trả lời sẽ hiện khi có.)"
ANSWER_SECONDS = 30.0
QUIET_SECONDS = 0.5
"""An answer is taken as complete when nothing follows for so long."""
MOST_TEXT = 20_000


class TerminalChannel:
    """One person at one terminal; the chat is found again by the person's user name."""

    sends_files = True

    def __init__(
        self,
        door: Door,
        clock: Clock,
        *,
        user: str,
        folder: Path,
        source: TextIO | None = None,
        target: TextIO | None = None,
        bot: str = "terminal",
        answer_seconds: float = ANSWER_SECONDS,
        quiet_seconds: float = QUIET_SECONDS,
    ) -> None:
        """Prepare; `folder` takes the files that the bot sends, the standard streams are the default."""
        self.bot = bot
        self._door = door
        self._arrivals = Arrivals(clock)
        self._user = user
        self._folder = folder
        self._source = source or sys.stdin
        self._target = target or sys.stdout
        self._answer_seconds = answer_seconds
        self._quiet_seconds = quiet_seconds
        self._said = asyncio.Event()

    async def run(self) -> None:
        """Read lines until the input ends; each is answered before the next one is read."""
        by_hand = self._source.isatty()
        if by_hand:
            self._print(WELCOME)
        lines = self._lines()
        while True:
            if by_hand:
                self._target.write(PROMPT)
                self._target.flush()
            line = await lines.get()
            if line is None:
                return
            text = clean(line).strip()[:MOST_TEXT]
            if text:
                await self._ask(text)

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        """Print a message; its file goes into the folder, and the path is printed."""
        if message.reply.text or message.reply.choices:
            self._print(message.reply.as_plain_text())
        if file is not None:
            path = await asyncio.to_thread(self._save, file)
            self._print(f"Đã lưu tệp: {path}")
        self._print("")
        self._said.set()
        return None

    async def fetch(self, source: Mapping[str, Any], most: int) -> bytes:
        """Return a file of this machine that the person named with "@path".

        Raises:
            FileUnavailable: it cannot be read, or is larger than `most` bytes.
        """
        path = Path(str(source.get("path", "")))
        try:
            if path.stat().st_size > most:
                raise FileUnavailable(refusal_of_size())
            return await asyncio.to_thread(path.read_bytes)
        except OSError:
            raise FileUnavailable("không đọc được tệp trên máy này.") from None

    async def _ask(self, text: str) -> None:
        self._said.clear()
        file = _file_in(text)
        await self._door.take(
            [
                Incoming(
                    bot=self.bot,
                    chat=self._user,
                    sender=self._user,
                    event_id=secrets.token_hex(16),
                    order=self._arrivals.next(),
                    kind=IncomingKind.TEXT if file is None else IncomingKind.FILE,
                    text=text if file is None else "",
                    sender_name=self._user,
                    file=file,
                )
            ]
        )
        if not await self._heard(self._answer_seconds):
            self._print(NO_ANSWER)
        while await self._heard(self._quiet_seconds):
            pass

    async def _heard(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._said.wait()
        except TimeoutError:
            return False
        self._said.clear()
        return True

    def _lines(self) -> asyncio.Queue[str | None]:
        """Read the input in a thread that does not hold up the end of the program; None is its end."""
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read() -> None:
            # The loop may be closed by the time somebody presses a key.
            with suppress(RuntimeError, ValueError):
                for line in iter(self._source.readline, ""):
                    loop.call_soon_threadsafe(lines.put_nowait, line)
                loop.call_soon_threadsafe(lines.put_nowait, None)

        threading.Thread(target=read, daemon=True, name="terminal-input").start()
        return lines

    def _save(self, file: RenderedFile) -> Path:
        """Write a file under a name that is free."""
        self._folder.mkdir(parents=True, exist_ok=True)
        wanted = self._folder / (Path(file.filename).name or "tep")
        path, number = wanted, 1
        while True:
            try:
                with path.open("xb") as target:
                    target.write(file.content)
                return path
            except FileExistsError:
                number += 1
                path = wanted.with_stem(f"{wanted.stem}-{number}")

    def _print(self, text: str) -> None:
        print(text, file=self._target, flush=True)


def _file_in(text: str) -> dict[str, Any] | None:
    """Read "@/home/lan/to-trinh.pdf" as a file of this machine to be attached."""
    path = Path(text[1:]).expanduser()
    if not text.startswith("@") or not path.is_file():
        return None
    return {"path": str(path.resolve()), "name": path.name, "size": path.stat().st_size}
