"""On time, late, or late with leave (đúng hạn, quá hạn, được gia hạn), in words."""

from datetime import date

from isobot.domain.deadlines import Extension, Period
from isobot.domain.numbers import format_date


def sent_words(period: Period, extension: Extension | None, sent_on: date) -> str:
    """Say how the first version of a report stands to its last day; it never changes with corrections."""
    common = period.last_day
    if sent_on <= common:
        return "đúng hạn"
    if extension is not None and sent_on <= extension.last_day:
        return f"quá hạn, được gia hạn đến {format_date(extension.last_day)}"
    after = f"gửi sau hạn {(sent_on - common).days} ngày"
    if extension is None:
        return after
    return f"{after}, dù được gia hạn đến {format_date(extension.last_day)}"


def waiting_words(period: Period, extension: Extension | None, today: date) -> str:
    """Say how much time is left for figures that are not in."""
    common = period.last_day
    if extension is not None and today <= extension.last_day:
        until = f"được gia hạn đến {format_date(extension.last_day)}"
        return until if today <= common else f"quá hạn, {until}"
    if today <= common:
        return f"còn {(common - today).days} ngày"
    return f"quá hạn {(today - common).days} ngày"
