"""The addresses of a host, looked up within a time limit."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from concurrent import futures
from typing import Any, TypeAlias

Address: TypeAlias = tuple[int, int, int, str, Any]
"""What `socket.getaddrinfo` gives: family, type, protocol, canonical name, and the address for `connect`."""


class LookUpTooSlow(TimeoutError):
    """The name servers did not answer in time."""


def addresses(host: str, port: int, *, seconds: float) -> Sequence[Address]:
    """The addresses of the host for a TCP connection, in the order in which to try them.

    The system has no limit of its own for this: with three silent name servers it takes half a minute, and with search
    domains some times as long. So a thread asks, and is left behind when the time is over.

    Raises LookUpTooSlow, and what `socket.getaddrinfo` raises.
    """
    future: futures.Future[Sequence[Address]] = futures.Future()
    threading.Thread(target=_look_up, args=(host, port, future), daemon=True, name="look-up").start()
    try:
        return future.result(seconds)
    except futures.TimeoutError as error:
        if future.done():
            raise
        raise LookUpTooSlow("no address in time") from error


def _look_up(host: str, port: int, future: futures.Future[Sequence[Address]]) -> None:
    try:
        future.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except Exception as error:  # noqa: BLE001 - the waiting thread raises it
        future.set_exception(error)
