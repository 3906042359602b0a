"""Unexpected JSON values, and mutations that put them into a valid input."""

from __future__ import annotations

import copy
from typing import Any

import orjson
from hypothesis import strategies as st

NAUGHTY_TEXTS = (
    *("", " ", "\n", "foo ", "null", "0", "-1", "1e9", "9" * 30, "{}", "@ref", "\x00", "\u2028", "x" * 5_000),
    *("https://db.example.com/path", "db.example.com:8443", "user:pass@host", "::1", "[::1]", "..", "ünïcode.example"),
)
NAUGHTY_NUMBERS = (
    0,
    -1,
    1,
    7,
    65_536,
    100_001,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    2**64,
    -(2**63),
    0.0,
    1.5,
    -0.0,
    1e300,
)

texts = st.sampled_from(NAUGHTY_TEXTS) | st.text(st.characters(codec="utf-8"), max_size=8)
numbers = st.sampled_from(NAUGHTY_NUMBERS) | st.integers(-(2**64), 2**64)
scalars = st.none() | st.booleans() | texts | numbers
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to a value and to all values in it."""
    found = [path]
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        found += places(member, (*path, key))
    return found


@st.composite
def mutated(draw: st.DrawFn, base: Any, *, substitutes: st.SearchStrategy[Any] = anything, most: int = 2) -> Any:
    """The value with up to `most` changes: a part is removed, replaced, or an unknown one is added."""
    value = copy.deepcopy(base)
    for _ in range(draw(st.integers(1, most))):
        path = draw(st.sampled_from(places(value)))
        if not path:
            continue
        parent = value
        for key in path[:-1]:
            parent = parent[key]
        match draw(st.sampled_from(["replace", "replace", "remove", "add"])):
            case "remove":
                del parent[path[-1]]
            case "add" if isinstance(parent, dict):
                parent[draw(texts)] = draw(substitutes)
            case _:
                parent[path[-1]] = draw(substitutes)
    return value


@st.composite
def files(draw: st.DrawFn, contents: st.SearchStrategy[Any]) -> bytes | None:
    """A file of this content, sometimes cut off, spoiled, or not there at all."""
    content = written(draw(contents))
    match draw(st.sampled_from(["whole"] * 8 + ["cut", "spoiled", "absent", "other"])):
        case "cut":
            return content[: draw(st.integers(0, len(content)))]
        case "spoiled":
            at = draw(st.integers(0, len(content)))
            return content[:at] + draw(st.binary(min_size=1, max_size=3)) + content[at:]
        case "absent":
            return None
        case "other":
            return written(draw(anything))
        case _:
            return content


def written(value: Any) -> bytes:
    """JSON, with numbers of any size."""
    try:
        return orjson.dumps(value)
    except TypeError:
        import json  # noqa: PLC0415

        return json.dumps(value).encode()
