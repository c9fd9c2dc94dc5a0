"""Reads filled workbooks that chats sent, tells the dry run, and writes what was confirmed.

Fetching and parsing stand outside every transaction; only the checks and the writing are inside. A kill
in between loses nothing: the stage of the workbook says what is still to be done.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import structlog

from handlers import live
from handlers.filled_files import KEY
from handlers.services import Services
from isobot.actions.bulk import Plan, Rules, Written, plan_import, write_import
from isobot.chat.bell import Bell
from isobot.clock import Clock, vietnam_day
from isobot.domain.attached import LARGEST
from isobot.domain.bulk import Sheet
from isobot.domain.messages import Choice, Reply
from isobot.domain.people import STRANGER, Actor
from isobot.errors import ChannelBusy, FileUnavailable, Refusal
from isobot.sheetfiles import read_sheets
from isobot.storage import filled_files, people
from isobot.storage.database import Database
from isobot.storage.filled_files import FilledFile, Stage
from isobot.storage.store import Store

log = structlog.get_logger()

LOOK_SECONDS = 2.0
KEPT = timedelta(days=2)
SHOWN = 12
"""How many cells or units one message names; the rest is counted."""


class Source(Protocol):
    """A channel that can fetch what was sent to it."""

    bot: str

    async def fetch(self, source: Mapping[str, Any], most: int) -> bytes:
        """Return the content of a file of at most `most` bytes."""


class FilledDesk:
    """Works through the workbooks of the channels of one process."""

    def __init__(
        self, database: Database, services: Services, clock: Clock, sources: Sequence[Source], *, told: Bell
    ) -> None:
        self._database, self._services, self._clock = database, services, clock
        self._sources = {source.bot: source for source in sources}
        self._told = told

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                done = await self.step()
            except Exception:
                log.exception("workbooks_not_read")
                done = 0
            if not done:
                await asyncio.sleep(LOOK_SECONDS)

    async def step(self) -> int:
        """Deal with what waits; return how many workbooks came on."""
        async with self._database.read() as connection:
            waiting = await filled_files.at_work(connection, list(self._sources))
        done = [await self._deal_with(file) for file in waiting]
        if any(done):
            self._told.ring()
        return sum(done)

    async def _deal_with(self, file: FilledFile) -> bool:
        try:
            content = file.content
            if content is None:
                content = await self._sources[file.bot].fetch(file.source, LARGEST)
            sheets = await asyncio.to_thread(read_sheets, content)
        except ChannelBusy:
            return False
        except (FileUnavailable, Refusal) as problem:
            return await self._close(file, f"Tôi chưa đọc được tệp “{file.filename}”: {problem}")
        if file.stage == Stage.SENT:
            return await self._check(file, sheets, content)
        return await self._write(file, sheets)

    async def _check(self, file: FilledFile, sheets: Sequence[Sheet], content: bytes) -> bool:
        async with self._database.write() as connection:
            store = Store(connection, self._clock.now())
            await filled_files.forget(connection, before=store.now - KEPT)
            plan = await plan_import(
                store, actor=await self._actor(store, file), sheets=sheets, known=await self._known(store)
            )
            after = Stage.DONE if plan.problems else Stage.CHECKED
            kept = None if plan.problems else content
            if not await filled_files.move(connection, file.id, before=file.stage, after=after, content=kept):
                return False
            store.send(file.bot, file.chat, _dry_run(file, plan))
            await store.flush()
        return True

    async def _write(self, file: FilledFile, sheets: Sequence[Sheet]) -> bool:
        try:
            async with self._database.write() as connection:
                store = Store(connection, self._clock.now())
                if not await filled_files.move(connection, file.id, before=file.stage, after=Stage.DONE):
                    return False
                actor, known = await self._actor(store, file), await self._known(store)
                plan = await plan_import(store, actor=actor, sheets=sheets, known=known)
                written = await write_import(
                    store, actor=actor, plan=plan, known=known, send=file.stage == Stage.WANTED
                )
                store.send(file.bot, file.chat, Reply(_became(written)))
                await store.flush()
        except Refusal as refused:
            return await self._close(file, f"{refused} Anh/chị gửi lại tệp để tôi kiểm tra lại.")
        return True

    async def _close(self, file: FilledFile, why: str) -> bool:
        async with self._database.write() as connection:
            done = await filled_files.move(connection, file.id, before=file.stage, after=Stage.DONE)
            if done:
                store = Store(connection, self._clock.now())
                store.send(file.bot, file.chat, Reply(why))
                await store.flush()
        return done

    async def _actor(self, store: Store, file: FilledFile) -> Actor:
        keys = await people.identities_of(store.connection, file.person)
        found = await people.actors(store.connection, keys, on=vietnam_day(store.now))
        return next(iter(found.values()), STRANGER)

    async def _known(self, store: Store) -> Rules:
        await live.refresh_rules(store, self._services)
        return Rules(self._services.rules, self._services.forms, self._services.directory)


def _dry_run(file: FilledFile, plan: Plan) -> Reply:
    if plan.problems:
        shown = [f"• {problem}" for problem in plan.problems[:SHOWN]]
        more = [f"• và {len(plan.problems) - SHOWN} chỗ khác."] if len(plan.problems) > SHOWN else []
        head = f"Tệp “{file.filename}” có {len(plan.problems)} chỗ sai, tôi chưa ghi gì:"
        return Reply("\n".join([head, *shown, *more, "Anh/chị sửa tệp rồi gửi lại."]))
    lines = [f"Tệp “{file.filename}”: đọc được {len(plan.rows)} đơn vị, không có ô sai. Tôi chưa ghi gì."]
    whole = sum(1 for row in plan.rows if not row.lacking)
    lines.append(f"Đủ để gửi: {whole} đơn vị; còn thiếu, sẽ là bản nháp: {len(plan.rows) - whole}.")
    replaced = sum(len(row.replaced) for row in plan.rows)
    if replaced:
        lines.append(f"Sẽ thay {replaced} số đã có trong hệ thống.")
    odd = [f"• {row.unit.place_name}, {said}" for row in plan.rows for said in row.odd]
    if odd:
        lines += ["Xem lại trước khi ghi:", *odd[:SHOWN]]
    if len(odd) > SHOWN:
        lines.append(f"• và {len(odd) - SHOWN} số khác.")
    choices = (
        Choice(f"{KEY}:{file.id}:send", "Ghi và gửi", lasting=True),
        Choice(f"{KEY}:{file.id}:drafts", "Chỉ ghi nháp", lasting=True),
        Choice(f"{KEY}:{file.id}:drop", "Bỏ tệp này", lasting=True),
    )
    return Reply("\n".join(lines), choices)


def _became(written: Sequence[Written]) -> str:
    sent = [done for done in written if done.receipt]
    drafts = [done for done in written if not done.receipt]
    lines = [f"Đã ghi {sum(done.figures for done in written)} số của {len(written)} đơn vị."]
    if sent:
        lines.append(f"Đã gửi {len(sent)} báo cáo:")
        lines += [f"• {done.unit.place_name}: biên nhận {done.receipt}" for done in sent[:SHOWN]]
    if len(sent) > SHOWN:
        lines.append(f"• và {len(sent) - SHOWN} đơn vị khác.")
    if drafts:
        lines.append(f"Còn là bản nháp {len(drafts)}:")
        lines += [f"• {done.unit.place_name}: {done.why}" for done in drafts[:SHOWN]]
    return "\n".join(lines)
