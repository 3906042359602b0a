"""A database of local_fauna in this process, with the collection `things`, and how it answers the connector."""

from __future__ import annotations

from typing import Any

import orjson

from local_fauna.engine import Engine
from source_fauna.database.fql import Expression, wire
from source_fauna.errors.errors import from_answer
from unit_tests.local_fauna.fauna import SECRET, Fauna, field

COLLECTION = "things"
INDEX = "things_by_ts"


def things(*ids: int, history_days: int = 30) -> Fauna:
    """A database with the collection and these documents, each from a transaction of its own, in this order."""
    fauna = Fauna()
    fauna.collection(COLLECTION, history_days=history_days)
    for document_id in ids:
        fauna.create(document_id, collection=COLLECTION)
    return fauna


def indexed(fauna: Fauna, *further: Any) -> Fauna:
    """The same database with an index that serves the collection; `further` are values of it behind ts and ref."""
    fauna.index(INDEX, source={"collection": COLLECTION}, values=[field("ts"), field("ref"), *further])
    return fauna


def rename(fauna: Fauna, collection: str, name: str) -> None:
    """Give a collection another name."""
    fauna.ask({"update": {"collection": collection}, "params": {"object": {"name": name}}})


def body_of(engine: Engine, expression: Expression, *, secret: str = SECRET) -> bytes:
    """The body of the answer to an expression. Raises FaunaError as the client does."""
    reply = engine.query(orjson.loads(wire(expression)), secret=secret)
    if reply.status not in (200, 201):
        raise from_answer(status=reply.status, body=orjson.loads(reply.body))
    return reply.body


def answer(fauna: Fauna, expression: Expression, *, secret: str = SECRET) -> Any:
    """The resource of an expression. Raises FaunaError as the client does."""
    return orjson.loads(body_of(fauna.engine, expression, secret=secret))["resource"]
