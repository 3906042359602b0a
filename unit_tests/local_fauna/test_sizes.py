"""How large a version may be, and how its bytes are counted: sizes that a real server told."""

from __future__ import annotations

from typing import Any

import pytest

from local_fauna.store.cbor import stored_size
from unit_tests.local_fauna.fauna import Fauna, create, params, ref, update

LIMIT = 8 * 1024 * 1024
AROUND = 14
"""The bytes of `{"data":{"k":…}}` around a text."""

SIZES: dict[str, tuple[Any, int]] = {
    "a small integer": (23, 1),
    "a byte": (24, 2),
    "a negative byte": (-256, 2),
    "two bytes": (65_535, 3),
    "four bytes": (65_536, 5),
    "eight bytes": (-(2**63), 9),
    "a double": (1.5, 9),
    "true": (True, 1),
    "a short text": ("abc", 4),
    "letters beyond ASCII": ("äß", 5),
    "bytes": (b"abc", 4),
    "an array": ([1, "a", None], 5),
    "an object": ({"a": 1, "b": {}}, 7),
}


@pytest.mark.parametrize(("value", "size"), SIZES.values(), ids=SIZES.keys())
def test_size(value: Any, size: int) -> None:
    assert stored_size(value) == size


def text(size: int) -> Any:
    # A text is repeated 1,024 times at most.
    return {"k": {"repeat": "x" * (size // 1000), "number": 1000}}


def refusal(size: int) -> Any:
    return (400, None, "bad request", f"Version bytes ({size}) exceeds threshold ({LIMIT})")


TOO_LARGE: dict[str, Any] = {
    "create": create(1, text(9_000_000)),
    "update": update(0, text(9_000_000)),
    "replace": {"replace": ref(0), "params": params(text(9_000_000))},
    "insert": {"insert": ref(0), "ts": 1, "action": "create", "params": params(text(9_000_000))},
}


@pytest.mark.parametrize("query", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_a_version_that_is_too_large(fauna: Fauna, query: Any) -> None:
    fauna.collection()
    fauna.create(0)
    assert fauna.error(query) == refusal(9_000_014)


def test_the_limit_is_that_of_the_stored_bytes(fauna: Fauna) -> None:
    fauna.collection()
    rest = LIMIT - AROUND - 8_388_000
    fits = {"k": {"concat": [text(8_388_000)["k"], "x" * rest]}}
    assert fauna.reply(create(1, fits)).status == 201
    assert fauna.error(update(1, {"k": {"concat": [fits["k"], "x"]}})) == refusal(LIMIT + 1)


def test_many_small_members_are_counted_too(fauna: Fauna) -> None:
    fauna.collection()
    thousand = {"map": {"lambda": "_", "expr": "x" * 500}, "collection": [0] * 1000}
    wide = {"map": {"lambda": "_", "expr": thousand}, "collection": [0] * 20}
    assert fauna.error(create(1, {"k": wide}))[2] == "bad request"
