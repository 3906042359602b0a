"""Try many inputs, new ones each time, and print their results."""

from __future__ import annotations

import argparse

from integration_tests.fuzz.judge import bench
from integration_tests.fuzz.properties import PROPERTIES
from integration_tests.fuzz.trial import tried


def main() -> None:
    """Print a line for each property. Raises the error of the first input with a wrong result."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.fuzz", description=__doc__)
    parser.add_argument("--n", type=int, default=2_000, help="how many inputs in total")
    number = -(-parser.parse_args().n // len(PROPERTIES))
    with bench() as site:
        for name, prop in PROPERTIES.items():
            became = tried(site, prop, number=number, reproducible=False)
            told = ", ".join(f"{count} {what}" for what, count in sorted(became.items()))
            print(f"{name}: {became.total()} tried, {told}; none ended in a traceback or a wrong exit code", flush=True)  # noqa: T201 - it is what this program is for


if __name__ == "__main__":
    main()
