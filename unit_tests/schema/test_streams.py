"""Collections as streams, with the index of each, and what the log says of what is not offered."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from source_fauna.schema.definitions import Definitions, read_definitions
from source_fauna.schema.indexes import Lack
from source_fauna.schema.streams import readable_streams, streams, with_rights
from unit_tests.configs import config
from unit_tests.declared import BAR, FOO, FOO_TS, by_ts, database
from unit_tests.scripted import Scripted
from unit_tests.told import logged, raises_config_error

DEFINITIONS = Definitions(collections=(FOO, BAR), indexes=(FOO_TS,))

CHOICES: dict[str, tuple[dict[str, Any], dict[str, str | None]]] = {
    "every collection, in the server's order": ({}, {"foo": "foo_ts", "bar": None}),
    "the chosen one": ({"name": "foo"}, {"foo": "foo_ts"}),
    "the chosen one without index": ({"name": "bar"}, {"bar": None}),
    "an index of another name": ({"name": "foo", "index": "nope"}, {"foo": None}),
}


@pytest.mark.parametrize(("collection", "expected"), CHOICES.values(), ids=CHOICES.keys())
def test_streams_are_collections(collection: dict[str, Any], expected: dict[str, str | None]) -> None:
    found = streams(DEFINITIONS, config(**collection))
    assert [each.collection.name for each in found] == [each.name for each in found]
    assert {each.name: None if isinstance(each.index, Lack) else each.index.name for each in found} == expected


def test_a_chosen_collection_must_exist() -> None:
    with raises_config_error("Collection 'nope' does not exist"):
        streams(DEFINITIONS, config(name="nope"))


def test_only_the_indexes_of_streams_that_are_wanted_are_asked_for() -> None:
    scripted = database(FOO_TS, by_ts("shut", "bar"), closed=("shut",))
    definitions = with_rights(scripted.client, read_definitions(scripted.client), config(), names={"foo"})
    assert definitions.refused == frozenset()
    asked = [each["paginate"]["match"]["index"] for sent in scripted.asked[1:] for each in sent]
    assert asked == ["foo_ts"]


LINE = 'CreateIndex({name: "bar_by_ts", source: Collection("bar"), values: [{field: ["ts"]}, {field: ["ref"]}]})'
LOGGED: dict[str, tuple[Scripted, dict[str, Any], dict[str, str | None], list[str]]] = {
    "no index": (
        database(FOO_TS),
        {},
        {"foo": "foo_ts", "bar": None},
        [f"INFO Collection 'bar' has no index for incremental syncs. This creates one: {LINE}."],
    ),
    "a closed collection": (
        database(FOO_TS, by_ts("bar_ts", "bar"), closed=("bar",)),
        {},
        {"foo": "foo_ts"},
        ["WARNING The key may not read collection 'bar': give its role read on it. It is left out."],
    ),
    "closed collections": (
        database(FOO_TS, collections=("foo", "bar", "baz"), closed=("baz", "bar")),
        {},
        {"foo": "foo_ts"},
        ["WARNING The key may not read collections 'bar', 'baz': give its role read on them. They are left out."],
    ),
    "a closed index before an open one": (
        database(by_ts("shut", "foo"), FOO_TS, collections=("foo",), closed=("shut",)),
        {},
        {"foo": "foo_ts"},
        [],
    ),
    "a closed index alone": (
        database(by_ts("shut", "foo"), collections=("foo",), closed=("shut",)),
        {},
        {"foo": None},
        ["WARNING The key may not read index 'shut'. Give its role read on it."],
    ),
    "an index being built": (
        database(by_ts("bar_by_ts", "bar", active=False), collections=("bar",)),
        {},
        {"bar": None},
        ["WARNING Index 'bar_by_ts' is still being built. It can be used when it is active."],
    ),
    "no right to list indexes": (
        database(collections=("foo", "bar"), closed=("indexes",)),
        {},
        {"foo": None, "bar": None},
        ["WARNING No permissions to list indexes. Give the key's role read on Indexes()."],
    ),
    "an index that holds more": (
        database(by_ts("more", "bar", "n"), collections=("bar",)),
        {},
        {"bar": "more"},
        [
            (
                "WARNING Index 'more' holds more than ts and ref: a document with a value of more than 32,767 bytes "
                f"there is missing from it, so its updates are lost. This creates one: {LINE}."
            )
        ],
    ),
    "a chosen index that does not fit": (
        database(FOO_TS, by_ts("bar_ts", "bar")),
        {"name": "foo", "index": "bar_ts"},
        {"foo": None},
        [
            (
                "WARNING Index 'bar_ts' should have source 'foo', but it has source 'bar'. "
                "Correct Incremental Sync Index in the source's settings, or leave it empty."
            )
        ],
    ),
}


@pytest.mark.parametrize(("scripted", "collection", "offered", "told"), LOGGED.values(), ids=LOGGED.keys())
def test_what_is_not_offered_is_told_in_the_log(
    scripted: Scripted,
    collection: dict[str, Any],
    offered: dict[str, str | None],
    told: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    definitions = read_definitions(scripted.client)
    found = readable_streams(scripted.client, definitions, config(**collection))
    assert {each.name: None if isinstance(each.index, Lack) else each.index.name for each in found} == offered
    assert logged(caplog) == told
