"""Indexes in every form that a server accepts, and keys that may list only some indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from faunadb import query as q

from integration_tests.harness.connector import check, command, incremental
from integration_tests.harness.fauna import READ_SCHEMA, Fauna, fresh_database
from integration_tests.harness.fql import bound, create, may_read, reads

TS, REF, N = {"field": ["ts"]}, {"field": ["ref"]}, {"field": ["data", "n"]}
BOUND = [{**TS, "binding": "x"}, REF]
BOTH, FULL = ["full_refresh", "incremental"], ["full_refresh"]


def sources(name: str) -> dict[str, Any]:
    """Every form of a source that is this collection alone (recording `index_forms`)."""
    collection = q.collection(name)
    return {
        "ref": collection,
        "listed": [collection],
        "object": {"collection": collection},
        "list_in_object": {"collection": [collection]},
        "objects": [{"collection": collection}],
        "class": {"class": collection},
    }


SERVING, UNFIT = tuple(sources("")), ("bare_terms", "bare_values", "two_sources", "bound", "reversed")


@pytest.fixture(scope="module")
def database() -> Iterator[Fauna]:
    """A collection for each form of an index, and a document in each."""
    with fresh_database() as made:
        for name in (*SERVING, *UNFIT):
            made.collection(name, index=False)
            made.write(create(name, 1, {"n": 1}))
        for name in SERVING:
            made.index(name, source=sources(name)[name])
        made.index("bare_terms", terms=N)
        made.index("bare_values", values=TS)
        made.index("two_sources", source={"collection": [q.collection("two_sources"), q.collection("ref")]})
        made.index("bound", source=bound("bound"), values=BOUND)
        made.index("reversed", values=[{**TS, "reverse": True}, REF])
        yield made


def modes(config: dict[str, Any]) -> dict[str, list[str]]:
    """The names of the streams, and their sync modes."""
    run = command("discover", config=config).succeed()
    return {stream["name"]: stream["supported_sync_modes"] for stream in run.streams}


def test_an_index_that_serves_is_used_in_every_form_and_no_other_spoils_it(database: Fauna) -> None:
    """Without the rule, one bare object makes the connector report that the server is not a Fauna database."""
    assert modes(database.config()) == {**dict.fromkeys(SERVING, BOTH), **dict.fromkeys(UNFIT, FULL)}
    assert check(database.config()).check_status == ("SUCCEEDED", "")


@pytest.mark.parametrize("name", SERVING)
def test_updates_are_read_by_an_index_of_every_form(database: Fauna, name: str) -> None:
    config = database.config(name=name, index=f"{name}_ts")
    before = incremental(config, stream=name).succeed()
    database.write(create(name, 2))
    assert incremental(config, before.state, stream=name).succeed().refs(name) == ["2"]


COMPLAINTS = {
    "bare_terms": "Index 'bare_terms_ts' should have no terms, but it has terms data.n",
    "bare_values": (
        "Index should have values [{'field': 'ts'}, {'field': 'ref'}], but it has values [{'field': ['ts']}]"
    ),
    "two_sources": ("Index 'two_sources_ts' should have source 'two_sources', but it has source 'two_sources, ref'"),
    "bound": "Index 'bound_ts' should have ts and ref without bindings, but it has bindings x",
}


@pytest.mark.parametrize(("name", "complaint"), COMPLAINTS.items(), ids=COMPLAINTS.keys())
def test_an_index_that_does_not_serve_is_told(database: Fauna, name: str, complaint: str) -> None:
    config = database.config(name=name, index=f"{name}_ts")
    assert check(config).check_status == ("FAILED", complaint)
    command("discover", config=config).succeed().warn(f"{complaint}. Correct Incremental Sync Index")


def test_an_index_whose_ts_is_a_binding_is_told_also_if_nobody_named_it(database: Fauna) -> None:
    """Its entries hold what the binding computes, so every update would be lost."""
    (told,) = command("discover", config=database.config(name="bound")).succeed().logs("WARN")
    assert told.startswith(f"{COMPLAINTS['bound']}. This creates one: CreateIndex(")


def test_an_index_that_is_made_again_with_a_binding_is_passed_over(fauna: Fauna) -> None:
    fauna.collection("foo")
    config = fauna.config()
    before = incremental(config).succeed()
    fauna.query(q.delete(q.index("foo_ts")))
    fauna.index("foo", "foo_ts", source=bound("foo"), values=BOUND)
    fauna.index("foo", "other")
    fauna.write(create("foo", 1, {"n": 1}))
    assert incremental(config, before.state).succeed().refs() == ["1"]


def role(database: Fauna, name: str, *schema: dict[str, Any]) -> str:
    """The secret of a key that may read the collection `ref` and its index, and these lists."""
    return database.key(*reads("ref"), role=name, schema=schema)


def test_a_list_of_indexes_that_is_empty_for_lack_of_a_right_is_told(database: Fauna) -> None:
    """Such a role gets 200 and an empty list (recording `rights_lists`): every stream looks as if it had no index."""
    config = database.config(secret=role(database, "lists_collections", READ_SCHEMA[0]))
    run = command("discover", config=config).succeed()
    assert [stream["supported_sync_modes"] for stream in run.streams] == [FULL]
    (told,) = [text for text in run.logs("INFO") if "has no index" in text]
    assert told.startswith(
        "Collection 'ref' has no index for incremental syncs, or the key may not list it: give its role read on "
        "Indexes(). This creates one: CreateIndex("
    )


def test_an_index_of_the_settings_that_is_there_but_not_listed_is_told(database: Fauna) -> None:
    secret = role(database, "lists_none_chosen", READ_SCHEMA[0])
    config = database.config(secret=secret, name="ref", index="ref_ts")
    told = "Index 'ref_ts' is there, but the key may not list it. Give its role read on Indexes()."
    assert check(config).warn(told).check_status == ("FAILED", "No permissions to list indexes")
    assert [stream["supported_sync_modes"] for stream in command("discover", config=config).warn(told).streams] == [
        FULL
    ]
    missing = database.config(secret=secret, name="ref", index="nope")
    assert check(missing).check_status == ("FAILED", "Index 'nope' does not exist")


def test_an_index_that_a_condition_hides_from_the_list_is_told(database: Fauna) -> None:
    other = q.query(q.lambda_("index", q.equals(q.var("index"), q.index("object_ts"))))
    secret = role(database, "lists_one", READ_SCHEMA[0], may_read(q.indexes(), other))
    config = database.config(secret=secret, name="ref", index="ref_ts")
    check(config).warn("Index 'ref_ts' is there, but the key may not list it")


@pytest.mark.parametrize("name", ["check", "discover"])
def test_the_list_of_indexes_alone_lacks_the_right_to_list_collections(database: Fauna, name: str) -> None:
    """Read on Indexes() without Collections() closes both lists."""
    run = command(name, config=database.config(secret=role(database, f"lists_indexes_{name}", READ_SCHEMA[1])))
    told = run.check_status[1] if name == "check" else (run.failure or {})["message"]
    assert told == "No permissions to list collections"
