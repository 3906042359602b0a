"""`python -m local_fauna`: a small Fauna to try the connector with, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from local_fauna.local import DEFAULT_KEY, LocalFauna
from local_fauna.sample import SAMPLES

if TYPE_CHECKING:
    from types import FrameType


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local_fauna", description=__doc__)
    parser.add_argument("--port", type=int, default=8443, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--secret", default=DEFAULT_KEY, help="the admin key (default: %(default)s)")
    parser.add_argument("--sample", choices=sorted(SAMPLES), help="begin with this sample database")
    parser.add_argument("--documents", type=int, help="about how many documents the sample holds")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="wait this long before each answer")
    parser.add_argument(
        "--until-stdin-ends", action="store_true", help="end with the standard input too, so with whoever holds it"
    )
    return parser.parse_args()


_ENDING = (signal.SIGINT, signal.SIGTERM)


class _Stopped(BaseException):
    """A signal came before the server ran. It derives from BaseException, so that no error handler catches it."""


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    # A second signal must not break into the end that the first one began, even if it has come already.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    for each in _ENDING:
        signal.signal(each, _pass_over)
    raise _Stopped


def _pass_over(number: int, frame: FrameType | None) -> None:
    del number, frame


def _serve(arguments: argparse.Namespace) -> None:
    fauna = LocalFauna(port=arguments.port, secret=arguments.secret, latency_seconds=arguments.latency_ms / 1000)
    if arguments.sample is not None:
        SAMPLES[arguments.sample](fauna.query, documents=arguments.documents)
    sample = "" if arguments.sample is None else f" with the sample {arguments.sample}"
    # A signal that a thread of the server takes does not wake this one. So signals are blocked before that thread is
    # made, which inherits this, and wait until sigwait takes them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    with fauna:
        print(
            f"local_fauna{sample} at {fauna.url} (secret {fauna.secret}): a stand-in for trying and testing, "
            "nothing is kept. Ctrl-C stops it.",
            flush=True,
        )
        if arguments.until_stdin_ends:
            threading.Thread(target=_end_with_stdin, daemon=True).start()
        signal.sigwait(_ENDING)


def _end_with_stdin() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """Serve until SIGINT or SIGTERM, or until standard input ends, if that is asked for.

    Returns 0, or 1 if the port is taken.
    """
    arguments = _arguments()
    for number in _ENDING:
        signal.signal(number, _stop)
    try:
        _serve(arguments)
    except _Stopped:
        pass
    except OSError as error:
        print(f"local_fauna cannot listen on port {arguments.port}: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
