"""What is stored and how it comes back (recording `values`)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, create, named, page, params, ref, update, wire

STORED: dict[str, tuple[Any, Any]] = {
    "nulls are dropped": ({"a": None, "b": [1, None, {"object": {"c": None}}]}, {"b": [1, {}]}),
    "inner emptiness stays": ({"a": {"object": {}}, "b": []}, {"a": {}, "b": []}),
    "a ref": ({"a": ref(7)}, {"a": wire(7)}),
    "a ref by its wire form": (
        {"a": {"@ref": {"id": 7, "class": {"id": "c", "class": {"id": "classes"}}}}},
        {"a": wire(7)},
    ),
    "a ref by its path": ({"a": {"@ref": "classes/c/007"}}, {"a": wire(7)}),
    "bytes, URL-safe and unpadded": ({"a": {"@bytes": "aGVsbG8_Pz8-Pj4"}}, {"a": {"@bytes": "aGVsbG8/Pz8+Pj4="}}),
    "a set is an object": (
        {"a": {"documents": {"collection": "c"}}},
        {"a": {"@obj": {"@set": {"documents": named("collections", "c")}}}},
    ),
    "a set with one term": (
        {"a": {"match": {"index": "by_n"}, "terms": ["x"]}},
        {"a": {"@obj": {"@set": {"match": named("indexes", "by_n"), "terms": "x"}}}},
    ),
    "the events of a set": (
        {"a": {"events": {"documents": {"collection": "c"}}}},
        {"a": {"@obj": {"@set": {"events": {"@obj": {"@set": {"documents": named("collections", "c")}}}}}}},
    ),
}


@pytest.mark.parametrize(("data", "shown"), STORED.values(), ids=STORED.keys())
def test_stored(fauna: Fauna, data: Any, shown: Any) -> None:
    fauna.collection()
    fauna.index("by_n", terms=[{"object": {"field": ["data", "n"]}}])
    fauna.create(1, data)
    assert fauna.ask({"get": ref(1)})["data"] == shown


def test_some_sets_cannot_be_stored(fauna: Fauna) -> None:
    fauna.collection()
    for source in ({"range": {"documents": {"collection": "c"}}, "from": 1, "to": 2}, {"singleton": ref(1)}):
        assert fauna.error(create(1, {"a": source}))[0] == 500


def test_a_document_within_another_is_stored_with_its_collection(fauna: Fauna) -> None:
    fauna.collection()
    ts = fauna.create(1, {"n": 1})
    fauna.create(2, {"copy": {"get": ref(1)}})
    owner = named("collections", "c")
    copy = {"ref": wire(1), "ts": ts, "data": {"n": 1}, "class": owner, "collection": owner}
    assert fauna.ask({"get": ref(2)})["data"] == {"copy": copy}


def test_an_event_is_stored_by_its_oldest_names(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("by_n", values=[{"object": {"field": ["data", "n"]}}])
    ts = fauna.create(1, {"n": 1})
    sources = [page(ref(1), events=True), page({"match": {"index": "by_n"}}, events=True)]
    fauna.create(2, {"events": [{"select": ["data", 0], "from": source} for source in sources]})
    assert fauna.ask({"get": ref(2)})["data"]["events"] == [
        {"ts": ts, "action": "create", "resource": wire(1)},
        {"ts": ts, "action": "add", "resource": wire(1), "values": [1]},
    ]


@pytest.mark.parametrize("data", [None, {}, {"a": None}], ids=["no data", "empty", "only null"])
def test_empty_data_is_dropped(fauna: Fauna, data: Any) -> None:
    fauna.collection()
    fauna.create(1, data)
    assert "data" not in fauna.ask({"get": ref(1)})


UPDATES: dict[str, tuple[Any, Any]] = {
    "objects merge deeply": ({"o": {"object": {"b": 2}}}, {"n": 1, "o": {"a": 1, "b": 2}, "l": [1, 2]}),
    "null deletes": ({"n": None, "o": {"object": {"a": None}}}, {"o": {}, "l": [1, 2]}),
    "arrays are replaced": ({"l": [3]}, {"n": 1, "o": {"a": 1}, "l": [3]}),
    "a scalar becomes an object": ({"n": {"object": {"x": 1}}}, {"n": {"x": 1}, "o": {"a": 1}, "l": [1, 2]}),
}


@pytest.mark.parametrize(("change", "data"), UPDATES.values(), ids=UPDATES.keys())
def test_update(fauna: Fauna, change: Any, data: Any) -> None:
    fauna.collection()
    fauna.create(1, {"n": 1, "o": {"object": {"a": 1}}, "l": [1, 2]})
    assert fauna.ask(update(1, change))["data"] == data


def test_update_without_data_keeps_it_and_null_drops_it(fauna: Fauna) -> None:
    fauna.collection()
    fauna.create(1, {"n": 1})
    assert fauna.ask({"update": ref(1)})["data"] == {"n": 1}
    assert "data" not in fauna.ask({"update": ref(1), "params": {"object": {"data": None}}})


def test_unknown_params_and_own_ts_and_ref_are_ignored(fauna: Fauna) -> None:
    fauna.collection()
    given = {"object": {"data": {"object": {"a": 1}}, "ts": 5, "ref": ref(9), "credentials": {"object": {}}, "x": 1}}
    made = fauna.ask({"create": ref("007"), "params": given})
    assert made == {"ref": wire(7), "ts": made["ts"], "data": {"a": 1}}


@pytest.mark.parametrize(
    ("given", "failure"),
    [
        ({"data": 1}, (["data"], "Invalid type Long, expected type Map.")),
        ({"ttl": 1}, (["ttl"], "Invalid type Long, expected type Timestamp.")),
        ({"data": []}, (["data"], "Invalid type Array, expected type Map.")),
    ],
    ids=["data", "ttl", "array"],
)
def test_params_of_other_types_are_refused(fauna: Fauna, given: Any, failure: Any) -> None:
    fauna.collection()
    body = json.loads(fauna.reply({"create": ref(1), "params": {"object": given}}).body)
    (error,) = body["errors"]
    assert error["code"] == "validation failed"
    assert [(each["field"], each["description"]) for each in error["failures"]] == [failure]


def test_a_ref_that_cannot_be_resolved_is_not_stored(fauna: Fauna) -> None:
    fauna.collection()
    body = json.loads(fauna.reply(create(1, {"a": ref(1, "nope")})).body)
    failure = {"field": ["data", "a"], "code": "invalid reference", "description": "Cannot read reference."}
    assert body["errors"][0]["failures"] == [failure]


def test_all_writes_of_a_query_share_one_ts_and_see_each_other(fauna: Fauna) -> None:
    fauna.collection()
    first, second, count, shown = fauna.ask(
        [create(1), create(2), {"count": {"documents": {"collection": "c"}}}, {"get": ref(1)}]
    )
    assert first["ts"] == second["ts"] == shown["ts"]
    assert count == 2


def test_nothing_of_a_failed_query_stays(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("c_ts", values=[{"object": {"field": ["ts"]}}, {"object": {"field": ["ref"]}}])
    ts = fauna.create(1, {"n": 1})
    fauna.error([update(1, {"n": 2}), create(2), {"delete": ref(1)}, {"abort": "no"}])
    assert fauna.ask({"get": ref(1)})["data"] == {"n": 1}
    assert fauna.ask(page({"match": {"index": "c_ts"}}))["data"] == [[ts, wire(1)]]
    assert len(fauna.ask(page({"documents": {"collection": "c"}}, events=True))["data"]) == 1
    assert len(fauna.ask(page(ref(1), events=True))["data"]) == 1
    assert fauna.reply(create(2)).status == 201


CREATED: dict[str, tuple[Any, int]] = {
    "itself": (create(1), 201),
    "through do": ({"do": [1, create(1)]}, 201),
    "through let": ({"let": {"a": create(1)}, "in": {"var": "a"}}, 201),
    "through if": ({"if": True, "then": create(1), "else": 1}, 201),
    "through at": ({"at": {"now": None}, "expr": create(1)}, 201),
    "in an array": ([create(1)], 200),
    "in an object": ({"object": {"a": create(1)}}, 200),
    "read again": ({"do": [create(1), {"get": ref(1)}]}, 200),
    "a part of it": ({"select": "ref", "from": create(1)}, 200),
    "updated": ({"do": [create(1), update(1, {"a": 1})]}, 200),
}


@pytest.mark.parametrize(("query", "status"), CREATED.values(), ids=CREATED.keys())
def test_201_for_the_very_document_that_create_returned(fauna: Fauna, query: Any, status: int) -> None:
    fauna.collection()
    assert fauna.reply(query).status == status


def test_a_generated_id_has_18_digits_and_rises(fauna: Fauna) -> None:
    fauna.collection()
    made = [fauna.ask({"create": {"collection": "c"}, "params": params()})["ref"]["@ref"]["id"] for _ in range(3)]
    assert [len(each) for each in made] == [18, 18, 18]
    assert made == sorted(made, key=int)
