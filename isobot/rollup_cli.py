"""`isobot rollup`: totals on the command line; the rows they are added up from, checked and made anew."""

import json
from typing import Annotated, Any

import typer

from isobot.actions import counting
from isobot.actions.totals import Register, period_totals
from isobot.commands import with_core
from isobot.core import Core
from isobot.domain import deadlines
from isobot.domain.period_totals import PeriodTotals
from isobot.domain.rollup import Totals
from isobot.storage.store import Store

MOST_SHOWN = 20

rollup_app = typer.Typer(no_args_is_help=True, help="Tổng hợp số liệu.", rich_markup_mode=None)


@rollup_app.command("show")
def show(
    rule: Annotated[str, typer.Option(help="Mã chế độ báo cáo: th-xa, kt-nam, ...")],
    period: Annotated[str, typer.Option(help="Mã kỳ: 2026-05, 2026, ...")],
    as_json: Annotated[bool, typer.Option("--json", help="In dạng JSON.")] = False,
) -> None:
    """In số tổng hợp của một kỳ, kèm đơn vị chưa gửi."""

    async def go(core: Core) -> None:
        services = core.services
        known = services.rules.by_id(rule)
        due = deadlines.find_period(known, period) if known else None
        if known is None or due is None:
            raise typer.BadParameter(f"Không có kỳ “{period}” của chế độ “{rule}”.")
        async with core.database.read() as connection:
            totals = await period_totals(
                Store(connection, core.clock.now()),
                Register(services.directory, services.forms),
                rule=known,
                period=due,
                province=known.province if known.province != deadlines.NATIONAL else "",
            )
        if as_json:
            print(json.dumps(_as_json(totals), ensure_ascii=False))
        else:
            _print(totals)

    with_core(go)


def _print(totals: PeriodTotals) -> None:
    whole = totals.whole
    print(f"{totals.rule.title}, {totals.period.label}")
    print(f"Đã gửi: {whole.coverage(most=None)}")
    print(f"Tình hình: {whole.timeliness()}")
    for total in whole.fields:
        print(f"{total.field.number or '–'}\t{total.label}\t{total.show()}\t({total.parts()})")
    for ratio in whole.ratios:
        print(f"\t{ratio.ratio.label}\t{ratio.show()}")
    if totals.apart is not None:
        named = "; ".join(unit.place_name for unit in totals.apart.reported)
        print(f"Gửi ngoài diện phải báo cáo, không cộng vào số trên: {named}")


def _as_json(totals: PeriodTotals) -> dict[str, Any]:
    return {
        "rule": totals.rule.id,
        "period": totals.period.key,
        "whole": _totals_json(totals.whole),
        "levels": {group.key: _totals_json(group.totals) for group in totals.levels},
        "apart": _totals_json(totals.apart) if totals.apart else None,
    }


def _totals_json(totals: Totals) -> dict[str, Any]:
    return {
        "reported": len(totals.reported),
        "owed": len(totals.owed),
        "missing": [unit.code for unit in totals.missing],
        "fields": {
            total.field.key: {
                "sum": total.sum,
                "given": total.given,
                "at_least_one": total.at_least_one,
                "none_arising": total.none_arising,
                "blank": total.blank,
                "choices": {option.key: units for option, units in total.choices},
            }
            for total in totals.fields
        },
        "ratios": {ratio.ratio.key: ratio.percent for ratio in totals.ratios},
    }


@rollup_app.command("check")
def check() -> None:
    """So từng số đang cộng với bản đã gửi; có chỗ lệch thì nêu rõ."""

    async def go(core: Core) -> None:
        async with core.database.read() as connection:
            store = Store(connection, core.clock.now())
            found = await counting.discrepancies(store, core.services.forms)
            crooked = await counting.crooked_lines(store)
        for one in found[:MOST_SHOWN]:
            where = f"Báo cáo {one.report} ({one.unit or 'không còn hiệu lực'} {one.period})"
            if one.form_lost:
                print(f"{where}: không còn biểu {one.form_lost} nên chưa cộng được; đặt lại tệp biểu đó.")
                continue
            print(f"{where}: thiếu {len(one.lacking)} số, thừa {len(one.surplus)} số.")
        if found or crooked:
            print(
                f"Có {len(found)} báo cáo lệch, {crooked} dòng cộng sai. "
                "Lập lại bằng lệnh: isobot rollup rebuild"
            )
            raise typer.Exit(1)
        print("Mọi số đang cộng đều khớp với bản đã gửi.")

    with_core(go)


@rollup_app.command("rebuild")
def rebuild() -> None:
    """Lập lại mọi số dùng để tổng hợp từ các bản đã gửi."""

    async def go(core: Core) -> None:
        async with core.database.write() as connection:
            count = await counting.rebuild(Store(connection, core.clock.now()), core.services.forms)
        print(f"Đã lập lại số liệu của {count} báo cáo.")

    with_core(go)
