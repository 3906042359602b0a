"""A key whose role a test changes while the key reads."""

from __future__ import annotations

from typing import Any

from unit_tests.local_fauna.fauna import Fauna
from unit_tests.things import COLLECTION, INDEX

READ = {"read": True}
SHOWN = {
    "query": {
        "lambda": "x",
        "expr": {"equals": [{"select": ["data", "shown"], "from": {"get": {"var": "x"}}, "default": False}, True]},
    }
}
"""The condition that the document is shown."""

DEFINITIONS = ({"collections": None}, READ)
INDEXES = ({"indexes": None}, READ)
DOCUMENTS = ({"collection": COLLECTION}, READ)
SHOWN_DOCUMENTS = ({"collection": COLLECTION}, {"read": SHOWN})
ENTRIES = ({"index": INDEX}, READ)

Privilege = tuple[Any, dict[str, Any]]


def reader(fauna: Fauna, *privileges: Privilege) -> str:
    """The secret of a key that may do this."""
    return fauna.role("reader", *privileges)


def allow(fauna: Fauna, *privileges: Privilege) -> None:
    """From now on, the key may do this alone."""
    listed = [{"object": {"resource": what, "actions": {"object": can}}} for what, can in privileges]
    fauna.ask({"update": {"role": "reader"}, "params": {"object": {"privileges": listed}}})
