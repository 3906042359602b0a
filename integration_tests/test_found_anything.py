"""Random documents through discover and read: no value is lost, no record breaks its schema, and no type narrows."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import FormatChecker

from integration_tests.harness.connector import Run, discover, full_refresh, read
from integration_tests.harness.fauna import Fauna, fresh_database
from integration_tests.harness.fql import ref
from source_fauna.records.inference import join
from source_fauna.records.names import column_names, folded, is_usable
from source_fauna.records.types import STRING, TIMESTAMP, ColumnType, as_text, type_in
from unit_tests.records.validation import Validator

pytestmark = pytest.mark.local_only
"""A real server may take other times, dates and depths of values than these."""

FOUND = {"column_mode": "found"}
OURS = frozenset({"ref", "ts", "data", "ttl"})
NAMES = column_names()
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_time(text: object) -> bool:
    """As destinations take a time: years of four digits, at most six digits of fraction, a zone."""
    form = r"(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"
    return not isinstance(text, str) or re.fullmatch(form, text) is not None


@FORMATS.checks("date")
def is_date(text: object) -> bool:
    return not isinstance(text, str) or re.fullmatch(r"(?!0000)\d{4}-\d\d-\d\d", text) is not None


def obj(members: Mapping[str, Any]) -> dict[str, Any]:
    """An object to write. One whose only key is like a tag cannot be written: the server takes it for the tag."""
    (only,) = members if len(members) == 1 else ("",)
    return {"object": {**members, **({"b": 1} if only.startswith("@") else {})}}


def nested(levels: int) -> Any:
    value: Any = {"@date": "2022-03-04"}
    for level in range(levels):
        value = obj({"@a": value}) if level % 7 == 0 else [value]
    return value


INFINITE = {"multiply": [1e308, 10.0]}
TIMES = [
    "2022-03-04T12:00:30Z",
    "2022-03-04T12:00:30.123456789Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
]
FAR_TIMES = ["+10000-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "-0001-01-01T00:00:00Z"]
DATES = ["2022-03-04", "0001-01-01", "9999-12-31"]
FAR_DATES = ["+10000-01-01", "0000-12-31", "-0001-01-01"]
SCALARS = st.one_of(
    st.booleans(),
    st.sampled_from([0, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]),
    st.sampled_from([70.0, -0.0, 2.5, 2.0**53, 2.0**63, -(2.0**63), 1e300, 1.7976931348623157e308, 5e-324]),
    st.sampled_from([INFINITE, {"subtract": [0.0, INFINITE]}, {"subtract": [INFINITE, INFINITE]}]),
    st.sampled_from(["", "x", "é", "NaN", "1", "true", "a\u0000b", "\ufffd", *TIMES, *DATES, *FAR_TIMES]),
    st.sampled_from([*TIMES, *FAR_TIMES]).map(lambda text: {"@ts": text}),
    st.sampled_from([*DATES, *FAR_DATES]).map(lambda text: {"@date": text}),
    st.sampled_from(
        [
            {"@bytes": "aGVsbG8/Pz8+Pj4="},
            {"@uuid": "123e4567-e89b-12d3-a456-426614174000"},
            {"query": {"lambda": "x", "expr": {"var": "x"}}},
            {"documents": {"collection": "foo"}},
            {"collection": "foo"},
            ref("foo", 7),
            nested(100),
            nested(200),
        ]
    ),
)
KEYS = st.sampled_from(["a", "b", "n"]) | st.sampled_from(
    [
        *("A", "Straße", "strasse", "a b", "a_b", "a.b", "Zo\u00eb", "zoe\u0308", "x" * 63, "x" * 63 + "y"),
        *("ref", "Ref", "ts", "data", "ttl", "data_ref", "data_data_ref", "@ts", "@ref", "_airbyte_id", "_ab_cdc_lsn"),
        *("", " ", "$", "_", "a\u0000b", "名称", "😀", "y" * 251),
    ]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2).map(obj), max_leaves=4
)
DOCUMENTS = st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=4)


@pytest.fixture(scope="module")
def database() -> Iterator[Fauna]:
    """A database with the collection to which the values refer."""
    with fresh_database() as fauna:
        fauna.collection("foo")
        yield fauna


NUMBERS = count()


@settings(max_examples=20)
@given(DOCUMENTS, DOCUMENTS)
def test_whatever_documents_hold(database: Fauna, earlier: list[dict[str, Any]], later: list[dict[str, Any]]) -> None:
    """All are also read by the schema of the earlier ones, as they are in a connection until it is refreshed."""
    name = f"bar_{next(NUMBERS)}"
    database.collection(name)
    config = database.config(name=name, columns=FOUND)
    fill(database, name, earlier, first=1)
    old = stream(config)
    fill(database, name, later, first=101)
    new = stream(config)
    assert orjson.dumps(stream(config)) == orjson.dumps(new)
    given_records = full_refresh(database.config(name=name), stream=name).succeed().records(name)
    whole = {record["ref"]: record["data"] for record in given_records}
    assert len(whole) == len(earlier) + len(later)
    lose_nothing(config, old, whole)
    assert lose_nothing(config, new, whole) == set()
    assert_each_field_has_a_column(new, whole)
    assert_no_type_narrows(old, new)


def fill(fauna: Fauna, collection: str, documents: list[dict[str, Any]], *, first: int) -> None:
    for number, data in enumerate(documents, start=first):
        fauna.write({"create": ref(collection, number), "params": obj({"data": obj(data)})})


def stream(config: dict[str, Any]) -> dict[str, Any]:
    (found,) = discover(config)
    return found


def columns(of: dict[str, Any]) -> dict[str, ColumnType]:
    """The found columns of a stream, by name."""
    properties = of["json_schema"]["properties"]
    return {name: type_in(schema) for name, schema in properties.items() if name not in OURS}


def lose_nothing(config: dict[str, Any], of: dict[str, Any], whole: dict[str, Any]) -> set[str]:
    """Check the records of a stream, with `data` and without; gives the names of columns that were nulled somewhere."""
    without = copy.deepcopy(of)
    del without["json_schema"]["properties"]["data"]
    run, bare = records(config, of), records(config, without)
    assert records(config, of, mode="incremental").records(of["name"]) == run.records(of["name"])
    nulled = set()
    for message, other in zip(run.of("RECORD"), bare.of("RECORD"), strict=True):
        record, told = message["data"], told_of(message)
        data = record.pop("data")
        assert exact(data) == exact(whole[record["ref"]])
        assert exact(record) == exact(other["data"])
        assert {*record, "data"} == set(of["json_schema"]["properties"])
        assert told == told_of(other)
        for name, column_type in columns(of).items():
            assert_held(data.get(NAMES.field_of(name)), record[name], column_type, nulled=name in told)
        nulled |= told
    return nulled


def records(config: dict[str, Any], of: dict[str, Any], *, mode: str = "full_refresh") -> Run:
    """A read of the stream, whose records are all valid."""
    configured = {"stream": of, "sync_mode": mode, "destination_sync_mode": "append"}
    run = read(config, {"streams": [configured]}).succeed()
    validator = Validator(of["json_schema"], format_checker=FORMATS)
    for record in run.records(of["name"]):
        validator.validate(record)
    return run


def told_of(message: dict[str, Any]) -> set[str]:
    """The names of the columns that a record says were nulled."""
    changes = (message.get("meta") or {}).get("changes", [])
    names = [change["field"] for change in changes]
    assert len(set(names)) == len(names)
    how = {"change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"}
    assert changes == [{"field": name, **how} for name in names]
    return set(names)


def assert_held(value: Any, held: Any, column_type: ColumnType, *, nulled: bool) -> None:
    """The column has the value from `data` in its type's form, or the record says that it was nulled."""
    if nulled:
        assert held is None
        assert value is not None
    elif value is not None and column_type == STRING:
        assert held == as_text(value)
    elif value is not None and column_type == TIMESTAMP:
        assert held == re.sub(r"(\.\d{6})\d+", r"\1", value)
    else:
        assert held == value


def assert_each_field_has_a_column(of: dict[str, Any], whole: dict[str, Any]) -> None:
    """Or its name is one that no destination takes, or takes for that of a column that is there."""
    names = {folded(name) for name in columns(of)}
    fields = {field for data in whole.values() for field in data if is_usable(field)}
    assert {folded(NAMES.column_of(field)) for field in fields} == names
    assert len(names) == len(columns(of))


def assert_no_type_narrows(old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = columns(old), columns(new)
    assert set(map(folded, before)) <= set(map(folded, after))
    for name in before.keys() & after.keys():
        assert join(before[name], after[name]) == after[name]


def exact(value: Any) -> bytes:
    """As JSON text 1 and 1.0, 0.0 and -0.0 differ."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
