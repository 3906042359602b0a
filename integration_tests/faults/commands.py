"""A small database, and the four commands that a platform gives on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from integration_tests.harness.telling import Told, tell
from integration_tests.harness.tunings import PAGES_OF_ONE, Time
from local_fauna import LocalFauna
from local_fauna.faults import FaultPlan

SECRET = "fnAE0keep+this/to~yourself=1"
"""Signs that an encoding changes: a search has to find the encoded forms too."""

CONTENT = "tell-nobody-what-a-document-holds"
STREAMS = ("foo", "bar")
DOCUMENTS = 9
DELETIONS = {"deletion_mode": "deleted_field", "column": "deleted_at"}


@dataclass(frozen=True, kw_only=True)
class Site:
    """A database of two collections, at an address; `time` is that of the connector."""

    config: Mapping[str, Any]
    faults: FaultPlan
    local: LocalFauna
    time: Time = field(default_factory=Time)

    def tell(self, command: str, *flags: str, config: Mapping[str, Any] | None = None, **files: Any) -> Told:
        """Run a command on this database, by so small pages that a few documents are many requests."""
        return tell(command, *flags, tuning=self.time.of(PAGES_OF_ONE), config=dict(config or self.config), **files)

    def read(self, mode: str, state: Any = None, *flags: str, config: Mapping[str, Any] | None = None) -> Told:
        """Read both streams in this mode."""
        files = {} if state is None else {"state": state}
        return self.tell("read", *flags, config=config, catalog=catalog(mode), **files)

    def saved_state(self) -> list[Any]:
        """The state after an incremental sync without faults; both streams have changed since."""
        state = self.read("incremental").state
        for name in STREAMS:
            self.local.query({"delete": _ref(name, 1)})
            self.local.query(_create(name, DOCUMENTS + 1))
        return state


def catalog(mode: str, *names: str) -> dict[str, Any]:
    """The configured catalog of these streams, all in the same mode."""
    streams = [
        {
            "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
            "sync_mode": mode,
            "destination_sync_mode": "append",
        }
        for name in names or STREAMS
    ]
    return {"streams": streams}


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
"""Each takes a site, and the saved state for the last."""


@contextmanager
def new_site(*, concurrency: int = 2) -> Iterator[Site]:
    """A site of its own for a test: foo and bar, each with an index and some documents."""
    with LocalFauna(secret=SECRET) as local:
        for name in STREAMS:
            local.query({"create_collection": {"object": {"name": name, "history_days": 30}}})
            local.query(_index(name))
            local.query({"do": [_create(name, number) for number in range(1, DOCUMENTS + 1)]})
        yield Site(config=config_of(local, concurrency=concurrency), faults=local.faults, local=local)


def config_of(local: LocalFauna, **more: Any) -> dict[str, Any]:
    """The config of a site, with deletions on."""
    address = {"domain": local.domain, "port": local.port, "scheme": "http", "secret": local.secret}
    return {**address, "collection": {"page_size": 2, "deletions": DELETIONS}, **more}


def _ref(collection: str, document_id: int) -> dict[str, Any]:
    return {"ref": {"collection": collection}, "id": str(document_id)}


def _create(collection: str, document_id: int) -> dict[str, Any]:
    return {
        "create": _ref(collection, document_id),
        "params": {"object": {"data": {"object": {"text": CONTENT, "number": document_id}}}},
    }


def _index(collection: str) -> dict[str, Any]:
    values = [{"object": {"field": ["ts"]}}, {"object": {"field": ["ref"]}}]
    return {
        "create_index": {"object": {"name": f"{collection}_ts", "source": {"collection": collection}, "values": values}}
    }
