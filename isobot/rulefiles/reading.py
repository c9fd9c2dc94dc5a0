"""What the readers of these files share: strict entries, an office's own file in place of ours."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """An entry in which nothing stands that isobot would not read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def in_place(folder: Path, own: Path | None) -> list[Path]:
    """List the files of a folder in their order; one of the office's stands in place of its namesake."""
    found = {path.name: path for path in folder.glob("*.yaml")}
    found |= {path.name: path for path in own.glob("*.yaml")} if own is not None else {}
    return [found[name] for name in sorted(found)]
