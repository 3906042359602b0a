"""`python -m local_fauna` as a program: its one line, its end, its refusals."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest
import requests

from local_fauna import LocalFauna

COMMAND = [sys.executable, "-m", "local_fauna"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_says_what_it_is_answers_and_ends_well(number: signal.Signals) -> None:
    options = ["--port", "0", "--secret", "fnAEmine0001", "--sample", "bookshop", "--documents", "100"]
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        assert "stand-in for trying and testing" in line
        assert "nothing is kept" in line
        answer = requests.post(
            found[0],
            json={"exists": {"collection": "books"}},
            headers={"Authorization": "Bearer fnAEmine0001", "X-FaunaDB-API-Version": "4"},
            timeout=5,
        )
        child.send_signal(number)
        rest, errors = child.communicate(timeout=5)
    assert answer.json() == {"resource": True}
    assert (child.returncode, rest, errors) == (0, "", "")


@pytest.mark.parametrize("number", range(3))
def test_two_signals_one_right_after_the_other_end_it(number: int) -> None:
    del number
    with subprocess.Popen(
        [*COMMAND, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline()
        child.send_signal(signal.SIGINT)
        child.send_signal(signal.SIGTERM)
        try:
            rest, errors = child.communicate(timeout=5)
        finally:
            child.kill()
    assert (child.returncode, rest, errors) == (0, "", "")


def test_a_signal_while_the_sample_is_made_ends_it() -> None:
    source = """if True:
        import sys, time
        from local_fauna import __main__ as program
        def endless(query, documents):
            print("making it", flush=True)
            time.sleep(60)
        program.SAMPLES["bookshop"] = endless
        sys.exit(program.main())
    """
    command = [sys.executable, "-c", source, "--port", "0", "--sample", "bookshop"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "making it\n"
        child.send_signal(signal.SIGINT)
        child.send_signal(signal.SIGTERM)
        rest, errors = child.communicate(timeout=5)
    assert (child.returncode, rest, errors) == (0, "", "")


def test_it_ends_with_whoever_holds_its_input() -> None:
    command = [*COMMAND, "--port", "0", "--until-stdin-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline()
        assert child.poll() is None
        child.communicate(timeout=5)
    assert child.returncode == 0


def test_a_taken_port_is_told() -> None:
    with LocalFauna() as other:
        options = ["--port", str(other.port)]
        done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(rf"local_fauna cannot listen on port {other.port}: .*in use\.\n", done.stderr)


def test_an_unknown_sample_is_refused() -> None:
    done = subprocess.run([*COMMAND, "--sample", "none"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "bookshop" in done.stderr
