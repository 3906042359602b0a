"""Shapes of collections that other connectors find wrong columns for, and the columns that are found here."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness.connector import command, discover
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create, create_wired
from local_fauna.sample import bookshop

FOUND = {"column_mode": "found"}
ARRAY, BOOLEAN, DATE, INTEGER, NUMBER, OBJECT, STRING, TIME = (
    {"type": ["null", "array"]},
    {"type": ["null", "boolean"]},
    {"type": ["null", "string"], "format": "date"},
    {"type": ["null", "integer"]},
    {"type": ["null", "number"]},
    {"type": ["null", "object"]},
    {"type": ["null", "string"]},
    {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
)
YEAR_OF_IDS = 33_000_000_000_000_000
"""About how far ids of documents get in a year, for the server makes them of the time."""


def found(fauna: Fauna, **columns: Any) -> dict[str, dict[str, Any]]:
    """The columns that a discover finds, by stream and name."""
    ours = ("ref", "ts", "data", "ttl")
    streams = discover(fauna.config(columns={**FOUND, **columns}))
    return {
        each["name"]: {name: kind for name, kind in each["json_schema"]["properties"].items() if name not in ours}
        for each in streams
    }


def fill(fauna: Fauna, *documents: dict[str, Any], ids: Any = None) -> None:
    fauna.collection("foo", index=False)
    numbered = list(zip(ids or range(1, len(documents) + 1), documents, strict=True))
    for start in range(0, len(numbered), 250):
        fauna.write(*(create_wired("foo", number, data) for number, data in numbered[start : start + 250]))


@pytest.mark.local_only
def test_the_bookshop(fauna: Fauna) -> None:
    bookshop(fauna.query, documents=1_000)
    assert found(fauna) == {
        "authors": {"born": DATE, "language": STRING, "name": STRING, "titles": ARRAY, "works": STRING},
        "books": {
            "author": OBJECT,
            "binding": STRING,
            "cover_thumbnail": STRING,
            "first_published": INTEGER,
            "in_stock": BOOLEAN,
            "isbn": STRING,
            "pages": INTEGER,
            "price": OBJECT,
            "ratings": OBJECT,
            "released": DATE,
            "title": STRING,
        },
        "orders": {
            "customer": OBJECT,
            "label": STRING,
            "lines": ARRAY,
            "number": STRING,
            "placed": TIME,
            "shipped_on": DATE,
            "status": STRING,
        },
    }


def test_events_whose_payload_changes_with_their_kind(fauna: Fauna) -> None:
    """Where all payloads are objects, the column is one. One of another type makes it JSON text: nothing is null."""
    payloads: list[Any] = [{"page": "/"}, {"x": 1.5, "y": 2}, {"error": {"code": 7}}]
    events = [
        {"kind": f"k{n % 3}", "at": {"@ts": "2024-03-01T09:00:00Z"}, "payload": payloads[n % 3]} for n in range(90)
    ]
    fill(fauna, *events)
    assert found(fauna) == {"foo": {"at": TIME, "kind": STRING, "payload": OBJECT}}
    fauna.write(create("foo", 1_000, {"kind": "note", "payload": "by hand"}))
    assert found(fauna) == {"foo": {"at": TIME, "kind": STRING, "payload": STRING}}


def test_a_field_that_was_long_for_years_and_is_double_since_last_week(fauna: Fauna) -> None:
    """The last documents are always in the sample."""
    old = [{"amount": number} for number in range(2_000)]
    new = [{"amount": 0.5}] * 20
    first, last_week = 3 * YEAR_OF_IDS, 6 * YEAR_OF_IDS - YEAR_OF_IDS // 52
    ids = [first + number * (last_week - first) // 2_000 for number in range(2_000)]
    fill(fauna, *old, *new, ids=[*ids, *(last_week + 1_000 * number for number in range(20))])
    assert found(fauna, sample_size=100) == {"foo": {"amount": NUMBER}}


def test_a_map_with_user_ids_as_keys(fauna: Fauna) -> None:
    """Within a field the map is an object. At the top its keys are no columns, but what all documents have is one."""
    users = [f"{337_898_800_783_819_264 + number}" for number in range(700)]
    fill(fauna, *({"room": "a", "seen": {user: 1}, user: {"joined": True}} for user in users))
    assert found(fauna) == {"foo": {"room": STRING, "seen": OBJECT}}


@pytest.mark.local_only
def test_documents_of_two_megabytes(fauna: Fauna) -> None:
    """They are few in a sample, but of both ends, and no answer is longer than a page may be."""
    assert fauna.local is not None
    text = "x" * 2_000_000
    fauna.collection("foo", index=False)
    for number in range(1, 13):
        fauna.write(create("foo", number, {"text": text, "page": number, **({"last": True} if number == 12 else {})}))
    fauna.local.reset_requests()
    assert found(fauna) == {"foo": {"last": BOOLEAN, "page": INTEGER, "text": STRING}}
    assert fauna.local.count(lambda expression: "before" in str(expression)) <= 5


def test_a_collection_of_twelve_documents(fauna: Fauna) -> None:
    """All are read, by one request: a field of one of them has its column."""
    rare: dict[str, Any] = {"since": {"@date": "2022-03-04"}, "tags": ["a"], "rate": 2.0}
    fill(fauna, *({"name": "x", "rate": 1, **(rare if number == 7 else {})} for number in range(12)))
    run = command("discover", config=fauna.config(columns=FOUND)).succeed()
    properties = run.streams[0]["json_schema"]["properties"]
    assert list(properties) == ["ref", "ts", "data", "ttl", "name", "rate", "since", "tags"]
    assert (properties["rate"], properties["since"], properties["tags"]) == (NUMBER, DATE, ARRAY)
