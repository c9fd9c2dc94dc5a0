"""Everything that is read from files at the start; a mistake in any of them stops it there."""

from dataclasses import dataclass
from pathlib import Path

import knowledge
from isobot.datafiles import data_dir
from isobot.domain.calendar import WorkCalendar
from isobot.domain.deadlines import LadderStep, RuleBook
from isobot.domain.units import Province
from isobot.errors import DataFileError
from isobot.formfiles import Forms, load_forms
from isobot.rulefiles import load_calendar, load_duty_ladder, load_ladder, load_rules
from isobot.unitfiles import load_provinces
from knowledge.corpus import Corpus, load_corpus


@dataclass(frozen=True, slots=True)
class Content:
    """The files an office may change, checked."""

    forms: Forms
    rules: RuleBook
    ladder: tuple[LadderStep, ...]
    duty_ladder: tuple[LadderStep, ...]
    calendar: WorkCalendar
    provinces: dict[str, Province]
    corpus: Corpus


def load_content(*, own_forms: Path | None = None, own: Path | None = None) -> Content:
    """Read forms, rules, ladder, calendar, provinces and cards.

    `own_forms` is the office's folder of forms. In `own` its other files stand, each in place of its
    namesake of isobot: ladder.yaml, hours.yaml, rules/*.yaml, calendar/*.yaml.

    Raises:
        DataFileError: one of them cannot be used; it names file, place, problem and cure.
    """
    forms = load_forms(own=own_forms)
    rules = load_rules(own=own / "rules" if own else None)
    ladder = _own_file(own, "ladder.yaml")
    for rule in rules.rules:
        for form in rule.forms.values():
            if all(form != known.id for known in forms):
                problem = f"there is no form {form!r}"
                raise DataFileError(data_dir() / "rules", rule.id, problem, mend="name a form of data/forms")
    corpus = load_corpus(Path(knowledge.__path__[0]))
    return Content(
        forms=forms,
        rules=rules.with_documents({d.key: d.full_name() for d in corpus.documents.values()}),
        ladder=load_ladder(ladder),
        duty_ladder=load_duty_ladder(ladder),
        calendar=load_calendar(hours=_own_file(own, "hours.yaml"), own=own / "calendar" if own else None),
        provinces=dict(load_provinces()),
        corpus=corpus,
    )


def _own_file(own: Path | None, name: str) -> Path | None:
    """Return the office's own file; None where it has none, and that of isobot counts."""
    path = own / name if own is not None else None
    return path if path is not None and path.exists() else None
