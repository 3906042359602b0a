"""Columns that are found, through the real entry point: discover declares them, and a read obeys the catalog."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from faunadb import query as q

from integration_tests.harness.connector import Run, command, discover, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, create_wired, delete, reads, ref, update
from integration_tests.harness.strikes import refusal, strikes
from integration_tests.harness.table import DELETED

FOUND = {"column_mode": "found"}
TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
OURS = ["ref", "ts", "data", "ttl"]


def nullable(kind: str, **more: str) -> dict[str, Any]:
    return {"type": ["null", kind], **more}


def found(config: dict[str, Any], stream: str = "foo") -> dict[str, Any]:
    """The columns that a discover finds, by name."""
    (schema,) = (each["json_schema"] for each in discover(config) if each["name"] == stream)
    return {name: each for name, each in schema["properties"].items() if name not in (*OURS, "deleted_at")}


def catalog(config: dict[str, Any], mode: str = "full_refresh", *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The configured catalog of all streams, without the columns that a user has deselected."""
    streams = copy.deepcopy(discover(config))
    for stream in streams:
        for name in without:
            del stream["json_schema"]["properties"][name]
    return {
        "streams": [{"stream": each, "sync_mode": mode, "destination_sync_mode": "append"} for each in streams],
    }


def rows(run: Run) -> dict[str, dict[str, Any]]:
    return {record["ref"]: record for record in run.succeed().records()}


UUID = "123e4567-e89b-12d3-a456-426614174000"
TYPES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "text": ("Zoë", "Zoë", nullable("string")),
    "long": (2**53 + 1, 2**53 + 1, nullable("integer")),
    "double": (1.5, 1.5, nullable("number")),
    "flag": (True, True, nullable("boolean")),
    "at": ({"@ts": "2022-03-04T12:00:30.123456789Z"}, "2022-03-04T12:00:30.123456Z", TIMESTAMP),
    "day": ({"@date": "2022-03-04"}, "2022-03-04", nullable("string", format="date")),
    "bytes": ({"@bytes": "aGVsbG8/Pz8+Pj4="}, "aGVsbG8_Pz8-Pj4=", nullable("string")),
    "uuid": ({"@uuid": UUID}, UUID, nullable("string")),
    "set": (q.documents(q.collection("foo")), None, nullable("string")),
    "query": (q.query(q.lambda_("x", q.var("x"))), None, nullable("string")),
    "other": (ref("foo", 7), {"id": "7", "collection": "foo", "type": "document"}, nullable("object")),
    "kind": (q.collection("foo"), {"id": "foo", "type": "collection"}, nullable("object")),
    "map": ({"a": {"@date": "2022-03-04"}}, {"a": "2022-03-04"}, nullable("object")),
    "list": ([1, "a"], [1, "a"], nullable("array")),
}


def test_every_type_of_fauna_has_a_column_of_its_type(fauna: Fauna) -> None:
    fauna.collection("foo")
    ts = fauna.write(create_wired("foo", 1, {name: stored for name, (stored, _, _) in TYPES.items()}))
    config = fauna.config(columns=FOUND)
    assert found(config) == {name: TYPES[name][2] for name in sorted(TYPES)}
    (record,) = read(config, catalog(config)).succeed().records()
    assert record["data"]["at"] == "2022-03-04T12:00:30.123456789Z"
    for name, (_, expected, _) in TYPES.items():
        assert record[name] == (record["data"][name] if expected is None else expected), name
    assert (record["ref"], record["ts"], record["ttl"]) == ("1", ts, None)
    assert list(record) == [*OURS, *sorted(TYPES)]


