"""Print what the locked packages weigh and under which licences they come; fail on a licence not agreed to.

Reads the metadata of the packages installed in this Python's environment, so run it with `.venv/bin/python`.
With `--check` it prints nothing unless something is wrong.
"""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)(?: ; (.*?))? \\$", re.MULTILINE)
MEGABYTE = 1_000_000

PERMISSIVE = ("MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation")
AGREED = {
    # Copyleft of a file or of a library, used unchanged: docs/dependencies.md says what that asks of us.
    "python-telegram-bot": "LGPL-3.0-only",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "psycopg-pool": "LGPL-3.0-only",
    "certifi": "Mozilla Public License 2.0 (MPL 2.0)",
    "hypothesis": "MPL-2.0",
    "pathspec": "Mozilla Public License 2.0 (MPL 2.0)",
}


def locked(lock: str) -> dict[str, str]:
    """Read the names and markers of a lock file."""
    return {name: marker for name, _, marker in PINNED.findall((ROOT / lock).read_text(encoding="utf-8"))}


def licence(package: Distribution) -> str:
    """Return what the package says of its licence: an expression, else classifiers, else free text."""
    said = package.metadata
    classes = [c.split(" :: ")[-1] for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    expression, free_text = (" ".join(said.get_all(f) or []) for f in ("License-Expression", "License"))
    return expression or " or ".join(classes) or free_text or "not stated"


def size(package: Distribution) -> float:
    """Add up the installed files, in megabytes."""
    files = (Path(str(file.locate())) for file in package.files or [])
    return sum(file.stat().st_size for file in files if file.is_file()) / MEGABYTE


def is_agreed(name: str, said: str) -> bool:
    """Accept permissive licences, and the few others by name."""
    if name in AGREED:
        return said == AGREED[name]
    return said.startswith(PERMISSIVE) and "GPL" not in said


def main() -> int:
    """Go through both locks; return 1 when a licence is not agreed to or a package is not installed."""
    quiet = "--check" in sys.argv
    runtime, development = locked("requirements.lock"), locked("requirements-dev.lock")
    problems: list[str] = []
    total = {"run": 0.0, "dev": 0.0}
    if not runtime:
        problems.append("requirements.lock: no package found in it")
    for name, marker in sorted(development.items()):
        kind = "run" if name in runtime else "dev"
        try:
            package = distribution(name)
        except PackageNotFoundError:
            if not marker:  # one with a marker may be for another platform
                problems.append(f"{name}: in the lock and not installed; run make setup-dev")
            continue
        said, weight = licence(package), size(package)
        total[kind] += weight
        if not is_agreed(name, said):
            problems.append(f"{name}: licence “{said}” is not agreed to; see docs/dependencies.md")
        if not quiet:
            print(f"{kind}  {weight:6.1f} MB  {name} {package.version}  {said}")
    if not quiet:
        print(f"total: {total['run']:.0f} MB to run, {total['dev']:.0f} MB more to develop")
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
