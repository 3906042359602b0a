"""Random transactions on the engine and on a dictionary: pages, index and events must agree at every time."""

from __future__ import annotations

import random
from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, at, create, documents, events, ids, page, ref, update

_IDS = (1, 2, 3, 4, 5000, 2**62)


class Model:
    """The documents by id with their ts, the events so far, and what every snapshot saw."""

    def __init__(self) -> None:
        self.alive: dict[int, int] = {}
        self.events: list[tuple[int, str]] = []
        self.snapshots: list[tuple[int, dict[int, int]]] = []

    def commit(self, ts: int, operations: list[tuple[str, int]]) -> None:
        before = dict(self.alive)
        recreated = set()
        for kind, number in operations:
            if kind == "delete":
                del self.alive[number]
            else:
                self.alive[number] = ts
            if kind == "create" and number in before:
                recreated.add(number)
        for number in sorted(before.keys() - self.alive.keys()):
            self.events.append((ts, f"R{number}"))
        for number in sorted((self.alive.keys() - before.keys()) | (recreated & self.alive.keys())):
            self.events.append((ts, f"A{number}"))


def transaction(numbers: random.Random, alive: dict[int, int]) -> list[tuple[str, int]]:
    """Up to four operations that succeed one after the other."""
    present, operations = set(alive), []
    for _ in range(numbers.randrange(1, 5)):
        number = numbers.choice(_IDS)
        if number not in present:
            operations.append(("create", number))
            present.add(number)
        elif numbers.random() < 0.5:
            operations.append(("delete", number))
            present.discard(number)
        else:
            operations.append(("update", number))
    return operations


def delete(number: int) -> Any:
    return {"delete": ref(number)}


_FORMS = {"create": create, "update": lambda number: update(number, {"n": 1}), "delete": delete}


def walk(fauna: Fauna, time: int, source: Any, numbers: random.Random, *, backward: bool) -> list[Any]:
    """Everything in a set at a time, page by page of random sizes, from either end."""
    found: list[Any] = []
    options: dict[str, Any] = {"before": None} if backward else {}
    while True:
        shown = fauna.ask(at(time, page(source, size=numbers.randrange(1, 4), **options)))
        found = shown["data"] + found if backward else found + shown["data"]
        onward = "before" if backward else "after"
        if onward not in shown:
            return found
        options = {onward: shown[onward]}


@pytest.mark.parametrize("seed", range(6))
def test_everything_agrees_with_the_model(fauna: Fauna, seed: int) -> None:
    numbers = random.Random(seed)
    model = Model()
    fauna.collection()
    fauna.index("i", values=[{"object": {"field": ["ts"]}}, {"object": {"field": ["ref"]}}])
    for _ in range(40):
        operations = transaction(numbers, model.alive)
        reply = fauna.reply({"do": [*(_FORMS[kind](number) for kind, number in operations), None]})
        model.commit(int(reply.headers["x-txn-time"]), operations)
        model.snapshots.append((fauna.now(), dict(model.alive)))
    for time, alive in numbers.sample(model.snapshots, 8):
        for backward in (False, True):
            listed = walk(fauna, time, documents(), numbers, backward=backward)
            assert ids({"data": listed}) == sorted(alive)
            rows = walk(fauna, time, {"match": {"index": "i"}}, numbers, backward=backward)
            shown = [(ts, int(each["@ref"]["id"])) for ts, each in rows]
            assert shown == sorted((ts, number) for number, ts in alive.items())
        seen = fauna.ask(at(time, page(documents(), events=True, size=500)))
        assert events(seen) == [event for ts, event in model.events if ts <= time]
