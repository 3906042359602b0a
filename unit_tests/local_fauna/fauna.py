"""A database to ask, and short ways to write queries."""

from __future__ import annotations

import json
from typing import Any

from local_fauna.clock import Clock
from local_fauna.engine import Engine, Reply

START = 1_700_000_000_000_000
SECRET = "admin"
DAY = 86_400


class Fauna:
    """The engine with a clock of its own. Answers are (status, resource) or (status, first error as a tuple)."""

    def __init__(self) -> None:
        self.clock = Clock(wall=lambda: START)
        self.engine = Engine(secret=SECRET, clock=self.clock)

    def reply(self, query: Any, *, secret: str = SECRET, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.engine.query(query, secret=secret, headers=named)

    def ask(self, query: Any, *, secret: str = SECRET) -> Any:
        """The resource; an error fails the test."""
        reply = self.reply(query, secret=secret)
        assert reply.status < 300, (query, reply.body)
        return json.loads(reply.body)["resource"]

    def error(self, query: Any, *, secret: str = SECRET) -> tuple[int, Any, str, str]:
        """(status, position, code, description) of the first error."""
        reply = self.reply(query, secret=secret)
        assert reply.status >= 300, (query, reply.body)
        first = json.loads(reply.body)["errors"][0]
        return reply.status, first.get("position"), first["code"], first["description"]

    def failures(self, query: Any) -> list[tuple[Any, str]]:
        """(field, code) of each failure of a write that is not valid."""
        found = json.loads(self.reply(query).body)["errors"][0]["failures"]
        return [(each["field"], each["code"]) for each in found]

    def now(self) -> int:
        """The present of the database, in micros."""
        return int(self.ask({"to_micros": {"now": None}}))

    def collection(self, name: str = "c", **params: Any) -> int:
        """Create a collection, kept 30 days unless said otherwise; its ts."""
        given = {"name": name, "history_days": 30, **params}
        return int(self.ask({"create_collection": {"object": given}})["ts"])

    def index(self, name: str, *, source: Any = None, **params: Any) -> Any:
        """Create an index over `c` unless another source is given."""
        given = {"name": name, "source": {"collection": "c"} if source is None else source, **params}
        return self.ask({"create_index": {"object": given}})

    def create(self, number: int | str, data: Any = None, *, collection: str = "c", ttl: Any = None) -> int:
        """Create a document; its ts."""
        return int(self.ask(create(number, data, collection=collection, ttl=ttl))["ts"])

    def key(self, role: Any) -> str:
        """The secret of a new key."""
        return str(self.ask({"create_key": {"object": {"role": role}}})["secret"])

    def role(self, name: str, *privileges: Any) -> str:
        """The secret of a key with a new role; a privilege is (resource, actions)."""
        listed = [{"object": {"resource": what, "actions": {"object": can}}} for what, can in privileges]
        self.ask({"create_role": {"object": {"name": name, "privileges": listed}}})
        return self.key({"role": name})


def ref(number: int | str, collection: str = "c") -> Any:
    return {"ref": {"collection": collection}, "id": str(number)}


def wire(number: int, collection: str = "c") -> Any:
    """A ref as an answer shows it."""
    return {"@ref": {"id": str(number), "collection": named("collections", collection)}}


def named(kind: str, name: str) -> Any:
    """The ref of a collection, index, … as an answer shows it."""
    return {"@ref": {"id": name, "collection": {"@ref": {"id": kind}}}}


def params(data: Any = None, ttl: Any = None) -> Any:
    made = {} if data is None else {"data": {"object": data} if isinstance(data, dict) else data}
    return {"object": made | ({} if ttl is None else {"ttl": ttl})}


def create(number: int | str, data: Any = None, *, collection: str = "c", ttl: Any = None) -> Any:
    return {"create": ref(number, collection), "params": params(data, ttl)}


def update(number: int | str, data: Any = None, *, ttl: Any = None) -> Any:
    return {"update": ref(number), "params": params(data, ttl)}


def documents(collection: str = "c") -> Any:
    return {"documents": {"collection": collection}}


def page(source: Any, **options: Any) -> Any:
    return {"paginate": source, **options}


def field(*path: Any, **options: Any) -> Any:
    """One of the values or terms of an index."""
    return {"object": {"field": list(path), **options}}


def match(name: str = "i", **options: Any) -> Any:
    return {"match": {"index": name}, **options}


def data(fauna: Fauna, source: Any, **options: Any) -> Any:
    """The elements of a page."""
    return fauna.ask(page(source, **options))["data"]


def walked(fauna: Fauna, source: Any, size: int) -> Any:
    """All events of a set as one page, read in pages of this size by the cursors of the replies."""
    found: list[Any] = []
    options: dict[str, Any] = {}
    while True:
        shown = fauna.ask(page(source, events=True, size=size, **options))
        found += shown["data"]
        if "after" not in shown:
            return {"data": found}
        options = {"after": {"object": shown["after"]}}


def ids(shown: Any) -> list[int]:
    """The ids of a page of refs."""
    return [int(each["@ref"]["id"]) for each in shown["data"]]


def events(shown: Any) -> list[str]:
    """The events of a page as `A5` and `R5`."""
    return [f"{each['action'][0].upper()}{each['document']['@ref']['id']}" for each in shown["data"]]


def at(time: int, query: Any) -> Any:
    return {"at": time, "expr": query}


def lambda_(name: Any, body: Any) -> Any:
    return {"lambda": name, "expr": body}


def var(name: str) -> Any:
    return {"var": name}
