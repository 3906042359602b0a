"""The three properties: the worst allowed effect of a config, a catalog and a state."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from hypothesis import strategies as st

from integration_tests.faults.commands import STREAMS
from integration_tests.fuzz.judge import Bench, integers_in, is_config_error
from integration_tests.fuzz.values import anything, files, mutated, texts, written
from integration_tests.harness.inputs import catalog

Property = Callable[[Bench, st.DataObject], str]
"""Draws an input and tries it; returns what became of it: refused or answered."""

COLUMN = {"name": "number", "path": ["data", "number"], "type": "integer", "required": False}
REFUSED, ANSWERED = "refused", "answered"


def any_config(bench: Bench, data: st.DataObject) -> str:
    """Every command refuses a config with a clear error, or all of them work and the read loses nothing."""
    base = copy.deepcopy(dict(bench.site.config))
    base |= {"concurrency": data.draw(st.sampled_from([1, 2, 16]))}
    if data.draw(st.booleans()):
        base["collection"] |= {
            "name": "foo",
            "index": "foo_ts",
            "additional_columns": [COLUMN, {**COLUMN, "name": "n"}],
        }
    config = data.draw(files(mutated(base)), label="config")
    check = bench.tell("check", config=config)
    discover = bench.tell("discover", config=config)
    read = bench.tell("read", config=config, catalog=written(catalog("full_refresh", *STREAMS)))
    works = check.check_status[0] == "SUCCEEDED"
    assert works == (discover.exit_code == 0)
    if not works:
        assert read.exit_code == 1
        return REFUSED
    for name in STREAMS:
        known = name in {stream["name"] for stream in discover.streams}
        if known and not _misses_a_column(read.errors):
            assert set(read.refs(name)) == set(bench.documents[name])
            assert read.statuses(name)[-1] == "COMPLETE"
        else:
            assert is_config_error(read)
    return ANSWERED


def _misses_a_column(errors: Sequence[Mapping[str, Any]]) -> bool:
    return any("does not exist in document" in each["message"] or "does not fit" in each["message"] for each in errors)


def any_catalog(bench: Bench, data: st.DataObject) -> str:
    """A catalog is refused with a clear error, or all its streams are read completely or reported as unknown."""
    names = st.sampled_from([*STREAMS, *STREAMS, "nope"]) | texts
    entries = st.fixed_dictionaries(
        {
            "stream": st.fixed_dictionaries(
                {"name": names, "json_schema": st.just({}), "supported_sync_modes": st.just(["full_refresh"])},
                optional={"namespace": st.none() | st.just("spaced"), "is_resumable": st.booleans()},
            ),
            "sync_mode": st.sampled_from(["full_refresh", "incremental"]),
            "destination_sync_mode": st.sampled_from(["append", "overwrite", "append_dedup"]),
        },
        optional={
            "sync_id": st.none() | st.integers(0, 9),
            "cursor_field": st.none() | st.just(["ts"]),
            "primary_key": st.just([["ref"]]),
        },
    )
    good = st.builds(lambda streams: {"streams": streams}, st.lists(entries, max_size=3))
    content = data.draw(files(good | good.flatmap(mutated)), label="catalog")
    told = bench.tell("read", config=written(bench.site.config), catalog=content)
    configured = _loaded(content)
    if not isinstance(configured, dict) or not isinstance(configured.get("streams"), list):
        assert is_config_error(told)
        return REFUSED
    if told.exit_code:
        assert is_config_error(told)
        return REFUSED
    for each in configured["streams"]:
        name = each["stream"]["name"]
        assert set(told.refs(name)) == set(bench.documents[name])
    return ANSWERED


def any_state(bench: Bench, data: st.DataObject) -> str:
    """A state is refused with a clear error, or the sync reads all documents newer than every integer in it."""
    saved = data.draw(st.sampled_from(_saved_states(bench)))
    content = data.draw(files(mutated(saved, substitutes=anything, most=3)), label="state")
    mode = data.draw(st.sampled_from(["full_refresh", "incremental"]))
    told = bench.tell("read", config=written(bench.site.config), catalog=written(catalog(mode, "foo")), state=content)
    if told.exit_code:
        assert is_config_error(told)
        return REFUSED
    state = _loaded(content)
    newest = max(integers_in(state), default=0)
    newer = {ref for ref, ts in bench.documents["foo"].items() if ts > newest}
    if mode == "incremental":
        assert newer <= set(told.refs("foo"))
    assert told.statuses("foo")[-1] == "COMPLETE"
    return ANSWERED


def _loaded(content: bytes | None) -> Any:
    try:
        return orjson.loads(content or b"null")
    except orjson.JSONDecodeError:
        return None


def _saved_states(bench: Bench) -> list[Any]:
    """States in every saved format, older than the documents of the bench."""
    ts = min(bench.documents["foo"].values()) - 1
    ref = {"@ref": {"id": "3", "collection": {"@ref": {"id": "foo", "collection": {"@ref": {"id": "collections"}}}}}}
    event = {"ts": ts, "action": "remove", "document": ref}
    blobs: list[Any] = [
        {"updates_cursor": {"ts": ts, "ref": "5"}, "remove_cursor": {"ts": ts}},
        {"updates_cursor": {"ts": ts}, "initial_sync_cursor": {"ranges": [{"to": "4"}, {"from": "7"}], "since": ts}},
        {"updates_cursor": {"ts": 0, "ref": ""}, "remove_cursor": {"ts": ts, "ref": "104"}},
        {"updates_cursor": {"after": orjson.dumps([ts, ref, ref]).decode()}},
        {"remove_cursor": {"after": orjson.dumps(event).decode()}, "updates_cursor": {"ts": ts}},
        {"full_sync_cursor": {"ts": ts, "after": orjson.dumps([ref]).decode()}},
        {"full_sync_cursor": {"ts": max(bench.documents["foo"].values()), "ranges": [{"from": "2", "to": "6"}]}},
        {"full_sync_cursor": {"done": 7}},
        {"__ab_full_refresh_sync_complete": True},
        {},
    ]
    stream = [{"stream_descriptor": {"name": "foo", "namespace": None}, "stream_state": blob} for blob in blobs]
    return [
        *([{"type": "STREAM", "stream": each}] for each in stream),
        *({"foo": blob, "gone": {}} for blob in blobs),
        [{"type": "LEGACY", "data": {"foo": blobs[0]}}],
        [{"type": "GLOBAL", "global": {"stream_states": stream[:1]}}],
    ]


PROPERTIES: Mapping[str, Property] = {"configs": any_config, "catalogs": any_catalog, "states": any_state}
