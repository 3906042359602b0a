"""The part of a database that one history lives in: a collection, its index, a role with its key, and the clock.

It remembers what was missing or forbidden for a time. So a sync that failed because of that is not counted as one that
failed without a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from faunadb import query as q

from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import bound, may_read, reads
from integration_tests.histories.operations import Expression, touch
from local_fauna import LocalFauna

SETTLE_SECONDS = 10.0
BUILT_AT_ONCE = 128
"""An index over more versions is built in the background."""


class World:
    """One collection and what belongs to it. `history_days` None: unlimited."""

    def __init__(self, *, database: Fauna, name: str, history_days: int | None) -> None:
        self.database = database
        self.collection = name
        self.index = f"{name}_by_ts"
        self.decoy = f"{name}_decoy"
        self.history_days = history_days
        self._is_whole = True
        self.was_disturbed = False
        """Whether index, collection or rights were missing, or the index not ready, since the last `begin_watch`."""
        self._swaps = 0
        self._create_collection(self.collection)
        self._create_index()
        self.secret = database.key(*self._privileges())
        self._settle()

    @property
    def local(self) -> LocalFauna:
        """The local_fauna behind it. Raises AssertionError if there is none."""
        assert self.database.local is not None
        return self.database.local

    def begin_watch(self) -> None:
        """Forget the disturbances that have ended."""
        self.was_disturbed = not self._is_whole

    def readable_at(self, micros: int) -> bool:
        """Whether this collection had its name at that time, and history still reaches back to it."""
        reading = {"paginate": {"documents": {"collection": self.collection}}, "size": 1}
        return self.had_its_name_at(micros) and not self.database.refuses({"at": micros, "expr": reading})

    def had_its_name_at(self, micros: int) -> bool:
        """Whether this collection existed at that time with its present name."""
        name = {"at": micros, "expr": {"select": "name", "from": {"get": {"collection": self.collection}}}}
        return not self.database.refuses(name) and bool(self.database.query(name) == self.collection)

    def had_another_name_at(self, micros: int) -> bool:
        """Whether this collection existed at that time with another name."""
        definition = {"at": micros, "expr": {"get": {"collection": self.collection}}}
        return not self.database.refuses(definition) and not self.had_its_name_at(micros)

    def documents(self) -> dict[str, dict[str, Any]]:
        """All documents by id, as the database has them now."""
        query = {
            "map": {"lambda": "x", "expr": {"get": {"var": "x"}}},
            "collection": {"paginate": {"documents": {"collection": self.collection}}, "size": 100_000},
        }
        return {each["ref"]["@ref"]["id"]: each for each in self.database.query(query)["data"]}

    def expired(self, document_id: str) -> bool:
        """Whether a missing document expired without an event: its ttl has passed, and it was not deleted."""
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
        self._fill(self.collection, ids)

    def _fill(self, collection: str, ids: Sequence[int]) -> None:
        refs = [{"ref": {"collection": collection}, "id": str(each)} for each in ids]
        data = {"object": {"data": {"object": {"n": 0}}}}
        if refs:
            self.database.query({"do": [{"create": ref, "params": data} for ref in refs]})

    def create_index(self, *, active: bool = False, rate: float | None = None) -> None:
        """Create the index; it takes in `rate` documents a second if it is built in the background, at once for None.

        With `active` it answers at once, even while it is partial. The role gets the right to read it.
        """
        self._create_index(active=active, rate=rate)
        self.database.grant(*self._privileges())
        self._settle()

    def _create_index(self, *, active: bool = False, rate: float | None = None) -> None:
        if self.database.local is not None:
            self.database.local.engine.index_build.rate = rate
        made = self.database.index(self.collection, self.index, wait=False, **({"active": True} if active else {}))
        self._is_whole = made["active"]

    def create_decoy(self) -> None:
        """Create an index that is listed before the right one and looks like it, but uses a binding. Only once."""
        if self._exists(self.decoy):
            return
        self.drop_index()
        values = [{"field": ["ts"], "binding": "x"}, {"field": ["ref"]}]
        self.database.index(self.collection, self.decoy, source=bound(self.collection), values=values)
        self.create_index()

    def lacks_index(self) -> bool:
        """Whether there is no index at the moment."""
        return not self._exists(self.index)

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
        self._create_collection(self.collection)
        self.create_index()

    def prepare_swap(self) -> None:
        """Fill another collection with half of the ids, long before it takes the name of this one."""
        name = f"{self.collection}_new"
        self._create_collection(name)
        self.database.index(name, f"{self.index}_new", wait=False)
        self._fill(name, [int(each) for each in self.documents()][::2])

    def swap_names(self) -> None:
        """Let the other collection take the name, and its index that of this one's; then fill the next."""
        self._disturb()
        self._swaps += 1
        leaving = [("collection", self.collection), *([] if self.lacks_index() else [("index", self.index)])]
        for kind, name in leaving:
            self.database.query(_renamed(kind, name, f"{name}_{self._swaps}"))
        for kind, name in (("collection", self.collection), ("index", self.index)):
            self.database.query(_renamed(kind, f"{name}_new", name))
        self.database.grant(*self._privileges())
        self.prepare_swap()

    def narrow(self) -> None:
        """Take the right to read the documents from the role: pages are empty from now on."""
        self._disturb()
        self.database.grant(*self._privileges()[1:])

    def put_under_condition(self) -> None:
        """Let the role read under a condition that all documents meet. It hides the events of deleted documents."""
        self._disturb()
        exists = q.query(q.lambda_("ref", q.exists(q.var("ref"))))
        self.database.grant(may_read(q.collection(self.collection), exists), *self._privileges()[1:])

    def restore(self) -> None:
        """Restore what is missing: the index, or the rights of the role."""
        if self.lacks_index():
            self.create_index()
        elif self.database.local is not None and not self.database.has_active(self.index):
            self.local.engine.index_build.rate = None
        self.database.grant(*self._privileges())
        self._is_whole = True

    def calm(self) -> None:
        """Restore what is missing, and reset the clock. An active index may stay partial."""
        self.restore()
        if self.database.local is not None:
            self.lag(0.0)

    def age(self, seconds: float) -> None:
        """Move the clock on, so that ttls pass and history is dropped."""
        self.local.clock.advance(seconds=seconds)

    def lag(self, seconds: float) -> None:
        """Let the node answer as of so long ago, when the index may not have been ready."""
        self.local.clock.lag(seconds=seconds)
        if self.lacks_index() or not self.database.has_active(self.index):
            self._disturb()

    def _exists(self, index: str) -> bool:
        return not self.database.refuses({"get": {"index": index}})

    def _settle(self) -> None:
        """Let time pass, so that even a node that lags sees the new index or collection."""
        if self.database.local is not None:
            self.age(SETTLE_SECONDS)

    def _disturb(self) -> None:
        self._is_whole = False
        self.was_disturbed = True

    def _create_collection(self, name: str) -> None:
        self.database.collection(name, index=False, history_days=self.history_days)

    def _privileges(self) -> list[Expression]:
        """To read the documents, and the indexes that there are."""
        documents, _ = reads(self.collection)
        return [documents, *(may_read(q.index(name)) for name in (self.index, self.decoy) if self._exists(name))]


def _renamed(kind: str, name: str, other: str) -> Expression:
    return {"update": {kind: name}, "params": {"object": {"name": other}}}
