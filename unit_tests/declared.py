"""Collections, indexes and a database that holds them, as tests declare them."""

from __future__ import annotations

from typing import Any

from source_fauna.schema.definitions import Collection, Index
from unit_tests.refs import schema_ref
from unit_tests.scripted import FORBIDDEN, MISSING, Scripted


def by_ts(name: str, source: str, *further: str, active: bool = True) -> Index:
    values = tuple({"field": [field]} for field in ("ts", "ref", *further))
    return Index(name=name, ts=1, active=active, source=schema_ref(source), values=values, terms=())


FOO = Collection(name="foo", history_days=30, ts=1)
BAR = Collection(name="bar", history_days=0, ts=2)
FOO_TS = by_ts("foo_ts", "foo")


def database(*indexes: Index, collections: tuple[str, ...] = ("foo", "bar"), closed: tuple[str, ...] = ()) -> Scripted:
    """Answer as a database whose collections are empty, some of them, or of the indexes, closed to the key."""
    definitions = [{"name": name, "ts": 1, "history_days": 0} for name in collections]
    shown = [{**vars(index), "values": list(index.values)} for index in indexes]

    def answer(asked: Any) -> Any:
        if "map" in asked:
            if "indexes" in asked["collection"]["paginate"] and "indexes" in closed:
                return FORBIDDEN
            return {"data": definitions if "collections" in asked["collection"]["paginate"] else shown}
        if "get" in asked:
            return FORBIDDEN if asked["get"]["@ref"]["collection"]["@ref"]["id"] in closed else MISSING
        match = asked["paginate"].get("match")
        return FORBIDDEN if match and match["index"] in closed else {"data": []}

    return Scripted(answer)
