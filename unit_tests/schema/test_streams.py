"""Collections as streams, with the index of each, and what the log says of what is not offered."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from source_fauna.schema.definitions import Collection, Definitions, Index
from source_fauna.schema.indexes import Lack
from source_fauna.schema.listing import read_definitions
from source_fauna.schema.rights import closed_collections
from source_fauna.schema.streams import readable_streams, streams, with_rights
from unit_tests.configs import config
from unit_tests.declared import BAR, FOO, FOO_TS, by_ts, database
from unit_tests.quiet import QUIET
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


def test_a_chosen_collection_must_be_understood() -> None:
    definitions = Definitions(collections=(FOO,), indexes=(), unclear_collections=frozenset({"odd"}))
    with raises_config_error("The definition of collection 'odd' cannot be understood"):
        streams(definitions, config(name="odd"))


def test_only_the_indexes_of_streams_that_are_wanted_are_asked_for() -> None:
    scripted = database(FOO_TS, by_ts("shut", "bar"), closed=("shut",))
    definitions = read_definitions(scripted.client, chosen_index=None, progress=QUIET)
    definitions = with_rights(scripted.client, definitions, config(), names={"foo"}, progress=QUIET)
    assert definitions.refused == frozenset()
    asked = [each["paginate"]["match"]["index"] for sent in scripted.asked[1:] for each in sent]
    assert asked == ["foo_ts"]


class Watched(dict[str, Any]):
    """The source of an index, which counts how often any is looked at."""

    looks: ClassVar[int] = 0

    def __contains__(self, key: object) -> bool:
        Watched.looks += 1
        return super().__contains__(key)


def test_choosing_indexes_does_not_look_at_all_of_them_for_each_collection() -> None:
    """Without the rule, a check of ten thousand collections with ten thousand indexes takes eight minutes."""
    count = 100
    collections = tuple(Collection(name=f"c{number}", ts=1) for number in range(count))
    indexes = tuple(by_ts(f"c{number}_ts", f"c{number}") for number in reversed(range(count)))
    watched = tuple(replace(index, source=Watched(index.source)) for index in indexes)
    definitions = Definitions(collections=collections, indexes=watched)
    Watched.looks = 0
    found = streams(definitions, config())
    assert [each.index.name for each in found if isinstance(each.index, Index)] == [f"c{n}_ts" for n in range(count)]
    assert Watched.looks <= 4 * count


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
    "no index at all": (
        database(collections=("bar",)),
        {},
        {"bar": None},
        [
            (
                "INFO Collection 'bar' has no index for incremental syncs, or the key may not list it: give its role "
                f"read on Indexes(). This creates one: {LINE}."
            )
        ],
    ),
    "an index with a binding": (
        database(
            replace(by_ts("bound", "bar"), values=({"field": ["ts"], "binding": "x"}, {"field": ["ref"]})),
            collections=("bar",),
        ),
        {},
        {"bar": None},
        [
            (
                "WARNING Index 'bound' should have ts and ref without bindings, but it has bindings x. "
                f"This creates one: {LINE}."
            )
        ],
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
    settings = config(**collection)
    definitions = read_definitions(scripted.client, chosen_index=settings.index_name, progress=QUIET)
    names = [each.name for each in definitions.collections]
    closed = closed_collections(scripted.client, names, at_once=4, progress=QUIET)
    found = readable_streams(scripted.client, definitions, settings, closed=closed, progress=QUIET)
    assert {each.name: None if isinstance(each.index, Lack) else each.index.name for each in found} == offered
    assert logged(caplog) == told
