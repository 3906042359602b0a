"""`LocalFauna.query`: what it takes, what it gives, what it raises."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from faunadb import query as q
from faunadb.objects import FaunaTime

from local_fauna import LocalFauna
from local_fauna.local import QueryFailed


@pytest.fixture
def fauna() -> LocalFauna:
    return LocalFauna()


@pytest.mark.parametrize(
    ("expression", "resource"),
    [
        pytest.param({"object": {"a": 1}}, {"a": 1}, id="wire JSON"),
        pytest.param(q.select("a", {"a": [1, "x"]}), [1, "x"], id="a builder"),
        pytest.param([q.to_string(7), {"object": {"b": q.equals(1, 1)}}], ["7", {"b": True}], id="both, mixed"),
        pytest.param(FaunaTime("2022-07-22T13:34:16.881Z"), {"@ts": "2022-07-22T13:34:16.881Z"}, id="a driver's time"),
        pytest.param("text", "text", id="a bare text"),
        pytest.param(None, None, id="null"),
    ],
)
def test_query_takes_wire_json_and_builders(fauna: LocalFauna, expression: object, resource: object) -> None:
    assert fauna.query(expression) == resource


def test_query_runs_as_admin_without_a_server(fauna: LocalFauna) -> None:
    fauna.query(q.create_collection({"name": "things"}))
    created = fauna.query(q.create(q.ref(q.collection("things"), "7"), {"data": {"a": 1}}))
    assert fauna.query(q.get(q.ref(q.collection("things"), "7"))) == created


def test_an_error_answer_is_raised_with_its_code_place_and_description(fauna: LocalFauna) -> None:
    with pytest.raises(QueryFailed, match=r"400: invalid ref at \['paginate', 'documents'\]: .*'nowhere'") as caught:
        fauna.query(q.paginate(q.documents(q.collection("nowhere"))))
    assert caught.value.status == 400
    assert caught.value.errors[0]["code"] == "invalid ref"


def test_failures_of_a_write_are_told(fauna: LocalFauna) -> None:
    with pytest.raises(QueryFailed, match="validation failed"):
        fauna.query({"create_collection": {"object": {"name": 1}}})


@pytest.mark.parametrize("value", [datetime(2020, 1, 1), date(2020, 1, 1), b"x", {1, 2}], ids=repr)  # noqa: DTZ001
def test_what_is_neither_json_nor_a_builder_is_refused(fauna: LocalFauna, value: object) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        fauna.query(value)


def test_a_typed_collection_shows_its_fields_and_an_update_keeps_them(fauna: LocalFauna) -> None:
    fauna.query(q.create_collection({"name": "typed"}))
    fields = {"name": {"signature": "String"}, "of": {"signature": "Ref<Product>?"}}
    fauna.type_collection("typed", fields=fields, wildcard="Any")
    fauna.query(q.update(q.collection("typed"), {"history_days": 1}))
    shown = fauna.query(q.get(q.collection("typed")))
    assert (shown["fields"], shown["wildcard"], shown["history_days"]) == (fields, "Any", 1)
    fauna.query(q.create(q.ref(q.collection("typed"), "1"), {"data": {"name": "a"}}))
    assert fauna.query(q.count(q.documents(q.collection("typed")))) == 1


def test_a_collection_that_is_not_there_cannot_be_typed(fauna: LocalFauna) -> None:
    with pytest.raises(KeyError, match="typed"):
        fauna.type_collection("typed", fields={})


def test_v4_cannot_type_a_collection(fauna: LocalFauna) -> None:
    with pytest.raises(QueryFailed, match="501"):
        fauna.query(q.create_collection({"name": "typed", "fields": {}}))