def test_read_obeys_the_catalog_and_not_what_a_new_sample_would_say(fauna: Fauna) -> None:
    """What does not fit the declared type is null, told, and whole in data. A new field waits for a new schema."""
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"n": 1, "word": "x", "share": 1}))
    config = fauna.config(columns=FOUND)
    old = catalog(config)
    fauna.write(
        update("foo", 1, {"n": 70.0, "new": True}),
        create("foo", 2, {"n": 1.5, "word": {"a": [1, "é"]}}),
        create("foo", 3, {"n": "three", "word": 7, "share": 2}),
    )
    run = read(config, old)
    by_ref = rows(run)
    columns = {number: [record["n"], record["word"], record["share"]] for number, record in by_ref.items()}
    assert columns == {"1": [70, "x", 1], "2": [None, '{"a":[1,"é"]}', None], "3": [None, "7", 2]}
    assert type(by_ref["1"]["n"]) is int
    assert "new" not in by_ref["1"]
    assert [by_ref[number]["data"]["n"] for number in "123"] == [70.0, 1.5, "three"]
    nulled = {"changes": [{"field": "n", "change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"}]}
    metas = {record["data"]["ref"]: record.get("meta") for record in run.of("RECORD")}
    assert metas == {"1": None, "2": nulled, "3": nulled}
    assert found(config)["n"] == nullable("string")


def test_columns_that_the_catalog_lacks_are_not_emitted(fauna: Fauna) -> None:
    fauna.collection("foo")
    ts = fauna.write(create_wired("foo", 1, {"n": 1, "map": {"at": {"@ts": "2022-03-04T12:00:30Z"}}, "word": "x"}))
    config = fauna.config(columns=FOUND)
    deselected: dict[tuple[str, ...], dict[str, Any]] = {
        ("data",): {"ttl": None, "map": {"at": "2022-03-04T12:00:30Z"}, "n": 1, "word": "x"},
        ("data", "ttl", "map"): {"n": 1, "word": "x"},
        ("data", "ttl", "map", "n", "word"): {},
    }
    for without, expected in deselected.items():
        run = read(config, catalog(config, without=without)).succeed()
        assert run.records() == [{"ref": "1", "ts": ts, **expected}]


def test_a_catalog_written_by_hand_says_nothing_of_columns(fauna: Fauna) -> None:
    fauna.collection("foo")
    ts = fauna.write(create("foo", 1, {"n": 1}))
    config = fauna.config(columns=FOUND)
    by_hand = catalog(config)
    by_hand["streams"][0]["stream"]["json_schema"] = {"type": "object"}
    assert command("read", config=config, catalog=by_hand).succeed().records() == [
        {"ref": "1", "ts": ts, "data": {"n": 1}, "ttl": None}
    ]


def test_found_columns_are_the_same_in_full_refresh_and_incremental_and_null_in_a_deletion(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"n": 1}), create("foo", 2, {"n": 2, "ref": "mine", "Deleted_At": "long ago"}))
    config = fauna.config(columns=FOUND, deletions=DELETED)
    columns = ["data_Deleted_At", "data_ref", "n"]
    assert list(found(config)) == columns
    whole = rows(read(config, catalog(config)))
    by_state = catalog(config, "incremental")
    first = read(config, by_state)
    assert rows(first) == whole
    assert [whole["2"][name] for name in columns] == ["long ago", "mine", 2]
    fauna.write(delete("foo", 2), update("foo", 1, {"n": 3}))
    ts = fauna.write(create("foo", 3, {"n": 4}))
    again = read(config, by_state, first.state)
    changed = rows(again)
    assert [changed[number]["n"] for number in "123"] == [3, None, 4]
    assert list(changed["2"]) == ["ref", "ts", *columns, "deleted_at"]
    assert [changed["2"][name] for name in columns] == [None, None, None]
    assert changed["3"]["ts"] == ts


def test_a_changed_schema_goes_on_from_the_same_state(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"n": 1}))
    config = fauna.config(columns=FOUND)
    first = read(config, catalog(config, "incremental"))
    fauna.write(create("foo", 2, {"n": "two", "more": True}))
    again = read(config, catalog(config, "incremental"), first.state)
    (record,) = again.succeed().records()
    assert [record["ref"], record["n"], record["more"]] == ["2", "two", True]


def test_an_additional_column_is_older_than_a_field_of_its_name(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"n": 7, "m": 1}))
    column = {"name": "n", "path": ["ts"], "type": "integer"}
    config = fauna.config(name="foo", columns=FOUND, additional_columns=[column], data_column=False)
    assert list(found(config)) == ["n", "m"]
    (record,) = read(config, catalog(config)).succeed().records()
    assert list(record) == ["ref", "ts", "ttl", "n", "m"]
    assert (record["n"], record["m"]) == (record["ts"], 1)


