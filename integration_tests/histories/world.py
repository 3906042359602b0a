"""The part of a database that one history lives in: a collection, its index, a role with its key, and the clock.

What is missing or forbidden for a time is remembered, so that a sync that fails of it can be told from one that fails
for no reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integration_tests.histories.database import Database
from integration_tests.histories.operations import Expression, touch
from local_fauna import LocalFauna

SETTLE_SECONDS = 10.0
BUILT_AT_ONCE = 128
"""An index over more versions is built in the background."""


class World:
    """One collection and what belongs to it. `history_days` None: unlimited."""

    def __init__(self, *, database: Database, name: str, history_days: int | None) -> None:
        self.database = database
        self.collection = name
        self.index = f"{name}_by_ts"
        self._role = f"{name}_reader"
        self.history_days = history_days
        self._is_whole = True
        self.was_disturbed = False
        """Whether index, collection or rights were missing, or the index not ready, since the last `begin_watch`."""
        self._create_collection()
        self._create_index()
        database.query({"create_role": {"object": {"name": self._role, "privileges": self._privileges()}}})
        self._key = database.query({"create_key": {"object": {"role": {"role": self._role}}}})
        self.secret: str = self._key["secret"]
        self._settle()

    @property
    def local(self) -> LocalFauna:
        """The local_fauna behind it. Raises AssertionError if there is none."""
        assert self.database.local is not None
        return self.database.local

    @property
    def has_index(self) -> bool:
        """Whether the index is there, ready or not."""
        return not self.database.refuses({"get": {"index": self.index}})

    def begin_watch(self) -> None:
        """Forget disturbances that are over."""
        self.was_disturbed = not self._is_whole

    def readable_at(self, micros: int) -> bool:
        """Whether the collection existed then, and history still reaches back to then."""
        reading = {"paginate": {"documents": {"collection": self.collection}}, "size": 1}
        proof = {"do": [{"get": {"collection": self.collection}}, reading]}
        return not self.database.refuses({"at": micros, "expr": proof})

    def documents(self) -> dict[str, dict[str, Any]]:
        """All documents by id, as the database has them now."""
        query = {
            "map": {"lambda": "x", "expr": {"get": {"var": "x"}}},
            "collection": {"paginate": {"documents": {"collection": self.collection}}, "size": 100_000},
        }
        return {each["ref"]["@ref"]["id"]: each for each in self.database.query(query)["data"]}

    def versions_at(self, snapshot: int) -> dict[str, int]:
        """The ts of all documents by id, as of a snapshot."""
        pair = [
            {"select": ["ref", "id"], "from": {"get": {"var": "x"}}},
            {"select": "ts", "from": {"get": {"var": "x"}}},
        ]
        page = {"paginate": {"documents": {"collection": self.collection}}, "size": 100_000}
        query = {"map": {"lambda": "x", "expr": pair}, "collection": page}
        return {each[0]: each[1] for each in self.database.query({"at": snapshot, "expr": query})["data"]}

    def expired(self, document_id: str) -> bool:
        """Whether a document that is gone ended without an event: its ttl has passed, it was not deleted."""
        page = {"paginate": {"documents": {"collection": self.collection}}, "events": True, "size": 100_000}
        events = [each for each in self.database.query(page)["data"] if each["document"]["@ref"]["id"] == document_id]
        if events:
            return bool(events[-1]["action"] == "add")
        own = self.events(document_id)
        return bool(own) and own[-1]["action"] != "delete"

    def events(self, document_id: str) -> list[Any]:
        """The history of one document."""
        ref = {"ref": {"collection": self.collection}, "id": document_id}
        page = {"paginate": ref, "events": True, "size": 100_000}
        return list(self.database.query(page)["data"])

    def fill(self, ids: Sequence[int]) -> None:
        """Create documents of these ids in one transaction."""
        refs = [{"ref": {"collection": self.collection}, "id": str(each)} for each in ids]
        data = {"object": {"data": {"object": {"n": 0}}}}
        self.database.query({"do": [{"create": ref, "params": data} for ref in refs]})

    def create_index(self, *, active: bool = False, rate: float | None = None) -> None:
        """Create the index; it takes in `rate` documents a second if it is built in the background, at once for None.

        With `active` it answers at once, even while it is partial. The role gets the right to read it.
        """
        self._create_index(active=active, rate=rate)
        self._grant(self._privileges())
        self._settle()

    def _create_index(self, *, active: bool = False, rate: float | None = None) -> None:
        if self.database.local is not None:
            self.database.local.engine.index_build.rate = rate
        fields = [{"object": {"field": [name]}} for name in ("ts", "ref")]
        source = {"collection": self.collection}
        params: Expression = {"name": self.index, "source": source, "values": fields}
        if active:
            params["active"] = True
        made = self.database.query({"create_index": {"object": params}})
        self._is_whole = made["active"]

    def lacks_index(self) -> bool:
        """Whether there is no index at the moment."""
        return self.database.refuses({"get": {"index": self.index}})

    def drop_index(self) -> None:
        """Delete the index."""
        self._disturb()
        self.database.query({"delete": {"index": self.index}})

    def make_versions(self) -> None:
        """Touch documents until an index over them is built in the background."""
        ids = list(self.documents())
        for _ in range(0, BUILT_AT_ONCE + 1, max(1, len(ids))) if ids else ():
            refs = [{"ref": {"collection": self.collection}, "id": each} for each in ids]
            self.database.query({"do": [touch(ref) for ref in refs]})

    def recreate_collection(self) -> None:
        """Delete the collection, its index with it, and create both again; it is empty then."""
        self._disturb()
        self.database.query({"delete": {"collection": self.collection}})
        self._create_collection()
        self.create_index()

    def narrow(self) -> None:
        """Take the right to read the documents from the role: pages are empty from now on."""
        self._disturb()
        self._grant(self._privileges()[1:])

    def put_under_condition(self) -> None:
        """Let the role read under a condition that all documents fulfil: it hides the events of deleted ones."""
        self._disturb()
        exists = {"query": {"lambda": "ref", "expr": {"exists": {"var": "ref"}}}}
        self._grant([_privilege({"collection": self.collection}, exists), *self._privileges()[1:]])

    def restore(self) -> None:
        """Mend what is missing: the index, or the rights of the role."""
        if self.lacks_index():
            self.create_index()
        elif self.database.local is not None and not self._has_active_index():
            self.local.engine.index_build.rate = None
        self._grant(self._privileges())
        self._is_whole = True

    def calm(self) -> None:
        """Mend what is missing, and let the clock stand well. An active index may go on to be partial."""
        self.restore()
        if self.database.local is not None:
            self.lag(0.0)

    def age(self, seconds: float) -> None:
        """Move the clock on, so that ttls pass and history is dropped."""
        self.local.clock.advance(seconds=seconds)

    def lag(self, seconds: float) -> None:
        """Let the node answer as of so long ago."""
        self.local.clock.lag(seconds=seconds)

    def remove(self) -> None:
        """Leave nothing in a database that lives on."""
        for each in (self._key["ref"], {"role": self._role}, {"collection": self.collection}):
            self.database.query({"delete": each})

    def _has_active_index(self) -> bool:
        active: bool = self.database.query({"get": {"index": self.index}})["active"]
        return active

    def _settle(self) -> None:
        """Let time pass, so that also a node that lags knows of what was made."""
        if self.database.local is not None:
            self.age(SETTLE_SECONDS)

    def _disturb(self) -> None:
        self._is_whole = False
        self.was_disturbed = True

    def _create_collection(self) -> None:
        params = {"name": self.collection, "history_days": self.history_days}
        self.database.query({"create_collection": {"object": params}})

    def _grant(self, privileges: list[Expression]) -> None:
        role = {"role": self._role}
        self.database.query({"update": role, "params": {"object": {"privileges": privileges}}})

    def _privileges(self) -> list[Expression]:
        resources = [
            {"collection": self.collection},
            {"index": self.index},
            {"collections": None},
            {"indexes": None},
        ]
        return [
            _privilege(each, True)
            for each in resources
            if each != {"index": self.index} or not self.database.refuses({"get": each})
        ]


def _privilege(resource: Expression, read: Expression) -> Expression:
    return {"object": {"resource": resource, "actions": {"object": {"read": read}}}}
