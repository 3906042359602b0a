"""A small database, and the four commands that a platform runs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from integration_tests.harness.fauna import Fauna, local_database
from integration_tests.harness.fql import create, delete
from integration_tests.harness.inputs import catalog
from integration_tests.harness.table import DELETED
from integration_tests.harness.telling import Told, tell
from integration_tests.harness.tunings import PAGES_OF_ONE, Time
from local_fauna import LocalFauna

SECRET = "fnAE0keep+this/to~yourself=1"
"""It has characters that encodings change, so that a search must find the encoded forms too."""

CONTENT = "tell-nobody-what-a-document-holds"
STREAMS = ("foo", "bar")
DOCUMENTS = 9


@dataclass(frozen=True, kw_only=True)
class Site:
    """A database of two collections, at an address; `time` is that of the connector."""

    config: Mapping[str, Any]
    fauna: Fauna
    local: LocalFauna
    time: Time = field(default_factory=Time)

    def tell(self, command: str, *flags: str, config: Mapping[str, Any] | None = None, **files: Any) -> Told:
        """Run a command on this database, with pages so small that a few documents take many requests."""
        return tell(command, *flags, tuning=self.time.of(PAGES_OF_ONE), config=dict(config or self.config), **files)

    def read(self, mode: str, state: Any = None, *flags: str, config: Mapping[str, Any] | None = None) -> Told:
        """Read both streams in this mode."""
        files = {} if state is None else {"state": state}
        return self.tell("read", *flags, config=config, catalog=catalog(mode, *STREAMS), **files)

    def saved_state(self) -> list[Any]:
        """The state after an incremental sync without faults; both streams have changed since."""
        state = self.read("incremental").state
        for name in STREAMS:
            self.fauna.write(delete(name, 1))
            self.fauna.write(_document(name, DOCUMENTS + 1))
        return state


def _check(site: Site, *_: Any) -> Told:
    return site.tell("check")


def _discover(site: Site, *_: Any) -> Told:
    return site.tell("discover")


def _full_refresh(site: Site, *_: Any) -> Told:
    return site.read("full_refresh")


def _incremental(site: Site, state: Any) -> Told:
    return site.read("incremental", state)


COMMANDS: Mapping[str, Callable[[Site, Any], Told]] = {
    "check": _check,
    "discover": _discover,
    "full refresh": _full_refresh,
    "incremental": _incremental,
}
"""Each takes a site and a saved state, which only the last one uses."""


@contextmanager
def new_site(*, concurrency: int = 2) -> Iterator[Site]:
    """A site of its own for a test: foo and bar, each with an index and some documents, and deletions on."""
    with LocalFauna(secret=SECRET) as local:
        fauna = local_database(local)
        for name in STREAMS:
            fauna.collection(name)
            fauna.write(*(_document(name, number) for number in range(1, DOCUMENTS + 1)))
        config = fauna.config(page_size=2, deletions=DELETED, concurrency=concurrency)
        yield Site(config=config, fauna=fauna, local=local)


def _document(collection: str, number: int) -> Any:
    return create(collection, number, {"text": CONTENT, "number": number})
