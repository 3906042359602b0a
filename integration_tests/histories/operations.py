"""What a writer writes: each operation is one or more transactions on documents of one collection, in wire JSON.

Whether a document exists is decided by the database within the transaction, so that writers need to know nothing of
each other. Ids are small and large, and each writer chooses from the same ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, TypeAlias

Expression: TypeAlias = Any

BATCH = 200
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
TTL_SECONDS = (-1.0, 0.003, 0.02, 0.1, 2.0, 3600.0, 86_400.0)
"""How far a ttl lies ahead: already passed, within a sync, within a history, later."""


@dataclass(kw_only=True)
class Scene:
    """Where a writer writes, and its own random numbers; `now` is the database's time in microseconds."""

    collection: str
    ids: tuple[int, ...]
    now: Callable[[], int]
    numbers: random.Random
    written: int = field(default=0)

    def ref(self, document_id: int) -> Expression:
        """The ref of a document."""
        return {"ref": {"collection": self.collection}, "id": str(document_id)}

    def choose(self) -> Expression:
        """The ref of any document."""
        return self.ref(self.numbers.choice(self.ids))

    def params(self, **ttl: Expression) -> Expression:
        """The params of a write, with data that no other write has."""
        self.written += 1
        data = {"object": {"n": self.written, "by": f"{self.numbers.getrandbits(32):x}"}}
        return {"object": {"data": data, **ttl}}

    def ttl(self) -> dict[str, Expression]:
        """A ttl, or none."""
        if self.numbers.random() < 0.3:
            return {}
        return {"ttl": {"@ts": time_text(self.now() + int(1e6 * self.numbers.choice(TTL_SECONDS)))}}


def time_text(micros: int) -> str:
    """Microseconds as `@ts` has them."""
    return (EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def put(scene: Scene, ref: Expression) -> Expression:
    """Create the document, or change its data."""
    params = scene.params()
    return _if(ref, {"update": ref, "params": params}, {"create": ref, "params": params})


def replace(scene: Scene, ref: Expression) -> Expression:
    """Create the document, or replace it, with or without a ttl."""
    params = scene.params(**scene.ttl())
    return _if(ref, {"replace": ref, "params": params}, {"create": ref, "params": params})


def touch(ref: Expression) -> Expression:
    """Update the document with nothing, if it exists: its ts moves."""
    return _if(ref, {"update": ref, "params": {"object": {}}})


def delete(_: Scene, ref: Expression) -> Expression:
    """Delete the document."""
    return _if(ref, {"delete": ref})


def set_ttl(scene: Scene, ref: Expression) -> Expression:
    """Give the document a ttl, another one, or none."""
    return _if(ref, {"update": ref, "params": {"object": scene.ttl() or {"ttl": None}}})


def swap(scene: Scene, ref: Expression) -> Expression:
    """Delete the document and create it again in one transaction, with or without another ttl."""
    create = {"create": ref, "params": scene.params(**scene.ttl())}
    return _if(ref, {"do": [{"delete": ref}, create]}, create)


def flash(scene: Scene, ref: Expression) -> Expression:
    """Create the document and delete it in one transaction; if it exists, delete it, create it and delete it."""
    create_delete = [{"create": ref, "params": scene.params()}, {"delete": ref}]
    return _if(ref, {"do": [{"delete": ref}, *create_delete]}, {"do": create_delete})


def _if(ref: Expression, then: Expression, otherwise: Expression = None) -> Expression:
    return {"if": {"exists": ref}, "then": then, "else": otherwise}


SINGLE: Mapping[str, Callable[[Scene, Expression], Expression]] = {
    "put": put,
    "replace": replace,
    "touch": lambda _, ref: touch(ref),
    "delete": delete,
    "set_ttl": set_ttl,
    "swap": swap,
    "flash": flash,
}


def _recreate(scene: Scene) -> list[Expression]:
    ref = scene.choose()
    return [delete(scene, ref), put(scene, ref)]


def _several(scene: Scene) -> list[Expression]:
    count = scene.numbers.randint(2, min(8, len(scene.ids)))
    refs = map(scene.ref, scene.numbers.sample(scene.ids, count))
    return [{"do": [scene.numbers.choice(list(SINGLE.values()))(scene, ref) for ref in refs]}]


def _batch(scene: Scene) -> list[Expression]:
    operation = scene.numbers.choice((put, put, SINGLE["touch"], delete))
    ids = scene.numbers.sample(scene.ids, min(BATCH, len(scene.ids)))
    return [{"do": [operation(scene, scene.ref(document_id)) for document_id in ids]}]


def _purge(scene: Scene) -> list[Expression]:
    ids = scene.numbers.sample(scene.ids, scene.numbers.randint(1, min(BATCH, len(scene.ids))))
    return [{"do": [delete(scene, scene.ref(document_id)) for document_id in ids]}]


def _signs(scene: Scene) -> list[Expression]:
    """One transaction on ids of both signs: nothing is promised of those below zero, but of the others it is."""
    ids = scene.numbers.sample(scene.ids, min(4, len(scene.ids)))
    operation = scene.numbers.choice((put, delete))
    return [{"do": [operation(scene, scene.ref(each)) for each in (-1, -2, -3, *ids)]}]


def _new(scene: Scene) -> list[Expression]:
    return [{"create": {"collection": scene.collection}, "params": scene.params(**scene.ttl())}]


SEVERAL: Mapping[str, Callable[[Scene], list[Expression]]] = {
    "recreate": _recreate,
    "several": _several,
    "batch": _batch,
    "purge": _purge,
    "signs": _signs,
    "new": _new,
}


def transactions(name: str, scene: Scene) -> list[Expression]:
    """The transactions of an operation, to be run one after the other."""
    if name in SINGLE:
        return [SINGLE[name](scene, scene.choose())]
    return SEVERAL[name](scene)
