"""Deliberate mistakes in the connector. Each breaks one rule of the sync, and some profile must find it.

A mistake exists only in a forked child, where a function without the rule replaces the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from integration_tests.histories.endless_mistakes import asks_without_end, page_of_nothing, whole_size_forgotten
from integration_tests.histories.planting import put
from source_fauna.database import client, fql, queries, questions
from source_fauna.database.client import Page, Request
from source_fauna.database.fql import Expression, q
from source_fauna.rules import confirmation
from source_fauna.rules.deletions import DeletionScan, DeletionsPage
from source_fauna.rules.steps import Steps
from source_fauna.schema import indexes
from source_fauna.state import state
from source_fauna.state.state import IdRange, Position
from source_fauna.sync.deletions import DeletionReader
from source_fauna.sync.fetch import Answer
from source_fauna.sync.incremental import IncrementalSync
from source_fauna.sync.stream import Flow, StreamRun
from source_fauna.sync.walk import Walk

AHEAD_MICROS = 20_000
"""How far R is moved past S: about the time until the next query."""


@dataclass(frozen=True, kw_only=True)
class SeededFault:
    """A mistake: `mistake` plants it, and says what it is; histories of the profile find it.

    With an incident around every sync they find it sooner.
    """

    mistake: Callable[[], None]
    profile: str
    incident: str | None = None
    seed: int = 1


def plant(name: str) -> None:
    """Break the rule in this process."""
    FAULTS[name].mistake()


def _cursor_without_ref() -> None:
    """After a page that broke off within a transaction, the saved ts claims all of it."""
    put(Position, "before", classmethod(lambda cls, ts, document_id: cls(ts=ts)))  # noqa: ARG005 - the same signature


def _no_existence_test() -> None:
    """Every remove counts as a deletion, also that of a changed ttl, whose document still exists."""

    def deletions_page(collection: str, cursor: Expression, size: int) -> Expression:
        event, events = q.var("event"), queries.events_page(collection, cursor, size)
        pair = [q.select(["document", "id"], event), q.select("ts", event)]
        removal = q.equals(q.select("action", event), "remove")
        page = q.map_(q.lambda_("event", pair), q.filter_(q.lambda_("event", removal), events))
        return q.let({}, {"page": page, "events": queries.length(events)})

    put(queries, "deletions_page", deletions_page)


def _deletions_beyond_snapshot() -> None:
    """R moves past S, so deletions in between are never read."""
    right = DeletionScan._read

    def read(self: DeletionScan, *arguments: Any) -> DeletionsPage:
        page = right(self, *arguments)
        return replace(page, position=page.position + AHEAD_MICROS) if page.is_last else page

    put(DeletionScan, "_read", read)
    # It would wait for ever for a snapshot that is not below what was saved.
    put(IncrementalSync, "_check", lambda self, snapshot: None)  # noqa: ARG005


def _deletions_at_event() -> None:
    """R is the ts of the last event of a page, as if all of its transaction had been emitted."""
    right = DeletionScan._read

    def read(self: DeletionScan, *arguments: Any) -> DeletionsPage:
        page = right(self, *arguments)
        return page if page.is_last else replace(page, position=page.position + 1)

    put(DeletionScan, "_read", read)


def _get_outside_at() -> None:
    """Only refs are read at the snapshot, their documents at the present."""
    right = fql.wire

    def outside(expression: Any) -> Any:
        if isinstance(expression, list):
            return [outside(each) for each in expression]
        if not isinstance(expression, dict):
            return expression
        if "at" in expression:
            *proofs, read = expression["expr"].get("do", [expression["expr"]])
            if "get" in read.get("map", {}).get("expr", {}):
                at = expression["at"]
                refs = {"at": at, "expr": read["collection"]}
                return {"do": [*({"at": at, "expr": proof} for proof in proofs), {**read, "collection": refs}]}
        return {key: outside(value) for key, value in expression.items()}

    put(client, "wire", lambda expression: orjson.dumps(outside(orjson.loads(right(expression)))))


def _partial_index() -> None:
    """The age of an index is ignored, so a partial one is used."""
    right = StreamRun.wait

    def wait(self: StreamRun, ticket: int) -> Flow[Page]:
        page = yield from right(self, ticket)
        if isinstance(page.resource, dict) and "index" in page.resource:
            page.resource["index"]["ts"] = 0
        return page

    put(StreamRun, "wait", wait)


def _binding_taken_for_ts() -> None:
    """A value with a field and a binding is taken for the field."""
    put(indexes, "_bindings", lambda index: [])  # noqa: ARG005 - the same signature


def _older_snapshot() -> None:
    """Pages of the old snapshot are emitted after a new one was pinned and its deletions were emitted."""
    right = IncrementalSync._read_walk
    pinned: list[int | None] = [None]

    def read_walk(self: IncrementalSync, snapshot: int | None, ends: float) -> Flow[int | None]:
        pinned.append(snapshot)
        return (yield from right(self, pinned[-2] or snapshot, ends))

    put(IncrementalSync, "_read_walk", read_walk)
    # It refuses snapshots below what was saved.
    put(IncrementalSync, "_check", lambda self, snapshot: None)  # noqa: ARG005


def _empty_page_believed() -> None:
    """An empty page counts as the end, even if the role has lost the right to read."""

    def believe(*_: Any) -> Steps[Any, bool]:
        yield from ()
        return True

    def page(_: Walk, answer: Answer, __: Any) -> Flow[Page]:
        yield from ()
        return answer.result()

    put(confirmation, "_answer", believe)
    put(Walk, "_page", page)


def _probe_apart() -> None:
    """The right to read is asked after the page, without reading the page again."""
    right = questions.confirmed
    put(questions, "confirmed", lambda collection, _: right(collection, True))


def _condition_accepted() -> None:
    """Pages of deletions are accepted under a condition, as pages of documents are."""

    def is_confirmed(*_: Any) -> Steps[Any, bool]:
        yield from ()
        return True

    put(DeletionScan, "_is_confirmed", is_confirmed)


def _state_before_records() -> None:
    """The state of a page goes out before its records."""
    right_emit, right_checkpoint = StreamRun.emit, StreamRun.checkpoint
    held: list[Any] = []

    def emit(self: StreamRun, documents: list[dict[str, Any]]) -> Flow[None]:
        held.extend(right_emit(self, documents))
        yield from ()

    def checkpoint(self: StreamRun, saved: Mapping[str, Any]) -> Flow[None]:
        yield from right_checkpoint(self, saved)
        yield from held
        held.clear()

    put(StreamRun, "emit", emit)
    put(StreamRun, "checkpoint", checkpoint)


def _pinned_after_walk() -> None:
    """U is taken after the first walk, so changes during the walk are not read again."""
    right = IncrementalSync._read_walk

    def read_walk(self: IncrementalSync, snapshot: int | None, ends: float) -> Flow[int | None]:
        reached = yield from right(self, snapshot, ends)
        if self._state.walk is None and reached is not None:
            yield from self._save(replace(self._state, updates=Position(ts=reached)))
        return reached

    put(IncrementalSync, "_read_walk", read_walk)


def _range_skipped() -> None:
    """A resumed walk forgets one of its ranges."""
    right = state._ranges

    def ranges(*arguments: Any) -> tuple[IdRange, ...]:
        found = right(*arguments)
        return found[:-1] if len(found) > 1 else found

    put(state, "_ranges", ranges)


def _deletions_from_first_snapshot() -> None:
    """R starts at the first S: rows of an attempt whose state was lost stay for ever."""
    right = IncrementalSync._read_deletions

    def read_deletions(self: IncrementalSync, reader: DeletionReader) -> Flow[int]:
        if self._state.updates is None:
            snapshot: int = yield from self._run.call(queries.now())
            self._state = replace(self._state, deletions=snapshot)
            return snapshot
        return (yield from right(self, reader))

    put(IncrementalSync, "_read_deletions", read_deletions)


def _proof_apart() -> None:
    """A separate query asks first whether history reaches back to R, instead of the query that reads the events."""
    right_ask, right_proven = DeletionScan._ask, questions.proven

    def ask(self: DeletionScan, snapshot: int | None) -> Steps[Request, Page]:
        if self._asks_proof:
            proof = right_proven(self._collection, self._position, None, by_definition=True)
            yield Request(build=lambda _: proof)
        return (yield from right_ask(self, snapshot))

    put(DeletionScan, "_ask", ask)

    def proven(collection: str, position: int, expression: Expression, *, by_definition: bool) -> Expression:  # noqa: ARG001
        return expression

    put(questions, "proven", proven)


def _existence_alone_proven() -> None:
    """A collection counts as the one that was read if it existed at that time, with any name."""
    put(questions, "_has_its_name", lambda collection: q.get(q.collection(collection)))


FAULTS: Mapping[str, SeededFault] = {
    "cursor_without_ref": SeededFault(mistake=_cursor_without_ref, profile="mixed"),
    "no_existence_test": SeededFault(mistake=_no_existence_test, profile="sharp"),
    "deletions_beyond_snapshot": SeededFault(mistake=_deletions_beyond_snapshot, profile="sharp"),
    "deletions_at_event": SeededFault(mistake=_deletions_at_event, profile="quiet"),
    "get_outside_at": SeededFault(mistake=_get_outside_at, profile="mixed"),
    "partial_index": SeededFault(mistake=_partial_index, profile="quiet", incident="index"),
    "binding_taken_for_ts": SeededFault(mistake=_binding_taken_for_ts, profile="quiet", incident="decoy"),
    "older_snapshot": SeededFault(mistake=_older_snapshot, profile="mixed", incident="clear"),
    "empty_page_believed": SeededFault(mistake=_empty_page_believed, profile="sharp", incident="narrow"),
    "probe_apart": SeededFault(mistake=_probe_apart, profile="sharp", incident="blink"),
    "condition_accepted": SeededFault(mistake=_condition_accepted, profile="sharp", incident="condition"),
    "state_before_records": SeededFault(mistake=_state_before_records, profile="sharp"),
    "pinned_after_walk": SeededFault(mistake=_pinned_after_walk, profile="mixed"),
    "range_skipped": SeededFault(mistake=_range_skipped, profile="mixed", incident="clear"),
    "deletions_from_first_snapshot": SeededFault(
        mistake=_deletions_from_first_snapshot, profile="quiet", incident="amnesia"
    ),
    "proof_apart": SeededFault(mistake=_proof_apart, profile="quiet", incident="cut"),
    "existence_alone_proven": SeededFault(mistake=_existence_alone_proven, profile="mixed", incident="names"),
    "page_of_nothing": SeededFault(mistake=page_of_nothing, profile="mixed", incident="clear"),
    "whole_size_forgotten": SeededFault(mistake=whole_size_forgotten, profile="signs"),
    "asks_without_end": SeededFault(mistake=asks_without_end, profile="quiet"),
}
