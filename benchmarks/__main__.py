"""Run the benchmarks and print their figures; exit 1 when a promise is not kept."""

import asyncio
import platform
import sys

import structlog
from rich.console import Console

from benchmarks import throughput


def main() -> int:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[])
    console = Console()
    console.print(f"Python {platform.python_version()}, {platform.machine()}, SQLite on the temporary folder")
    return 0 if asyncio.run(throughput.run(console)) else 1


if __name__ == "__main__":
    sys.exit(main())
