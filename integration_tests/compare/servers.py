"""The reference server: a real one, or a second local_fauna behind HTTP; and how time passes there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from integration_tests.harness.fauna import remote_database
from local_fauna import LocalFauna


@dataclass(frozen=True, kw_only=True)
class Server:
    """An address with an admin key; `pause` lets so many seconds pass on the clock of the server."""

    url: str
    secret: str
    pause: Callable[[float], None]

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the admin secret of a new, empty database, which is removed at the end."""
        with remote_database(self.url, self.secret) as database:
            yield database.secret


def real_server(*, url: str, secret: str) -> Server:
    """A server whose time is real."""
    return Server(url=url, secret=secret, pause=time.sleep)


@contextmanager
def second_local_fauna() -> Iterator[Server]:
    """A local_fauna behind HTTP, whose clock is moved instead of waiting."""
    with LocalFauna() as local:

        def pause(seconds: float) -> None:
            local.clock.advance(seconds=seconds)

        yield Server(url=local.url, secret=local.secret, pause=pause)
