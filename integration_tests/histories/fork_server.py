"""The warmed parent of the connector's children: importing the CDK costs two seconds, a fork some milliseconds.

A program of its own, with a single thread, because a process with threads must not fork. It listens on a Unix socket.
A client sends one line, `{"arguments": [...], "folder": path, "tuning": {...}, "seeded_fault": name or null}`. The
child that it gets runs the connector's entry point with this connection as its standard output, and its temporary files
in the folder. After the connector's messages the last line is `{"exit_code": …}`, negative after a signal. The client
may send KILL or TELL_STACKS meanwhile.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn

from airbyte_cdk.entrypoint import PRINT_BUFFER, launch

from integration_tests.histories.runs import KILL, TELL_STACKS
from integration_tests.histories.seeded_faults import plant
from source_fauna.source import SourceFauna
from source_fauna.tuning import Tuning

BACKLOG = 16


class Server:
    """Forks and reaps. It alone sends signals to its children, so that none can hit a stranger with a used pid."""

    def __init__(self, path: str) -> None:
        self._children: dict[int, socket.socket] = {}
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(BACKLOG)
        self._woken, waker = socket.socketpair()
        for each in (self._woken, waker):
            each.setblocking(False)
        self._waker = waker
        signal.set_wakeup_fd(waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._fork)
        self._selector.register(self._woken, selectors.EVENT_READ, self._reap)

    def serve_until_end_of(self, lifeline: IO[str]) -> None:
        """Answer until `lifeline` ends, which it does with the process that holds its other end."""
        self._selector.register(lifeline, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    for pid in self._children:
                        os.kill(pid, signal.SIGKILL)
                    return
                key.data()

    def _fork(self) -> None:
        connection, _ = self._listener.accept()
        line = b""
        while not line.endswith(b"\n"):
            line += connection.recv(1 << 16)
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _run(connection, request)
        self._children[pid] = connection
        self._selector.register(connection, selectors.EVENT_READ, partial(self._obey, pid))

    def _obey(self, pid: int) -> None:
        connection = self._children.get(pid)
        if connection is None:
            # It ended, and was reaped just now.
            return
        order = b""
        with contextlib.suppress(ConnectionResetError):
            order = connection.recv(1)
        if order in (KILL, TELL_STACKS):
            os.kill(pid, signal.SIGKILL if order == KILL else signal.SIGUSR1)
        else:
            self._selector.unregister(connection)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            connection = self._children.pop(pid)
            with contextlib.suppress(KeyError):
                self._selector.unregister(connection)
            line = json.dumps({"exit_code": os.waitstatus_to_exitcode(status)})
            with connection, contextlib.suppress(OSError):
                connection.sendall(f"\n{line}\n".encode())


def _warm() -> None:
    """Load what a first run would load, so that no child does it again."""
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        stdout, sys.__stdout__ = sys.__stdout__, nowhere  # type: ignore[misc]  # the CDK's buffer writes there
        launch(SourceFauna(), ["spec"])
        sys.__stdout__ = stdout  # type: ignore[misc]
    gc.collect()
    gc.freeze()


def _run(connection: socket.socket, request: dict[str, Any]) -> NoReturn:
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        faulthandler.register(signal.SIGUSR1, all_threads=True)
        os.dup2(connection.fileno(), 1)
        # The CDK makes a directory for each command, which one that is killed never removes.
        tempfile.tempdir = request["folder"]
        # A buffer of a tenth of a second would let most children end before their first message is read.
        PRINT_BUFFER.flush_interval = 0.0
        if request["seeded_fault"] is not None:
            plant(request["seeded_fault"])
        numbers = dict(request["tuning"])
        patience = numbers.pop("patience", 1.0)
        tuning = Tuning(**numbers, sleep=partial(_sleep, patience))
        launch(SourceFauna(tuning=tuning), request["arguments"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:  # noqa: BLE001 - what the interpreter does with an error that nobody catches
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(code)


def _sleep(patience: float, seconds: float) -> None:
    time.sleep(patience * seconds)


def main() -> None:
    """Serve on the socket named by the argument."""
    _warm()
    assert threading.active_count() == 1
    server = Server(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_until_end_of(sys.stdin)


if __name__ == "__main__":
    main()
