"""Numbers and days as Vietnamese officers type them, and as they read them back."""

from isobot.domain.dates import format_date, read_date
from isobot.domain.numerals import format_number, read_integer, read_money, read_number

__all__ = ["format_date", "format_number", "read_date", "read_integer", "read_money", "read_number"]
