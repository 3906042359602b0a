"""The report of a measured read. The measured process imports this module, so it must be light."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Report:
    """Wall and CPU seconds without the start of the process, its peak resident MB, and requests.

    `idle` is the share of the time in which its walkers had no request (benchmarks.busy).
    """

    wall: float
    cpu: float
    peak: float
    requests: int
    idle: float


def peak() -> float:
    """The peak memory of this process in MB. The kernel's other counter would include that of the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
