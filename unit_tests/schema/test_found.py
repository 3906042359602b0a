"""The columns of each collection, from its definition and a sample, and the warnings for those that have none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from source_fauna.config.config import Config
from source_fauna.database.client import Client, Page, Request
from source_fauna.errors.errors import FaunaError
from source_fauna.records.inference import MOST_COLUMNS, FoundColumn
from source_fauna.records.types import INTEGER, STRING
from source_fauna.schema.definitions import Collection
from source_fauna.schema.found import columns_of_each
from unit_tests.configs import config
from unit_tests.local_fauna.fauna import Fauna
from unit_tests.quiet import QUIET
from unit_tests.refusals import refusal
from unit_tests.schema.direct import DirectClient
from unit_tests.told import warnings

FOUND = config(columns={"column_mode": "found"})
FOO, BAR = Collection(name="foo", ts=1), Collection(name="bar", ts=1, fields={"n": "Int", "name": "String?"})

N, NAME = FoundColumn(name="n", field="n", type=INTEGER), FoundColumn(name="name", field="name", type=STRING)


def database(*data: dict[str, Any], collection: str = "foo") -> Fauna:
    fauna = Fauna()
    fauna.collection("foo")
    fauna.collection("bar")
    for number, each in enumerate(data, start=1):
        fauna.create(number, each, collection=collection)
    return fauna


def found(
    fauna: Fauna, *collections: Collection, settings: Config = FOUND, errors: dict[str, FaunaError] | None = None
) -> dict[str, Sequence[FoundColumn]]:
    client = Failing(fauna, errors or {}).client
    return dict(columns_of_each(client, collections, settings, progress=QUIET))


class Failing(DirectClient):
    """Refuses the sample of some collections."""

    def __init__(self, fauna: Fauna, errors: dict[str, FaunaError]) -> None:
        super().__init__(fauna)
        self._errors = errors

    @property
    def client(self) -> Client:
        return cast("Client", self)

    def fetch(self, request: Request, **others: Any) -> Page:
        built = repr(request.build(1))
        for name, error in self._errors.items():
            if f"'{name}'" in built:
                raise error
        return super().fetch(request, **others)


def test_columns_come_from_documents_and_from_definitions() -> None:
    assert found(database({"n": 1}), FOO, BAR) == {"foo": (N,), "bar": (N, NAME)}


def test_nothing_is_asked_where_columns_are_given() -> None:
    refused = {"foo": refusal(403, "permission denied", "No.")}
    assert found(database({"n": 1}), FOO, settings=config(), errors=refused) == {"foo": ()}


TOO_MUCH = refusal(400, "bad request", "Transaction does too much compute: got 12012, limit: 12000")


def test_a_collection_that_cannot_be_sampled_costs_only_its_own_columns(caplog: pytest.LogCaptureFixture) -> None:
    errors = {"foo": TOO_MUCH, "bar": refusal(400, "invalid ref", "Ref refers to undefined collection 'bar'")}
    third = Collection(name="third", ts=1)
    fauna = database({"n": 1})
    fauna.collection("third")
    fauna.create(1, {"name": "x"}, collection="third")
    assert found(fauna, FOO, BAR, third, errors=errors) == {"foo": (), "bar": (N, NAME), "third": (NAME,)}
    said = "cannot be sampled, so only the fields that its definition names have columns"
    assert sorted(warnings(caplog)) == [
        f"Collection 'bar' {said}: 400 invalid ref: Ref refers to undefined collection 'bar'.",
        f"Collection 'foo' {said}: {TOO_MUCH.reason}.",
    ]


@pytest.mark.parametrize(
    "error",
    [
        refusal(500, "internal server error", "Please create a ticket."),
        refusal(503, "time out", "Read timed out."),
    ],
)
def test_a_document_that_the_server_cannot_read_blocks_no_other_collection(error: FaunaError) -> None:
    assert found(database({"n": 1}), FOO, BAR, errors={"bar": error}) == {"foo": (N,), "bar": (N, NAME)}


@pytest.mark.parametrize(
    "error",
    [
        refusal(401, "unauthorized", "Unauthorized"),
        refusal(429, "too many requests", "Slow down."),
        refusal(503, "service unavailable", "The node starts."),
    ],
)
def test_what_concerns_the_whole_database_ends_the_discover(error: FaunaError) -> None:
    """A schema without the columns would take them away from a table that has them."""
    with pytest.raises(FaunaError, match=error.description):
        found(database(), FOO, errors={"foo": error})


def test_fields_without_a_column_are_told(caplog: pytest.LogCaptureFixture) -> None:
    wide = {f"k{number:03}": number for number in range(MOST_COLUMNS + 2)}
    rows = [{"n": 1, "N": 2, "": 3}, {"n": 1, " ": 3}, wide, wide]
    columns = found(database(*rows), FOO)["foo"]
    assert len(columns) == MOST_COLUMNS
    assert warnings(caplog) == [
        (
            "Collection 'foo': these fields have no column, because destinations take their name for that of another "
            "column: 'N'."
        ),
        (
            "Collection 'foo': 2 fields have no column, because their name has no letter or digit, has control "
            "characters, or is longer than 250 characters."
        ),
        (
            "Collection 'foo': 3 of the fields that were found have no column, for a stream has 500 found columns at "
            "most. The fields of the most documents have one."
        ),
    ]
