"""Attaching a file to a report: who may, and what its history says."""

from collections.abc import Mapping
from typing import Any

from isobot.actions.chain import write_event
from isobot.actions.reporting import NOT_YOURS
from isobot.domain.attached import check, name_of
from isobot.domain.people import Actor
from isobot.errors import Refusal
from isobot.storage import report_files
from isobot.storage.reports import ReportRecord
from isobot.storage.store import Store


async def attach(
    store: Store,
    *,
    actor: Actor,
    record: ReportRecord,
    file: Mapping[str, Any],
    caption: str,
    bot: str,
    chat: str,
    field: str = "",
) -> int:
    """Note a file of a report, to be fetched after the commit; return its number.

    Raises:
        Refusal: the report is not this person's, counts for nothing, or the file is of no kind we keep.
    """
    if record.practice_of:
        raise Refusal("Báo cáo nhập thử không nhận tệp. Tôi không lưu tệp vừa gửi.")
    if not actor.may_report_for(record.unit):
        raise Refusal(NOT_YOURS)
    check(file, caption=caption)
    name = name_of(file)
    number = await report_files.add(
        store.connection,
        report=record.id,
        field=field,
        filename=name,
        bot=bot,
        source={**file, "chat": chat},
        person=actor.id or 0,
        at=store.now,
    )
    write_event(store, record, actor, bot, "file", field=field, after={"file": number, "name": name})
    return number


def may_open(actor: Actor, *, unit: str, province: str) -> bool:
    """Tell whether a person may open the files of a unit's report."""
    return unit in actor.units_to_see() or actor.may_receive_from(province)
