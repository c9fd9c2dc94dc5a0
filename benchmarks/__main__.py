"""Run the benchmarks and print their figures; exit 1 when a promise is not kept."""

import asyncio
import platform
import sys
from collections.abc import Callable

import structlog
from rich.console import Console

from benchmarks import latency, rollup, rush, simulator, throughput

BENCHMARKS: dict[str, Callable[[Console], bool]] = {
    "throughput": lambda console: asyncio.run(throughput.run(console)),
    "latency": lambda console: latency.run(console),
    "simulator": lambda console: asyncio.run(simulator.run(console)),
    "rollup": lambda console: asyncio.run(rollup.run(console)),
    "rush": lambda console: asyncio.run(rush.run(console)),
    "rush-34": lambda console: asyncio.run(rush.run(console, rush.COUNTRY)),
}
"""Each by its name: `python -m benchmarks simulator` runs that one alone."""


def main() -> int:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[])
    console = Console()
    console.print(f"Python {platform.python_version()}, {platform.machine()}, SQLite on the temporary folder")
    chosen = sys.argv[1:] or list(BENCHMARKS)
    kept = [BENCHMARKS[name](console) for name in chosen]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
