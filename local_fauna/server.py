"""Uvicorn on loopback, in a thread of its own, that starts and stops at once."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.server import ServerState

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope

HOST = "127.0.0.1"
IDLE_SECONDS = 5
"""The real server closes a connection after this much idleness, which was measured on one."""

_BACKLOG = 2048
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: closing sends RST."""


class Server:
    """An ASGI application on a port of this machine.

    `start` returns when connections are accepted, OSError when the port is taken. `stop` breaks what is open.
    It has its own loop, because uvicorn's Server checks only every 0.1 s whether to stop, and waits for open answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app,
            interface="asgi3",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            timeout_keep_alive=IDLE_SECONDS,
        )
        self._config.load()
        self._state = ServerState()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self, port: int) -> int:
        """Listen on this port, or on a free one for 0; returns the port."""
        # With the protocol named: by it asyncio turns Nagle's algorithm off, on which 40 ms an answer hang.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
            raise
        taken: int = listener.getsockname()[1]
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener, started)), name="local_fauna", daemon=True
        )
        self._thread.start()
        started.result()
        return taken

    def stop(self) -> None:
        """Break all connections and end the thread; nothing happens when it does not run."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    def break_connection(self, scope: Scope, *, reset: bool) -> None:
        """Close the connection of this request after what was sent, or reset it (RST)."""
        client = tuple(scope["client"])
        connections: set[Any] = set(self._state.connections)
        connection = next(one for one in connections if one.client == client)
        if reset:
            handle = connection.transport.get_extra_info("socket")
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            connection.transport.abort()
        else:
            connection.transport.close()

    async def _serve(self, listener: socket.socket, started: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._state = ServerState()
        protocol: Any = self._config.http_protocol_class
        server = await self._loop.create_server(
            lambda: protocol(config=self._config, server_state=self._state, app_state={}),
            sock=listener,
            backlog=_BACKLOG,
        )
        started.set_result(None)
        await self._stopping.wait()
        # Refuse new connections first, then close those being made: closing the server alone would leave them open.
        self._loop.remove_reader(listener)
        await asyncio.gather(*(asyncio.all_tasks() - self._state.tasks - {asyncio.current_task()}))
        server.close()
        tasks = set(self._state.tasks)
        for connection in set(self._state.connections):
            connection.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
