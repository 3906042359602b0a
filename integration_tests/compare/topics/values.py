"""Literals, stored values, and functions of values, arrays, pages and sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from integration_tests.compare.stories import Story
from integration_tests.compare.teller import SCALARS, Teller
from unit_tests.local_fauna.fauna import documents, field, lambda_, match, named, page, params, ref, var

_STEPS = 44
_COLLECTION = named("collections", "c")
_INDEX = named("indexes", "v")

_LITERALS: tuple[Any, ...] = (
    {"@ts": "2022-07-22T13:34Z"}, {"@ts": "2022-07-22T13:34:16.5+02:00"}, {"@ts": "2022-07-22T13:34:16+0100"},
    {"@ts": "2022-07-22T13:34:16"}, {"@ts": "2022-07-22"}, {"@ts": "0001-01-01T00:00:00Z"}, {"@ts": 1},
    {"@ts": "+20000-01-01T00:00:00Z"}, {"@ts": "2022-02-30T00:00:00Z"}, {"@ts": "1960-01-01T00:00:00.1Z"},
    {"@date": "2022-2-3"}, {"@date": "2022-02-29"}, {"@date": "0001-01-01"}, {"@date": 1},
    {"@bytes": "_-8"}, {"@bytes": "AQI"}, {"@bytes": "?"},
    {"@uuid": "x"}, {"@uuid": "5F1C3B1A-0000-4000-8000-000000000001"},
    {"@ref": {"id": 1, "collection": _COLLECTION}}, {"@ref": {"id": "x", "collection": _COLLECTION}}, {"@ref": {}},
    {"@ref": {"id": "1", "class": {"id": "c", "class": {"id": "classes"}}}}, {"@ref": "classes/c/1"},
    {"@ref": {"id": "collections"}}, {"@ref": {"id": "nope", "collection": {"@ref": {"id": "indexes"}}}},
    {"@set": {"documents": _COLLECTION}}, {"@set": {"match": _INDEX}}, {"@set": {"match": _INDEX, "terms": 1}},
    {"@set": {"singleton": {"@ref": {"id": "1", "collection": _COLLECTION}}}}, {"@set": 1},
    {"@obj": {"a": 1}}, {"@foo": 1}, {"object": {"@foo": 1, "b": 2}}, {"object": {"@ts": "hello"}},
    {"@query": {"api_version": "4", "lambda": "x", "expr": {"var": "x"}}}, {"@query": {"lambda": "x", "expr": 1}},
    {"query": lambda_("x", var("x"))}, {"object": {"a": None}}, [], [[], [None]], 1e21, 1e-7, 123456.789, 0.1, 1e7,
    12345678.5, 2**62, -(2**63), "😀", "\u0000", "é", "\n",
)  # fmt: skip
_TEXTS: tuple[Any, ...] = (
    "", "a", "Abc", "  a b ", "ÄÖ", "ß", "ab ab", "1", "-1.5", "1e3", "x1", "日本", "%",
    "2020-01-01", "2020-01-01T00:00:00Z",
)  # fmt: skip
_NUMBERS: tuple[Any, ...] = (0, 1, -1, 2, 3, 7, -7, 64, 2**63 - 1, -(2**63), 0.0, -0.0, 0.5, 1.5, -2.5, 1e300, 100.125)
_TIMES: tuple[Any, ...] = (
    {"@ts": "2020-02-29T12:34:56.789Z"}, {"@ts": "1969-12-31T23:59:59.999999Z"},
    {"@ts": "2000-01-01T00:00:00.000000001Z"}, {"@date": "2020-02-29"}, {"@date": "1900-01-01"},
)  # fmt: skip
_UNITS = ("day", "days", "hour", "half_day", "minute", "second", "milliseconds", "microsecond", "nanosecond", "year", 1)
_PATHS: tuple[Any, ...] = ("a", 0, ["a"], ["a", 0], ["data", "v"], [], "", -1, ["a", "b"], 1.5, None, ["ref", "id"])
_FORMATS = ("%s", "%d", "%f", "%s %s", "%%", "%@", "%^", "%x", "%5d", "", "%", "a%sb")


def _of_one(kind: str, *names: str) -> Iterator[dict[str, str]]:
    return ({name: kind} for name in names)


_FUNCTIONS: tuple[dict[str, str], ...] = (
    *_of_one("number", "abs", "bitnot", "ceil", "floor", "sign", "sqrt", "round", "space"),
    *_of_one("numbers", "add", "subtract", "multiply", "divide", "modulo", "bitand", "bitor", "bitxor", "max", "min"),
    {"round": "number", "precision": "number"}, {"trunc": "number"}, {"trunc": "number", "precision": "number"},
    *_of_one("values", "lt", "lte", "gt", "gte", "equals", "min", "max"),
    *_of_one("truths", "and", "or"), {"not": "truth"},
    *_of_one("text", "lowercase", "uppercase", "titlecase", "trim", "ltrim", "rtrim", "length", "repeat"),
    {"casefold": "text"}, {"casefold": "text", "normalizer": "normalizer"},
    {"contains_str": "text", "search": "text"}, {"starts_with": "text", "search": "text"},
    {"ends_with": "text", "search": "text"}, {"find_str": "text", "find": "text"},
    {"find_str": "text", "find": "text", "start": "number"}, {"replace_str": "text", "find": "text", "replace": "text"},
    {"concat": "texts"}, {"concat": "texts", "separator": "text"}, {"repeat": "text", "number": "number"},
    {"substring": "text", "start": "number"}, {"substring": "text", "length": "number"},
    {"substring": "text", "start": "number", "length": "number"}, {"format": "format", "values": "values"},
    *_of_one("value", "to_string", "to_number", "to_object", "to_array", "is_null", "is_array", "is_boolean"),
    *_of_one("value", "is_bytes", "is_collection", "is_date", "is_doc", "is_double", "is_integer", "is_number"),
    *_of_one("value", "is_object", "is_ref", "is_set", "is_string", "is_timestamp", "is_uuid", "is_index", "is_role"),
    *_of_one("text", "date", "time"), {"epoch": "number", "unit": "unit"},
    *_of_one("time", "to_date", "to_time", "to_seconds", "to_millis", "to_micros", "day_of_month", "day_of_week"),
    *_of_one("time", "day_of_year", "hour", "minute", "month", "second", "year"),
    {"time_add": "time", "offset": "number", "unit": "unit"}, {"time_diff": "time", "other": "time", "unit": "unit"},
    {"time_subtract": "time", "offset": "number", "unit": "unit"},
    {"merge": "object", "with": "object"}, {"merge": "object", "with": "value"},
    {"select": "path", "from": "object"}, {"select": "path", "from": "object", "default": "value"},
    {"select": "path", "from": "array"}, {"contains_path": "path", "in": "object"},
    {"contains": "path", "in": "object"},
    {"contains_field": "text", "in": "object"}, {"contains_value": "value", "in": "array"},
    {"contains_value": "value", "in": "object"}, {"contains_value": "value", "in": "group"},
    *_of_one("group", "count", "sum", "mean", "is_empty", "is_nonempty", "reverse", "all", "any", "distinct"),
    {"take": "number", "collection": "group"}, {"drop": "number", "collection": "group"},
    {"append": "array", "collection": "group"}, {"prepend": "array", "collection": "group"},
    {"map": "lambda", "collection": "group"}, {"filter": "lambda", "collection": "group"},
    {"foreach": "lambda", "collection": "group"},
    {"reduce": "fold", "initial": "number", "collection": "group"}, {"join": "rows", "with": "lead"},
    *_of_one("joined", "paginate", "count", "exists"),
    *_of_one("sets", "union", "intersection", "difference", "distinct"),
    *_of_one("group", "paginate", "exists", "max", "min"), *_of_one("filtered", "paginate", "count", "get"),
)  # fmt: skip
"""Forms, with the kind of value that each of their arguments takes."""


def story(teller: Teller) -> Story:
    """Values asked for as they are, stored and read again, and given to functions, mostly to such as take them."""
    yield from teller.ask({"create_collection": {"object": {"name": "c"}}})
    made = {"name": "v", "source": {"collection": "c"}, "values": [field("data", "v")]}
    yield from teller.ask({"create_index": {"object": made}})
    for number in (1, 2, 3):
        yield from teller.ask({"create": ref(number), "params": params({"v": number, "a": [number]})})
    for _ in range(_STEPS):
        if teller.maybe(0.25):
            yield from _stored(teller)
        else:
            yield from teller.ask(_literal(teller) if teller.maybe(0.25) else _call(teller, depth=2))


def _literal(teller: Teller) -> Any:
    kind = teller.chance.randrange(4)
    one = teller.one(_LITERALS)
    return [one, teller.value()] if kind == 0 else {"object": {"a": one, "b": teller.value()}} if kind == 1 else one


def _stored(teller: Teller) -> Story:
    """Write a value, and read it again."""
    value = _literal(teller) if teller.maybe(0.5) else teller.value(depth=3)
    form, document = teller.one(("update", "update", "replace", "create")), ref(teller.one((1, 2, 3, 4)))
    yield from teller.ask({form: document, "params": params({"v": value, "a": teller.value()})})
    yield from teller.ask({"get": document})


def _call(teller: Teller, *, depth: int) -> Any:
    """A function with arguments, some of which do not fit, and some of which are calls themselves."""
    return {name: _argument(teller, kind, depth) for name, kind in teller.one(_FUNCTIONS).items()}


def _argument(teller: Teller, kind: str, depth: int) -> Any:
    if teller.maybe(0.06):
        return teller.one((*SCALARS, *_LITERALS))
    if depth and teller.maybe(0.08):
        return _call(teller, depth=depth - 1)
    return _KINDS[kind](teller)


def _several(choices: tuple[Any, ...]) -> Callable[[Teller], Any]:
    def made(teller: Teller) -> Any:
        return teller.one(choices) if teller.maybe(0.1) else teller.some(choices, least=0 if teller.maybe(0.1) else 1)

    return made


def _single(choices: tuple[Any, ...]) -> Callable[[Teller], Any]:
    return lambda teller: teller.one(choices)


def _object(teller: Teller) -> Any:
    names = teller.some(("a", "b", "data", "ref"), least=1)
    return teller.one(({"object": {name: teller.value() for name in names}}, {"get": ref(teller.one((1, 2, 9)))}))


def _array(teller: Teller) -> Any:
    return [teller.scalar() for _ in range(teller.chance.randrange(4))]


def _group(teller: Teller) -> Any:
    return teller.one(
        (
            _array(teller), teller.some(_NUMBERS), [True, False], page(match("v"), size=2), page(documents()),
            match("v"), documents(), page(match("v"), size=1, after=2), {"collections": None},
            page(documents(), size=2, sources=True), page(ref(1), events=True), {"events": documents()},
        )
    )  # fmt: skip


def _fold(teller: Teller) -> Any:
    body = teller.one(({"add": [var("x"), var("y")]}, var("y"), [var("x")], {"max": [var("x"), var("y")]}))
    return lambda_(teller.one((["x", "y"], ["x", "y"], ["x", "y"], "x")), body)


def _lead(teller: Teller) -> Any:
    return teller.one(({"index": "v"}, *(lambda_("x", body) for body in (match("v"), documents(), var("x"), 1))))


def _joined(teller: Teller) -> Any:
    return {"join": teller.one(_ROWS), "with": _lead(teller)}


def _lambda(teller: Teller) -> Any:
    body = teller.one(
        (var("x"), [var("x")], 1, True, {"gt": [var("x"), 1]}, {"is_integer": var("x")}, {"get": var("x")}, None,
         {"add": [var("x"), 1]}, {"object": {"x": var("x")}})
    )  # fmt: skip
    return lambda_(teller.one(("x", "x", "x", "x", ["x", "y"], "_")), body)


_ROWS = (match("v"), documents(), {"singleton": ref(1)})
_SETS = (match("v"), documents(), {"singleton": ref(1)}, documents("nope"), [1, 2], [2, 3])
_KINDS: dict[str, Callable[[Teller], Any]] = {
    "number": _single(_NUMBERS),
    "numbers": _several(_NUMBERS),
    "text": _single(_TEXTS),
    "texts": _several(_TEXTS),
    "truth": _single((True, False)),
    "truths": _several((True, False, True)),
    "value": lambda teller: teller.value(),
    "values": _several(SCALARS),
    "time": _single(_TIMES),
    "unit": _single(_UNITS),
    "path": _single(_PATHS),
    "format": _single(_FORMATS),
    "object": _object,
    "array": _array,
    "group": _group,
    "sets": _several(_SETS),
    "lambda": _lambda,
    "fold": _fold,
    "rows": _single(_ROWS),
    "lead": _lead,
    "joined": _joined,
    "normalizer": _single(("NFKCCaseFold", "NFC", "NFD", "x")),
    "filtered": lambda teller: {"filter": _lambda(teller), "collection": teller.one((match("v"), documents()))},
}
