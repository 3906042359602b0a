"""However long an answer is, little of it is read: memory and time stay within their bounds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration_tests.faults.commands import SECRET
from integration_tests.faults.floods import FLOODS, MEGABYTE, flood
from integration_tests.faults.servers import HOST, listening
from integration_tests.harness.inputs import catalog, write_inputs
from integration_tests.harness.telling import tell
from integration_tests.harness.tunings import FAST
from source_fauna.database.transport import MOST_BYTES

pytestmark = [pytest.mark.local_only, pytest.mark.xdist_group("floods")]

ROOT = Path(__file__).parent.parent.parent
SOCKET_BYTES = 16 * MEGABYTE
"""More than the buffers of both sides hold, which a client that closes has not read."""

MOST_MEGABYTES = 300
TOO_LONG = "the answer is longer than the 64 MiB that the connector reads"
REASONS = {
    "redirect": "Invalid JSON.",
    "empty lists": "the answer holds more than the connector can take at once",
    "error": "502: the answer holds no error of a Fauna database",
}


def reason_of(name: str) -> str:
    return next((reason for part, reason in REASONS.items() if part in name), TOO_LONG)


@pytest.mark.parametrize("name", FLOODS)
def test_no_more_is_read_than_the_limit_and_the_reason_is_told(name: str) -> None:
    sent: list[int] = []
    with listening(flood(name, sent)) as port:
        config = {"domain": HOST, "port": port, "scheme": "http", "secret": SECRET}
        told = tell("check", tuning=FAST, config=config).fit_for_users()
    status, message = told.check_status
    assert status == "FAILED"
    assert message.startswith(f"Failed to connect to database: {reason_of(name)}")
    assert max(sent, default=0) < MOST_BYTES + SOCKET_BYTES


@pytest.mark.parametrize("command", ["check", "read"])
@pytest.mark.parametrize("name", ["a gigabyte in gzip", "a gigabyte in chunks", "60 MB of empty lists"])
def test_memory_and_time_stay_within_their_bounds(tmp_path: Path, name: str, command: str) -> None:
    with listening(flood(name)) as port:
        megabytes, seconds = cost(tmp_path, port, command)
    assert megabytes < MOST_MEGABYTES
    assert seconds < 20.0


TELLING_ITS_PEAK = """
import atexit, pathlib, re, runpy, sys
report, status = pathlib.Path(sys.argv.pop(1)), pathlib.Path("/proc/self/status")
atexit.register(lambda: report.write_text(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]))
runpy.run_path("main.py", run_name="__main__")
"""
"""What the system tells of a child counts the memory of the process that it was forked from. This counts its own."""


def cost(folder: Path, port: int, command: str) -> tuple[float, float]:
    """The peak memory of a command in megabytes, and its CPU seconds: a busy machine blurs those of the clock."""
    config = {"domain": HOST, "port": port, "scheme": "http", "secret": SECRET}
    files = {"config": config, **({"catalog": catalog("full_refresh", "foo")} if command == "read" else {})}
    arguments = write_inputs(folder, command, **files)
    peak = folder / "peak"
    with subprocess.Popen(
        [sys.executable, "-c", TELLING_ITS_PEAK, str(peak), *arguments], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return int(peak.read_text(encoding="utf-8")) / 1024, usage.ru_utime + usage.ru_stime
