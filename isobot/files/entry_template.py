"""Loads the workbook in which many units' figures of one period are filled in."""

from isobot.domain import deadlines
from isobot.domain.period_totals import by_level
from isobot.errors import NotFound
from isobot.exports.names import template_filename
from isobot.exports.template_xlsx import TemplateData, TemplateSheet
from isobot.files.desk import Desk
from isobot.files.period_table import SHEET_NAMES


async def load_template(
    desk: Desk, *, rule: str, period: str, province: str = "", units: list[str] | None = None
) -> tuple[TemplateData, str]:
    """Load who has to report for a period, and the form of each level.

    `province` limits it to the units of one province, `units` to the codes given.

    Raises:
        NotFound: there is no such period, or nobody of those has to report for it.
    """
    async with desk.reading():
        rules = desk.services.rules
        known = rules.get(rule, province) if province else rules.by_id(rule)
        due = deadlines.find_period(known, period) if known else None
        if known is None or due is None:
            raise NotFound(f"period {rule} {period}")
        owing = deadlines.reporting_units(known, due, desk.services.directory)
    mine = [u for u in owing if province in ("", u.province) and (units is None or u.code in units)]
    if not mine:
        raise NotFound(f"units of {rule} {period}")
    forms = desk.services.forms
    sheets = []
    for level, group in by_level(mine).items():
        chosen = forms.get(known.form_for(level), on=due.covers_to)
        form = forms.get(chosen.id, chosen.version, level=level)
        sheets.append(TemplateSheet(SHEET_NAMES[level], form, tuple(group)))
    whose = desk.province_name(province or mine[0].province)
    data = TemplateData(rule, period, known.title, due.label, due.last_day, tuple(sheets))
    return data, template_filename(whose, due.label)
