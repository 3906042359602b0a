"""Several ways to convert a page of wire JSON to record values: their time, and whether their result is right."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import orjson
from faunadb._json import parse_json
from faunadb.objects import FaunaTime, Ref

from benchmarks.documents import FIRST_ID, wire_documents
from benchmarks.tables import Table, times
from source_fauna.records.values import compact, decode, is_set, reference

PAGE = 2_000

TRICKY = b'[{"data":{"user":{"@obj":{"@ref":"a text of the user"}},"at":{"@ts":"2024-03-01T09:00:00.000001Z"}}}]'
"""A user's own object with a key that looks like a tag, as the server escapes it."""

Way = Callable[[bytes], Any]


def decoding(*, quick: bool) -> Table:
    """Time a document, in pages of the benchmark's document."""
    rounds = 5 if quick else 25
    page = b"[%s]" % wire_documents(range(FIRST_ID, FIRST_ID + PAGE))
    least = dict.fromkeys(WAYS, float("inf"))
    for _ in range(rounds):
        for name, way in WAYS.items():
            began = time.process_time()
            way(page)
            least[name] = min(least[name], (time.process_time() - began) / PAGE * 1e6)
    kept = least["orjson, in place from the top (kept)"]
    right = decode(orjson.loads(TRICKY)), decode(orjson.loads(page))
    rows = [
        [name, f"{least[name]:.1f}", times(least[name] / kept), _verdict(way, page, right)]
        for name, way in WAYS.items()
    ]
    return Table(
        title="Ways to decode",
        about=f"Parse and decode of a page of {PAGE:,} documents, the least of {rounds} rounds.",
        header=["", "µs a document", "against the first", "right"],
        rows=rows,
        wanted="the fastest right one is kept.",
    )


def _verdict(way: Way, page: bytes, right: tuple[Any, Any]) -> str:
    try:
        return "yes" if (way(TRICKY), way(page)) == right else "no"
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return f"no ({type(error).__name__})"


def _in_place(page: bytes) -> Any:
    return decode(orjson.loads(page))


def _copying(page: bytes) -> Any:
    return _copied(orjson.loads(page))


def _copied(value: Any) -> Any:
    if type(value) is list:
        return [_copied(each) for each in value]
    if type(value) is not dict:
        return value
    if len(value) == 1:
        (tag,) = value
        if tag == "@obj":
            content = value[tag]
            return compact(content) if is_set(content) else {key: _copied(each) for key, each in content.items()}
        if tag in _SCALARS:
            return _SCALARS[tag](value[tag])
    return {key: _copied(each) for key, each in value.items()}


def _hook(page: bytes) -> Any:
    return json.loads(page, object_hook=_hooked)


def _hooked(value: dict[str, Any]) -> Any:
    """Decode from the inside out: the content of a tag is decoded before the tag itself is seen."""
    if len(value) != 1:
        return value
    (tag,) = value
    if tag == "@ref":
        content = value[tag]
        parent = content.get("collection")
        return {"id": content["id"], "collection": parent["id"], "type": "document"} if parent else content
    if tag == "@obj":
        return value[tag]
    return _SCALARS[tag](value[tag]) if tag in _SCALARS else value


def _driver(page: bytes) -> Any:
    return _plain(parse_json(page.decode()))


def _plain(value: Any) -> Any:
    """Turn the driver's objects into what a record holds."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Ref):
        parent = value.collection()
        return {"id": value.id(), "collection": parent.id(), "type": "document"} if parent else {"id": value.id()}
    if isinstance(value, FaunaTime):
        return value.value
    return value


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "@ref": reference,
    "@ts": lambda content: content,
    "@date": lambda content: content,
    "@uuid": lambda content: {"@uuid": content},
}

WAYS: dict[str, Way] = {
    "orjson, in place from the top (kept)": _in_place,
    "orjson, a copy from the top": _copying,
    "json, object hook": _hook,
    "the driver's parse, then plain values": _driver,
}
