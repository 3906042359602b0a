"""The cost of starting a command: `spec`, compared to the CDK's entry point alone."""

from __future__ import annotations

import re
import sys

from benchmarks.children import Cost, run
from benchmarks.tables import Table, times

IMPORT_LINE = re.compile(rb"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
CDK = "import airbyte_cdk.entrypoint"
SPEC = "from source_fauna.run import run; run(['spec'])"


def startup(*, quick: bool) -> Table:
    """CPU and wall time of the commands, and of what the connector imports beyond the CDK, by package."""
    rounds = 3 if quick else 9
    cdk, spec = [], []
    for _ in range(rounds):
        cdk.append(_cost(CDK))
        spec.append(_cost(SPEC))
    least = {"the CDK's entry point": cdk, "source-fauna spec": spec}
    cpu = {name: min(cost.cpu for cost in costs) for name, costs in least.items()}
    wall = {name: min(cost.wall for cost in costs) for name, costs in least.items()}
    base = cpu["the CDK's entry point"]
    rows = [[name, f"{cpu[name]:.2f}", f"{wall[name]:.2f}", times(cpu[name] / base)] for name in least]
    rows += [[f"of it, imports of {name}", f"{seconds:.2f}", "", ""] for name, seconds in _own_imports()]
    return Table(
        title="Start",
        about=f"The least of {rounds} runs, in seconds; imports by -X importtime, without those of the CDK.",
        header=["", "CPU", "wall", "against the CDK"],
        rows=rows,
    )


def _cost(code: str, *options: str) -> Cost:
    return run([sys.executable, *options, "-c", code])


def _own_imports() -> list[tuple[str, float]]:
    cdk, spec = (_import_seconds(_cost(code, "-X", "importtime").said) for code in (CDK, SPEC))
    seconds: dict[str, float] = {}
    for module, each in spec.items():
        if module not in cdk:
            package = module.partition(".")[0]
            seconds[package] = seconds.get(package, 0.0) + each
    return sorted(seconds.items(), key=lambda item: -item[1])[:3]


def _import_seconds(report: bytes) -> dict[str, float]:
    return {name.decode(): int(micros) / 1e6 for micros, name in IMPORT_LINE.findall(report)}
