"""Run the benchmarks and print their figures; exit 1 when a promise is not kept."""

import asyncio
import platform
import sys

import structlog
from rich.console import Console

from benchmarks import latency, throughput


def main() -> int:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[])
    console = Console()
    console.print(f"Python {platform.python_version()}, {platform.machine()}, SQLite on the temporary folder")
    kept = [asyncio.run(throughput.run(console)), latency.run(console)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
