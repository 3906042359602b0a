"""One chosen collection with columns of its own, by the real entry point."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness.connector import configured, discover, full_refresh, incremental, read
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, delete, ref
from integration_tests.harness.table import DELETED, live, removed


def column(name: str, *path: str, type: str = "string", **more: Any) -> dict[str, Any]:  # noqa: A002 - the key's name
    return {"name": name, "path": list(path), "type": type, **more}


def read_columns(fauna: Fauna, *columns: dict[str, Any], **config: Any) -> Any:
    return full_refresh(fauna.config(name="foo", additional_columns=list(columns), **config))


def test_columns_stand_after_ttl_in_their_order_and_data_can_be_left_out(fauna: Fauna) -> None:
    fauna.collection("foo")
    ts = fauna.write(create("foo", 101, {"n": 7, "born": "2022-03-04T05:06:07Z"}))
    n = column("n", "data", "n", type="integer")
    born = column("born", "data", "born", format="date-time", airbyte_type="timestamp_with_timezone", required=False)
    (record,) = read_columns(fauna, born, n, data_column=False).succeed().records()
    assert record == {"ref": "101", "ts": ts, "ttl": None, "born": "2022-03-04T05:06:07Z", "n": 7}
    assert list(record) == ["ref", "ts", "ttl", "born", "n"]


VALUES: dict[str, tuple[dict[str, Any], Any]] = {
    "text": (column("c", "data", "text"), "a"),
    "integer": (column("c", "data", "int", type="integer"), 7),
    "integer as number": (column("c", "data", "int", type="number"), 7),
    "double": (column("c", "data", "double", type="number"), 1.5),
    "boolean": (column("c", "data", "flag", type="boolean"), True),
    "array": (column("c", "data", "list", type="array"), [1, "2022-03-04"]),
    "object": (column("c", "data", "nested", type="object"), {"deep": {"er": 1}}),
    "within an object": (column("c", "data", "nested", "deep", "er", type="integer"), 1),
    "time": (column("c", "data", "at", format="date-time"), "2022-03-04T05:06:07.123456Z"),
    "an element of an array": (column("c", "data", "list", "1"), "2022-03-04"),
    "a whole double": (column("c", "data", "whole", type="integer"), 70),
    "date": (column("c", "data", "day", format="date"), "2022-03-04"),
    "the ts of the document": (column("c", "ts", type="integer"), "ts"),
    "the whole reference": (
        column("c", "data", "parent", type="object"),
        {"id": "7", "collection": "foo", "type": "document"},
    ),
    "the id of a reference": (column("c", "data", "parent", "id"), "7"),
    "the collection of a reference": (column("c", "data", "parent", "collection", "id"), "foo"),
    "the id of the document": (column("c", "ref", "id"), "1"),
    "a key with an at": (column("c", "data", "odd", "@x", type="integer"), 1),
}


@pytest.mark.parametrize(("given", "expected"), VALUES.values(), ids=VALUES.keys())
def test_path_walks_the_whole_document(fauna: Fauna, given: dict[str, Any], expected: Any) -> None:
    fauna.collection("foo")
    data = {"text": "a", "int": 7, "double": 1.5, "whole": 70.0, "flag": True, "list": [1, {"@date": "2022-03-04"}]}
    data |= {"nested": {"deep": {"er": 1}}, "at": {"@ts": "2022-03-04T05:06:07.123456789Z"}}
    data |= {"day": {"@date": "2022-03-04"}, "parent": ref("foo", 7), "odd": {"object": {"@x": 1}}}
    stored = {"object": {"data": {"object": {key: _wire(value) for key, value in data.items()}}}}
    ts = fauna.write({"create": ref("foo", 1), "params": stored})
    (record,) = read_columns(fauna, given).succeed().records()
    assert record["c"] == (ts if expected == "ts" else expected)


def _wire(value: Any) -> Any:
    if not isinstance(value, dict) or any(key.startswith("@") for key in value) or "object" in value:
        return value
    return {"object": {key: _wire(inner) for key, inner in value.items()}}


NOTHING = "The path {path} does not exist in document Ref(1, collection=foo)"
OTHER = "Document '1' of collection 'foo' does not fit column 'c': it has {there} there, but the column takes {wanted}."
MISFITS: dict[str, tuple[dict[str, Any], str]] = {
    "another type": (column("c", "data", "n"), OTHER.format(there="an integer", wanted="a text")),
    "another format": (
        column("c", "data", "text", format="date-time"),
        OTHER.format(there="a text of another form", wanted="a date-time"),
    ),
    "a double for an integer": (
        column("c", "data", "half", type="integer"),
        OTHER.format(there="a number", wanted="an integer"),
    ),
    "a path into a text": (column("c", "data", "nested", "x", "y"), NOTHING),
    "a path behind the end of an array": (column("c", "data", "list", "1"), NOTHING),
    "nothing there": (column("c", "data", "missing"), NOTHING),
    "no such member of a document": (column("c", "missing"), NOTHING),
}


@pytest.mark.parametrize(("given", "message"), MISFITS.values(), ids=MISFITS.keys())
def test_value_that_does_not_fit_is_null_where_optional_and_fails_the_stream_where_required(
    fauna: Fauna, given: dict[str, Any], message: str
) -> None:
    fauna.collection("foo")
    ts = fauna.write(create("foo", 1, {"n": 1, "text": "a", "half": 1.5, "nested": {"x": "y"}, "list": ["z"]}))
    optional = read_columns(fauna, {**given, "required": False}, data_column=False).succeed()
    (record,) = optional.of("RECORD")
    assert record["data"] == {"ref": "1", "ts": ts, "ttl": None, "c": None}
    there = message is not NOTHING
    changes = [{"field": "c", "change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"}]
    assert record.get("meta") == ({"changes": changes} if there else None)
    required = read_columns(fauna, given)
    required.fail(message.replace("{path}", str(given["path"])))
    assert required.records() == []


def test_removal_has_ref_ts_and_its_column_alone(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"n": 1}))
    config = fauna.config(name="foo", additional_columns=[column("n", "data", "n", type="integer")], deletions=DELETED)
    state = incremental(config).succeed().state
    ts = fauna.write(delete("foo", 1))
    assert incremental(config, state).succeed().records() == [removed(1, ts)]


def test_failing_column_keeps_what_was_read_before(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.write(create("foo", 1, {"n": 1}), create("foo", 2))
    config = fauna.config(
        name="foo", page_size=1, concurrency=1, additional_columns=[column("n", "data", "n", type="integer")]
    )
    run = full_refresh(config).fail("Ref(2, collection=foo)")
    assert run.refs() == ["1"]
    assert run.states()[-1]["full_sync_cursor"]["ranges"] == [{"from": "2"}]


def test_settings_of_one_collection_are_without_effect_on_all_and_that_is_told(fauna: Fauna) -> None:
    fauna.collection("foo")
    ts = fauna.write(create("foo", 1, {"n": 1}))
    config = fauna.config(data_column=False, additional_columns=[column("n", "data", "n", type="integer")])
    run = full_refresh(config).succeed()
    assert run.warn("these settings have no effect: Data Column").records() == [live(1, ts, {"n": 1})]


def test_chosen_collection_is_the_only_stream(fauna: Fauna) -> None:
    fauna.collection("foo")
    fauna.collection("bar")
    everything, chosen = fauna.config(), fauna.config(name="foo")
    assert [stream["name"] for stream in discover(chosen)] == ["foo"]
    run = read(chosen, configured(everything, foo="full_refresh", bar="full_refresh"))
    run.fail("the source is set to export collection 'foo' only", stream="bar")
    assert run.statuses("foo")[-1] == "COMPLETE"


def test_every_generation_of_saved_configs_reads(fauna: Fauna) -> None:
    fauna.collection("foo", index=False)
    fauna.index("foo", "chosen")
    ts = fauna.write(create("foo", 1))
    base = fauna.config()
    ignore = {"deletion_mode": "ignore"}
    generations = [
        {**base, "collection": {"name": "foo", "data_column": True, "updates": {"update_mode": "disabled"}}},
        {**base, "sourceType": "fauna", "collection": {"name": "foo", "index": "chosen", "deletions": ignore}},
        {**base, "collection": {"page_size": 64, "deletions": ignore}},
        {key: value for key, value in base.items() if key != "collection"},
        {**base, "secret": f" {base['secret']}\n"},
    ]
    for config in generations:
        assert full_refresh(config).succeed().records() == [live(1, ts)], config
