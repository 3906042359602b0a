"""Fauna's values on the wire, and the values in a record that they become.

wire                                      record
----------------------------------------  ----------------------------------------------------------------
null, boolean, number, text               the same; non-finite doubles are texts on the wire and stay texts
{"@ref": …} of a document                 {"id": "7", "collection": "foo", "type": "document"}
{"@ref": …} of a collection, index, …     {"id": "foo", "type": "collection"}
{"@ref": …} of anything else              {"id": "collections", "type": "unknown"}
{"@ts": T}, {"@date": D}                  the text, whatever its year and digits
{"@bytes": B}                             the text in the URL-safe alphabet, with padding
{"@query": Q}, {"@obj": {"@set": {…}}}    a text: {"@query": Q} or {"@set": {…}} as compact JSON
{"@uuid": U}                              the same
{"@obj": O}                               O, whose keys belong to the user and are not tags
array, object                             the same, of decoded values

A tag is the only member of its object. All functions here take values that `answers.decode` has returned.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""null, bool, int, float, str, or a list or dict of them."""

LEAST_ID, GREATEST_ID = -(2**63), 2**63 - 1
"""Ids of documents are signed 64-bit integers. An index lists the negative ones too, which Documents() never does."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_CYCLE_YEARS = 400
_CYCLE_MICROS = 146_097 * 86_400 * 1_000_000

_NATIVE_TYPES = {
    "collections": "collection",
    "databases": "database",
    "indexes": "index",
    "functions": "function",
    "roles": "role",
    "access_providers": "access_provider",
    "keys": "key",
    "tokens": "token",
    "credentials": "credential",
}

_TO_URL_SAFE = str.maketrans("+/", "-_")


def decode(value: Json) -> Json:
    """The record value of a wire value.

    Arrays and objects are decoded in place, from the top down, and returned. A tagged object stays unchanged and gives
    a new value. There is no recursion, so the depth of a value does not matter.
    """
    root = [value]
    decode_members(root)
    return root[0]


def decode_members(root: Json) -> int:
    """Decode what an array or object holds, in place, and return how many levels of arrays and objects there are.

    The object that a tagged value becomes is not counted as a level.
    """
    levels = 0
    level: list[Any] = [root]
    while level:
        levels += 1
        below: list[Any] = []
        for container in level:
            # Assigning to existing keys while iterating saves a copy of the members.
            for key, child in container.items() if type(container) is dict else enumerate(container):
                kind = type(child)
                if kind is dict:
                    if len(child) == 1:
                        (tag,) = child
                        decoder = _DECODERS.get(tag)
                        if decoder is not None:
                            container[key] = decoder(child[tag])
                            continue
                        if tag == "@obj":
                            container[key] = _unescape(child[tag], below)
                            continue
                    below.append(child)
                elif kind is list:
                    below.append(child)
        level = below
    return levels


def _unescape(content: Json, below: list[Any]) -> Json:
    if is_set(content):
        return compact(content)
    below.append(content)
    return content


def is_set(content: Json) -> bool:
    """Whether the content of `@obj` is a stored set, and not a user's object with a key `@set`."""
    return type(content) is dict and len(content) == 1 and type(content.get("@set")) is dict


def unescaped(members: Json) -> Json:
    """The members of a wire object. The server escapes it as `@obj` if one of its keys begins with `@`."""
    return members["@obj"] if len(members) == 1 and "@obj" in members else members


def compact(value: Json) -> str:
    r"""Wire JSON as a text: no blanks, \u escapes, keys in the order sent."""
    return json.dumps(value, separators=(",", ":"))


def time_text(ts: int) -> str:
    """Microseconds since 1970 as UTC with six digits of fraction, such as 2022-04-03T00:00:00.000000Z.

    Years beyond 9999 have a sign before them, as the server writes them.
    """
    # Python's calendar ends with the year 9999, and Fauna's does not. The calendar repeats itself every 400 years.
    cycles, rest = divmod(ts, _CYCLE_MICROS)
    moment = _EPOCH + timedelta(microseconds=rest)
    year = moment.year + cycles * _CYCLE_YEARS
    sign = "+" if year > 9999 else ""
    return f"{sign}{year:04d}-{moment:%m-%dT%H:%M:%S.%f}Z"


def reference(content: Json) -> Json:
    """The record value of a reference, from the content of `@ref`.

    The content is `{"id": …, "collection": {"@ref": …}}`, without the collection in a native reference.
    """
    tagged = content.get("collection")
    if tagged is None:
        return {"id": content["id"], "type": "unknown"}
    parent = tagged["@ref"]
    tagged = parent.get("collection")
    if tagged is None:
        native = parent["id"]
        return {"id": content["id"], "type": _NATIVE_TYPES.get(native, native)}
    grandparent = tagged["@ref"]
    if grandparent["id"] == "collections" and "collection" not in grandparent:
        return {"id": content["id"], "collection": parent["id"], "type": "document"}
    return {"id": content["id"], "type": "unknown"}


def _as_it_is(content: Json) -> Json:
    return content


def _url_safe(content: str) -> str:
    return content.translate(_TO_URL_SAFE)


def _tagged_text(tag: str) -> Callable[[Json], str]:
    return lambda content: compact({tag: content})


_DECODERS: dict[str, Callable[[Json], Json]] = {
    "@ref": reference,
    "@ts": _as_it_is,
    "@date": _as_it_is,
    "@bytes": _url_safe,
    "@query": _tagged_text("@query"),
    "@set": _tagged_text("@set"),
    "@uuid": lambda content: {"@uuid": content},
}

TAGS = frozenset(_DECODERS)
"""Keys that mark a value of another type if an object has no other key. `@obj` is none: its content is an object."""
