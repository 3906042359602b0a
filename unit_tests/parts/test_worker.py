"""What a worker reads, through the client and a server: the connector's records, or an error in the user's words."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from local_fauna import LocalFauna
from local_fauna.faults import answer
from source_fauna.config.config import Config
from source_fauna.database.client import Client, Request
from source_fauna.errors.errors import ConfigError
from source_fauna.garbage import COLLECT_AFTER
from source_fauna.interruption import Interrupted
from source_fauna.parts.changes import Changes, fitting_index
from source_fauna.parts.part import Part, Removals
from source_fauna.parts.plan import chosen, parts_of, pin
from source_fauna.parts.worker import Worker, connected
from source_fauna.records.inference import FoundColumn
from source_fauna.records.types import INTEGER, STRING
from source_fauna.tuning import Tuning
from unit_tests.local_fauna.fauna import DAY, create, field, params, ref
from unit_tests.parts.over_http import settings
from unit_tests.things import COLLECTION, INDEX

QUICK = Tuning(sleep=lambda _: None)


@pytest.fixture
def fauna() -> Iterator[LocalFauna]:
    with LocalFauna() as started:
        started.query({"create_collection": {"object": {"name": COLLECTION, "history_days": 30}}})
        values = [field("ts"), field("ref")]
        started.query(
            {"create_index": {"object": {"name": INDEX, "source": {"collection": COLLECTION}, "values": values}}}
        )
        started.query([create(each, {"n": each}, collection=COLLECTION) for each in range(300)])
        yield started


def documents_of(config: Config) -> list[Part]:
    with connected(config, QUICK) as client:
        return [*parts_of(pin(client, chosen(config)), client, parts=3, slots=2)]


def read(config: Config, parts: list[Part], found: tuple[FoundColumn, ...] = ()) -> list[dict[str, Any]]:
    """The records of the parts, as a worker gets them: by way of a pickle."""
    worker = Worker(config=config, tuning=QUICK, found=found)
    sent: list[Part] = pickle.loads(pickle.dumps(parts))  # noqa: S301 - our own
    return [record for part in sent for page in worker.records(part) for record in page]


def test_records_are_the_connectors(fauna: LocalFauna) -> None:
    config = settings(fauna)
    found = read(config, documents_of(config))
    assert [each["ref"] for each in found] == [str(each) for each in range(300)]
    assert found[7] == {"ref": "7", "ts": found[0]["ts"], "data": {"n": 7}, "ttl": None}


def test_changes_are_the_connectors_too(fauna: LocalFauna) -> None:
    config = settings(fauna)
    with connected(config, QUICK) as client:
        changes = Changes(client=client, config=config, index=fitting_index(client, config), parts=None)
        start = changes.now()
        fauna.query({"delete": ref(3, COLLECTION)})
        fauna.query({"update": ref(5, COLLECTION), "params": params({"n": 50})})
        found = read(config, changes.parts(start, changes.now()))
    assert [sorted(each) for each in found] == [["deleted_at", "ref", "ts"], ["data", "ref", "ts", "ttl"]]
    assert [each["ref"] for each in found] == ["3", "5"]


def test_found_columns_are_the_connectors_and_null_in_a_deletion(fauna: LocalFauna) -> None:
    config = settings(fauna)
    columns = (FoundColumn(name="number", field="n", type=INTEGER), FoundColumn(name="text", field="n", type=STRING))
    with connected(config, QUICK) as client:
        changes = Changes(client=client, config=config, index=fitting_index(client, config), parts=None)
        start = changes.now()
        fauna.query({"delete": ref(3, COLLECTION)})
        fauna.query({"update": ref(5, COLLECTION), "params": params({"n": 50.0})})
        found = read(config, changes.parts(start, changes.now()), columns)
    assert [(each["ref"], each["number"], each["text"]) for each in found] == [("3", None, None), ("5", 50, "50.0")]


def test_a_worker_asks_for_a_node_that_knows_the_snapshot(fauna: LocalFauna) -> None:
    config = settings(fauna)
    parts = documents_of(config)
    fauna.reset_requests()
    read(config, parts[:1])
    assert fauna.requests[0].headers["x-last-seen-txn"] == str(parts[0].snapshot)


def test_what_passes_is_asked_again(fauna: LocalFauna) -> None:
    config = settings(fauna)
    parts = documents_of(config)
    for status in (429, 503, 502):
        fauna.faults.add(answer(status), times=2, skip=1)
    assert len(read(config, parts)) == 300


def test_an_error_is_told_in_the_users_words(fauna: LocalFauna) -> None:
    config = settings(fauna)
    parts = documents_of(config)
    fauna.query({"delete": {"collection": COLLECTION}})
    with pytest.raises(ConfigError, match=r"Error while reading collection 'things' at http://127.0.0.1:.*invalid ref"):
        read(config, parts)


def test_a_snapshot_that_history_no_longer_holds_is_told(fauna: LocalFauna) -> None:
    config = settings(fauna)
    parts = documents_of(config)
    fauna.clock.advance(seconds=40 * DAY)
    with pytest.raises(ConfigError, match="The snapshot of collection 'things' is older by now than the history"):
        read(config, parts)


def test_what_waits_in_another_thread_ends_with_the_connection(fauna: LocalFauna) -> None:
    """It would ask on for half an hour, and a process ends no sooner than its threads."""
    fauna.faults.add(answer(503), times=1_000)
    waiting = Event()

    def ask(client: Client) -> None:
        request = Request(build=lambda _: {"now": None})
        client.fetch(request, on_wait=lambda _: waiting.set())

    tuning = Tuning(backoff_first_seconds=1_000.0, backoff_most_seconds=1_000.0, random=lambda: 1.0)
    with ThreadPoolExecutor() as pool:
        with connected(settings(fauna), replace(tuning, first_success_seconds=5_000.0)) as client:
            asked = pool.submit(ask, client)
            assert waiting.wait(10)
        with pytest.raises(Interrupted):
            asked.result(10)


def test_garbage_is_collected_as_before_when_a_part_is_read(fauna: LocalFauna) -> None:
    config = settings(fauna)
    before = gc.get_threshold()
    pages = Worker(config=config, tuning=QUICK).records(documents_of(config)[0])
    next(pages)
    assert gc.get_threshold() == COLLECT_AFTER
    pages.close()  # type: ignore[attr-defined]  # a generator
    assert gc.get_threshold() == before


def test_a_part_is_small_and_holds_no_secret(fauna: LocalFauna) -> None:
    for part in [*documents_of(settings(fauna)), Removals(collection=COLLECTION, snapshot=2, since=1, bears_loss=True)]:
        assert len(pickle.dumps(part)) < 500
        assert fauna.secret not in repr(part)
