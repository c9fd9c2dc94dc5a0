"""The officers of the benchmark: what each answers to the twelve questions of the communes' form."""

from isobot.domain.forms import Form
from isobot.formfiles import load_forms

FORM = "xa-rut-gon"

ANSWERS = (
    ("status", "Đang áp dụng, chưa công bố"),
    ("tthc_total", "120"),
    ("tthc_in", "120 thủ tục"),
    ("proc_changes", "6"),
    ("legal_changes", "không phát sinh"),
    ("ia_count", "0"),
    ("mr_count", "không phát sinh"),
    ("nc_found", "0"),
    ("complaints", "không phát sinh"),
    ("train_people", "25"),
    ("fund_spent", "0"),
    ("difficulties", "không phát sinh"),
)
"""Answers that open none of the form's further questions, so that both bots ask exactly these twelve."""


def load_form() -> Form:
    """Return the form that both bots ask."""
    return load_forms().get(FORM)
