"""Misbehaving servers, each on a free port of this machine."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

HOST = "127.0.0.1"
Handler = Callable[[socket.socket, threading.Event], None]
"""Serves one connection until it has enough, or until the event tells that the server ends."""


@contextmanager
def listening(handler: Handler, *, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that gives each connection to the handler, in a thread of its own; with TLS by a context."""
    ends = threading.Event()
    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=_accept, args=(listener, handler, context, ends), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            ends.set()
            # Closing the socket alone would not end the thread's accept.
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, handler: Handler, context: ssl.SSLContext | None, ends: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, handler, context, ends), daemon=True).start()


def _serve(connection: socket.socket, handler: Handler, context: ssl.SSLContext | None, ends: threading.Event) -> None:
    with contextlib.suppress(OSError), connection:
        if context is None:
            handler(connection, ends)
            return
        with context.wrap_socket(connection, server_side=True) as secured:
            handler(secured, ends)


def silent(_: socket.socket, ends: threading.Event) -> None:
    """Accept, and never send anything. For a client of TLS, the handshake gets no answer."""
    ends.wait()


def closing(connection: socket.socket, _: threading.Event) -> None:
    """Close every connection at once."""
    connection.close()


def slow_headers(seconds: float) -> Handler:
    """Send a header line now and then, for ever. Each wait is short, but the answer never comes."""

    def handle(connection: socket.socket, ends: threading.Event) -> None:
        request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not ends.wait(seconds):
            connection.sendall(b"x-wait: 1\r\n")

    return handle


def slow_body(seconds: float) -> Handler:
    """Send a byte of the body now and then, for ever."""

    def handle(connection: socket.socket, ends: threading.Event) -> None:
        request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not ends.wait(seconds):
            connection.sendall(b" ")

    return handle


def announcing(body: bytes, *, status: str, seconds: float) -> Handler:
    """Announce each answer by another status, and send it after some seconds; all on one connection."""

    def handle(connection: socket.socket, ends: threading.Event) -> None:
        while request(connection):
            connection.sendall(f"HTTP/1.1 {status}\r\nX-Early: 1\r\n\r\n".encode())
            ends.wait(seconds)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    return handle


def answering(body: bytes, *, status: str = "200 OK", most_requests: int = 1_000_000) -> Handler:
    """Answer each request with this body. Silently close a connection after so many requests."""

    def handle(connection: socket.socket, _: threading.Event) -> None:
        for _number in range(most_requests):
            if not request(connection):
                return
            head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)

    return handle


def flooding(head: bytes, piece: bytes, pieces: int, sent: list[int] | None = None) -> Handler:
    """Answer each request with this head and so many pieces, as far as the client takes them.

    `sent` gets the bytes of the body that each connection took in the end.
    """

    def handle(connection: socket.socket, _: threading.Event) -> None:
        while request(connection):
            taken = 0
            try:
                connection.sendall(head + b"\r\n\r\n")
                for _number in range(pieces):
                    connection.sendall(piece)
                    taken += len(piece)
            finally:
                if sent is not None:
                    sent.append(taken)

    return handle


def request(connection: socket.socket) -> bytes:
    """The body of the next request of a connection, with its head; empty when there is none."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65_536)
        if not part:
            return b""
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        part = connection.recv(missing)
        if not part:
            return b""
        received, missing = received + part, missing - len(part)
    return received


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