def test_new_shapes_at_the_end_are_seen_and_an_unchanged_database_gives_the_same_bytes(fauna: Fauna) -> None:
    fauna.collection("foo")
    for start in range(1, 2_001, 500):
        fauna.write(*(create("foo", 3 * number, {"old": number}) for number in range(start, start + 500)))
    config = fauna.config(columns={**FOUND, "sample_size": 100})
    catalogs = {orjson.dumps(discover(config)) for _ in range(30)}
    assert len(catalogs) == 1
    assert list(found(config)) == ["old"]
    fauna.write(create_wired("foo", 9_000_000, {"new": {"@date": "2022-03-04"}}))
    assert list(found(config)) == ["new", "old"]


def test_names_that_destinations_take_for_one_are_told(fauna: Fauna) -> None:
    fauna.collection("foo", index=False)
    fauna.write(
        create("foo", 1, {"Name": 1, "name": "a", "a.b": 1, "": 2, "@x": 3, "_airbyte_id": 4}),
        create("foo", 2, {"name": "b", "ref": 1}),
    )
    config = fauna.config(columns=FOUND)
    run = command("discover", config=config).succeed()
    (stream,) = run.streams
    columns = ["@x", "a.b", "data__airbyte_id", "data_ref", "name"]
    assert [name for name in stream["json_schema"]["properties"] if name not in OURS] == columns
    run.warn(
        "these fields have no column, because destinations take their name for that of another column: 'Name'.",
        "1 fields have no column, because their name has no letter or digit, has control characters, or is longer",
    )
    (first, second) = (rows(read(config, catalog(config)))[number] for number in "12")
    assert [first[name] for name in columns] == [3, 1, 4, None, "a"]
    assert [second[name] for name in columns] == [None, None, None, 1, "b"]


def test_a_map_with_ids_as_keys_is_no_table(fauna: Fauna) -> None:
    fauna.collection("foo", index=False)
    for start in range(0, 600, 200):
        fauna.write(*(create("foo", 1 + n, {"kind": "x", f"user_{n}": n}) for n in range(start, start + 200)))
    run = command("discover", config=fauna.config(columns=FOUND)).succeed()
    assert list(run.streams[0]["json_schema"]["properties"]) == [*OURS, "kind"]
    run.warn("600 of the fields that were found have no column, for a stream has 500 found columns at most.")


@pytest.mark.local_only
def test_a_collection_that_cannot_be_sampled_costs_only_its_own_columns(fauna: Fauna) -> None:
    assert fauna.local is not None
    for name in ("foo", "bar"):
        fauna.collection(name)
        fauna.write(create(name, 1, {"n": 1}))
    config = fauna.config(columns=FOUND)
    fault = refusal(400, "bad request", "Transaction does too much compute: got 12012, limit: 12000")
    with strikes(fauna.local, fault, when=_samples("foo")):
        run = command("discover", config=config).succeed()
    columns = {each["name"]: list(each["json_schema"]["properties"])[len(OURS) :] for each in run.streams}
    assert columns == {"foo": [], "bar": ["n"]}
    run.warn("Collection 'foo' cannot be sampled, so only the fields that its definition names have columns: 400")


def _samples(collection: str) -> Any:
    return lambda expression: b'"before"' in (body := orjson.dumps(expression)) and f'"{collection}"'.encode() in body


def test_a_role_that_may_read_some_documents_finds_their_columns(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"n": 1, "open": True}), create("foo", 2, {"secret": 1, "open": False}))
    condition = q.query(q.lambda_("x", q.select(["data", "open"], q.get(q.var("x")))))
    mine, theirs = reads("foo")
    secret = fauna.key({**mine, "actions": {"read": condition}}, theirs)
    assert list(found(fauna.config(secret=secret, columns=FOUND))) == ["n", "open"]


def test_a_wrong_mode_or_size_is_refused_in_words(fauna: Fauna) -> None:
    fauna.collection("foo")
    for columns, told in (
        ({"column_mode": "guessed"}, "'given' was expected"),
        (
            {"column_mode": "found", "sample_size": 5},
            "collection.columns.sample_size is 5, but it must be from 10 to 10000",
        ),
    ):
        run = command("check", config=fauna.config(columns=columns))
        assert told in str(run.messages) + str(run.failure), (columns, run)
