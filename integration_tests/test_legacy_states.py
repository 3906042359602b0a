"""Every state that the releases 0.1.x could have saved, in every way in which it may arrive.

The world: documents 1 to 5, each of its own transaction, after documents 11 to 14 were deleted, 13 and 14 in one
transaction. Each row says what a sync that resumes from its state must emit, and what it may emit besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from integration_tests.harness.connector import Run, configured, read
from integration_tests.harness.fauna import Fauna, fresh_database
from integration_tests.harness.fql import create, delete
from integration_tests.harness.table import DELETED
from integration_tests.harness.tunings import FAST, PAGES_OF_TWO
from local_fauna import LocalFauna

ARRIVALS: dict[str, Callable[[Any], Any]] = {
    "bare": lambda state: {"foo": state, "bar": {}},
    "LEGACY": lambda state: [{"type": "LEGACY", "data": {"foo": state}}],
    "STREAM": lambda state: [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": "foo", "namespace": None}, "stream_state": state}}
    ],
}


@dataclass(frozen=True)
class World:
    """A database that is only read, and the times in it."""

    fauna: Fauna
    ts: dict[int, int]

    def read(self, state: Any, mode: str, *, deletions: bool) -> Run:
        """Read foo and bar from the state."""
        config = self.fauna.config(concurrency=1, **({"deletions": DELETED} if deletions else {}))
        return read(config, configured(config, foo=mode, bar=mode), state, tuning=PAGES_OF_TWO)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with fresh_database() as fauna:
        fauna.collection("foo")
        fauna.collection("bar")
        fauna.write(*(create("foo", number) for number in (11, 12, 13, 14)))
        ts = {number: fauna.write(delete("foo", number)) for number in (11, 12)}
        ts[13] = ts[14] = fauna.write(delete("foo", 13), delete("foo", 14))
        ts.update({number: fauna.write(create("foo", number)) for number in range(1, 6)})
        yield World(fauna, ts)


def ref(number: int) -> dict[str, Any]:
    collection = {"@ref": {"id": "foo", "collection": {"@ref": {"id": "collections"}}}}
    return {"@ref": {"id": str(number), "collection": collection}}


def text(cursor: Any) -> str:
    return orjson.dumps(cursor).decode()


DOCUMENTS = ("1", "2", "3", "4", "5")
REMOVALS = ("11", "12", "13", "14")


@dataclass(frozen=True)
class Row:
    """A state by the times of the world; `emitted` must come, in this order, and `repeated` may come before."""

    state: Callable[[dict[int, int]], Any]
    emitted: tuple[str, ...]
    repeated: tuple[str, ...] = ()
    deletions: bool = False
    mode: str = "incremental"


def removing(state: Callable[[dict[int, int]], Any], *emitted: str, repeated: tuple[str, ...] = ()) -> Row:
    """A row of a remove_cursor, beside updates that are all read."""
    return Row(
        lambda ts: {"remove_cursor": state(ts), "updates_cursor": {"ts": ts[5], "ref": "5"}},
        emitted,
        repeated=repeated,
        deletions=True,
    )


def event(ts: int, action: str, number: int) -> str:
    return text({"ts": ts, "action": action, "document": ref(number)})


ROWS = {
    "nothing": Row(lambda _: {}, DOCUMENTS),
    "nothing, deletions on": Row(lambda _: {}, REMOVALS + DOCUMENTS, deletions=True),
    "an empty updates_cursor": Row(lambda _: {"updates_cursor": {}}, DOCUMENTS),
    "an empty remove_cursor": Row(lambda _: {"remove_cursor": {}}, REMOVALS + DOCUMENTS, deletions=True),
    "a full refresh from its first page": Row(
        lambda ts: {"full_sync_cursor": {"ts": ts[4]}}, ("1", "2", "3", "4"), mode="full_refresh"
    ),
    "a full refresh from a document": Row(
        lambda ts: {"full_sync_cursor": {"ts": ts[4], "after": text([ref(3)])}}, ("3", "4"), mode="full_refresh"
    ),
    "a full refresh that has saved nothing": Row(lambda _: {}, DOCUMENTS, mode="full_refresh"),
    "updates after a document": Row(lambda ts: {"updates_cursor": {"ts": ts[3], "ref": "3"}}, ("4", "5")),
    "updates after a ts": Row(lambda ts: {"updates_cursor": {"ts": ts[3]}}, ("4", "5")),
    "updates of an empty stream": Row(lambda _: {"updates_cursor": {"ts": 0, "ref": ""}}, DOCUMENTS),
    "updates from a ts": Row(lambda ts: {"updates_cursor": {"ts": ts[3], "ref": ""}}, ("3", "4", "5")),
    "updates broken off": Row(lambda ts: {"updates_cursor": {"after": text([ts[3], ref(3), ref(3)])}}, ("3", "4", "5")),
    "updates broken off, with ts and ref": Row(
        lambda ts: {"updates_cursor": {"ts": ts[1], "ref": "1", "after": text([ts[3], ref(3), ref(3)])}},
        ("3", "4", "5"),
    ),
    "removals after one": removing(lambda ts: {"ts": ts[11], "ref": "11"}, "12", "13", "14", repeated=("11",)),
    "removals within a transaction": removing(lambda ts: {"ts": ts[13], "ref": "13"}, "14", repeated=("13",)),
    "removals after a ts": removing(lambda ts: {"ts": ts[12]}, "13", "14"),
    "removals of an empty stream": removing(lambda _: {"ts": 0, "ref": ""}, *REMOVALS),
    "removals broken off": removing(lambda ts: {"after": event(ts[12], "remove", 12)}, "12", "13", "14"),
    "removals broken off, with ts and ref": removing(
        lambda ts: {"ts": ts[11], "ref": "11", "after": event(ts[12], "remove", 12)}, "12", "13", "14"
    ),
    "removals broken off at a creation": removing(lambda ts: {"after": event(ts[1], "add", 1)}),
    "updates without removals, deletions on": Row(
        lambda ts: {"updates_cursor": {"ts": ts[4], "ref": "4"}}, (*REMOVALS, "5"), deletions=True
    ),
    "removals, deletions off": Row(
        lambda ts: {"updates_cursor": {"ts": ts[4], "ref": "4"}, "remove_cursor": {"ts": ts[11], "ref": "11"}}, ("5",)
    ),
    "removals alone, deletions off": Row(lambda ts: {"remove_cursor": {"ts": ts[11], "ref": "11"}}, DOCUMENTS),
    "both modes, read by full refresh": Row(
        lambda ts: {"full_sync_cursor": {"ts": ts[2]}, "updates_cursor": {"ts": ts[4], "ref": "4"}},
        ("1", "2"),
        mode="full_refresh",
    ),
    "both modes, read incrementally": Row(
        lambda ts: {"full_sync_cursor": {"ts": ts[2]}, "updates_cursor": {"ts": ts[4], "ref": "4"}}, ("5",)
    ),
    "the future": Row(lambda _: {"updates_cursor": {"ts": 253370764800000000, "ref": "10"}}, ()),
    "the future, deletions on": Row(
        lambda _: {"updates_cursor": {"ts": 253370764800000000, "ref": "10"}}, (), deletions=True
    ),
    "leftovers of prototypes": Row(
        lambda ts: {
            "updates_cursor": {"ts": ts[4], "ref": "4", "x": 1},
            "add_remove_cursor": {"ts": "no"},
            "now": 5,
            "_comment": "…",
        },
        ("5",),
    ),
}


@pytest.mark.parametrize("arrive", ARRIVALS.values(), ids=ARRIVALS.keys())
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_state_resumes_with_its_meaning(world: World, row: Row, arrive: Callable[[Any], Any]) -> None:
    run = world.read(arrive(row.state(world.ts)), row.mode, deletions=row.deletions).succeed()
    refs = run.refs()
    emitted = [each for each in refs if each in row.emitted]
    assert tuple(emitted) == row.emitted
    assert set(refs) - set(emitted) <= set(row.repeated)
    # The platform demands a state of every stream in the first job after a legacy state.
    assert run.states("foo")
    assert run.states("bar")


@pytest.mark.parametrize("mode", ["full_refresh", "incremental"])
@pytest.mark.parametrize("arrived", [[], {}, b"", None, [{"type": "LEGACY", "data": {}}]], ids=repr)
def test_no_state_reads_everything(world: World, arrived: Any, mode: str) -> None:
    assert tuple(world.read(arrived, mode, deletions=False).succeed().refs()) == DOCUMENTS


BROKEN: dict[str, tuple[str, Any]] = {
    "a ts that is a text": ("incremental", {"updates_cursor": {"ts": "1", "ref": "1"}}),
    "a ref that is no id": ("incremental", {"updates_cursor": {"ts": 1, "ref": "x"}}),
    "an after that is no wire JSON": ("incremental", {"updates_cursor": {"after": "[1, "}}),
    "an after that is not a text": ("incremental", {"updates_cursor": {"after": [1]}}),
    "an after of events that is none": ("incremental", {"remove_cursor": {"after": "[]"}}),
    "a cursor that is a list": ("incremental", {"remove_cursor": []}),
    "an after of documents that is none": ("full_refresh", {"full_sync_cursor": {"ts": 1, "after": "{}"}}),
    "a full refresh without ts": ("full_refresh", {"full_sync_cursor": {"after": text([ref(1)])}}),
}


@pytest.mark.parametrize("arrive", ARRIVALS.values(), ids=ARRIVALS.keys())
@pytest.mark.parametrize(("mode", "state"), BROKEN.values(), ids=BROKEN.keys())
def test_state_that_cannot_be_understood_fails_its_stream_alone(
    world: World, mode: str, state: Any, arrive: Callable[[Any], Any]
) -> None:
    run = world.read(arrive(state), mode, deletions=True).fail("stream 'foo'", "Clear this stream's data")
    assert run.records("foo") == []
    assert run.states("foo") == []
    assert run.statuses("bar")[-1] == "COMPLETE"


def test_deletions_that_were_never_read_are_told_in_one_warning(world: World) -> None:
    state = {"foo": {"updates_cursor": {"ts": world.ts[4], "ref": "4"}}}
    run = world.read(state, "incremental", deletions=True).succeed()
    (warning,) = run.logs("WARN")
    assert "Deletions of collection 'foo' were not read before" in warning
    assert "clear the stream's data" in warning
    again = world.read(run.state, "incremental", deletions=True).succeed()
    assert (again.records(), again.logs("WARN")) == ([], [])


def test_removal_position_is_carried_on_while_deletions_are_off(world: World) -> None:
    state = {"foo": {"updates_cursor": {"ts": world.ts[5], "ref": "5"}, "remove_cursor": {"ts": world.ts[12]}}}
    run = world.read(state, "incremental", deletions=False).succeed()
    assert run.states()[-1]["remove_cursor"] == {"ts": world.ts[12]}
    assert world.read(run.state, "incremental", deletions=True).succeed().refs() == ["13", "14"]


@pytest.mark.local_only
@pytest.mark.parametrize("arrive", ARRIVALS.values(), ids=ARRIVALS.keys())
def test_full_refresh_below_the_minimum_valid_time_goes_on_at_a_new_snapshot(
    fauna: Fauna, local: LocalFauna, arrive: Callable[[Any], Any]
) -> None:
    fauna.collection("foo", history_days=0)
    fauna.collection("bar")
    ts = fauna.write(*(create("foo", number) for number in range(1, 6)))
    local.clock.advance(seconds=3600)
    fauna.write(delete("foo", 4))
    config = fauna.config(concurrency=1)
    state = {"full_sync_cursor": {"ts": ts, "after": text([ref(3)])}}
    catalog = configured(config, foo="full_refresh", bar="full_refresh")
    run = read(config, catalog, arrive(state), tuning=FAST).succeed()
    assert run.refs() == ["3", "5"]
    assert any("no longer keeps the snapshot" in warning for warning in run.logs("WARN"))
