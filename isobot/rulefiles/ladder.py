"""Reads the ladders of reminders: of reports, and of what must be done without a form."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from isobot.datafiles import data_dir, read_yaml
from isobot.domain.deadlines import (
    Audience,
    LadderStep,
)
from isobot.rulefiles.reading import Strict


class _LadderEntry(Strict):
    name: str = Field(pattern=r"^(O|T|T[+-]\d+)$")
    days: int | None = Field(default=None, ge=-90, le=90)
    to: tuple[Audience, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _name_says_the_days(self) -> Self:
        expected = None if self.name == "O" else int(self.name[1:] or 0)
        if self.days != expected:
            raise ValueError(f'"{self.name}" must have days: {expected}')
        return self


class _LadderFile(Strict):
    steps: tuple[_LadderEntry, ...] = Field(min_length=1)
    duties: tuple[_LadderEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        for steps in (self.steps, self.duties):
            order = [-1000 if step.days is None else step.days for step in steps]
            if order != sorted(set(order)):
                raise ValueError("the steps must stand in the order of their days, each once, O first")
        return self


def load_ladder(path: Path | None = None) -> tuple[LadderStep, ...]:
    """Read the ladder of reminders."""
    content = read_yaml(path or data_dir() / "ladder.yaml", _LadderFile)
    return tuple(LadderStep(step.name, step.days, frozenset(step.to)) for step in content.steps)


def load_duty_ladder(path: Path | None = None) -> tuple[LadderStep, ...]:
    """Read the ladder for what must be done without a form."""
    content = read_yaml(path or data_dir() / "ladder.yaml", _LadderFile)
    return tuple(LadderStep(step.name, step.days, frozenset(step.to)) for step in content.duties)
