"""The collection `things` of a local_fauna, and what Spark is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from local_fauna import LocalFauna

COLLECTION = "things"
BATCH = 1_000
READ = {"read": True}
EVERY = 100_000


class Database:
    """Writes to it by queries in this process; Spark reads it by HTTP."""

    def __init__(self, local: LocalFauna, *, history_days: int = 30) -> None:
        self.local = local
        self.query = local.query
        self.make(history_days=history_days)

    def make(self, *, history_days: int = 30) -> None:
        """Create the collection and its index."""
        self.query({"create_collection": {"object": {"name": COLLECTION, "history_days": history_days}}})
        values = [{"object": {"field": [name]}} for name in ("ts", "ref")]
        self.query(
            {"create_index": {"object": {"name": "by_ts", "source": {"collection": COLLECTION}, "values": values}}}
        )

    def make_again(self) -> None:
        """Delete the collection, and create another of its name."""
        self.query({"delete": {"collection": COLLECTION}})
        self.make()

    def options(self, **changes: Any) -> dict[str, str]:
        """The options of a read; what is changed to None is left out."""
        given = {
            "domain": self.local.domain,
            "port": self.local.port,
            "scheme": "http",
            "secret": self.local.secret,
            "collection": COLLECTION,
            **changes,
        }
        return {key: str(value) for key, value in given.items() if value is not None}

    def create(self, ids: Iterable[int], data: Mapping[str, Any] | None = None) -> None:
        """Create documents, some of them in a transaction."""
        made = [{"create": ref(each), "params": params({"n": each, **(data or {})})} for each in ids]
        for start in range(0, len(made), BATCH):
            self.query({"do": [*made[start : start + BATCH], None]})

    def update(self, document_id: int, data: Mapping[str, Any]) -> None:
        self.query({"update": ref(document_id), "params": params(data)})

    def delete(self, document_id: int) -> None:
        self.query({"delete": ref(document_id)})

    def now(self) -> int:
        return int(self.query({"to_micros": {"now": None}}))

    def versions(self) -> dict[str, int]:
        """The ts of every document, by id."""
        page = {"paginate": {"documents": {"collection": COLLECTION}}, "size": EVERY}
        pair = [{"select": "id", "from": {"var": "x"}}, {"select": "ts", "from": {"get": {"var": "x"}}}]
        return dict(self.query({"map": {"lambda": "x", "expr": pair}, "collection": page})["data"])

    def key(self) -> str:
        """The secret of a key whose role `allow` changes: at first it may read all."""
        self.query({"create_role": {"object": {"name": "reader", "privileges": privileges(COLLECTION)}}})
        return str(self.query({"create_key": {"object": {"role": {"role": "reader"}}}})["secret"])

    def allow(self, *collections: str) -> None:
        """From now on, the key may read these alone."""
        self.query({"update": {"role": "reader"}, "params": {"object": {"privileges": privileges(*collections)}}})


def privileges(*collections: str) -> list[Any]:
    resources = [
        {"collections": None},
        {"indexes": None},
        {"index": "by_ts"},
        *({"collection": each} for each in collections),
    ]
    return [{"object": {"resource": each, "actions": {"object": READ}}} for each in resources]


def ref(document_id: int) -> Any:
    return {"ref": {"collection": COLLECTION}, "id": str(document_id)}


def params(data: Mapping[str, Any]) -> Any:
    return {"object": {"data": {"object": dict(data)}}}


def reads(expression: Any) -> bool:
    """Whether a request reads documents of a part: a page of them by their ids, or by their entries."""
    text = str(expression)
    return "'map'" in text and "'get'" in text and "'collections': None" not in text
