"""The connector's own queries, with usual and odd arguments, while what they name is changed, renamed and dropped."""

from __future__ import annotations

from typing import Any

import orjson

from integration_tests.compare.connector_queries import queries, questions, wire
from integration_tests.compare.stories import Story
from integration_tests.compare.teller import SECOND, Teller
from integration_tests.replay_mapping import text_of
from unit_tests.local_fauna.fauna import field, params, ref

_STEPS = 36
_COLLECTIONS = ("c", "c", "c", "d", "nope")
_IDS = (0, 1, 2, 3, 5, 20, 2**63 - 2, 2**63 - 1, -1, -5, -(2**63))
_SIZES = (1, 2, 3, 64, 100_000, 0, -1)


def story(teller: Teller) -> Story:
    """A sync's requests in any order, among writes and changes of the schema."""
    yield from teller.ask(
        {"create_collection": {"object": {"name": "c", "history_days": teller.one((30, 30, 0, None))}}}
    )
    yield from teller.ask({"create_collection": {"object": {"name": "d", "history_days": 30}}})
    for name in ("c", "d"):
        made = {"name": f"{name}_ts", "source": {"collection": name}, "values": [field("ts"), field("ref")]}
        yield from teller.ask({"create_index": {"object": made}})
    readers = [
        {"collection": "c"},
        {"index": "c_ts"},
        {"collections": None},
        *([{"indexes": None}] if teller.maybe(0.5) else []),
    ]
    granted = [
        {"object": {"resource": each, "actions": {"object": {"read": True}}}}
        for each in teller.some(readers, least=2, most=4)
    ]
    yield from teller.ask({"create_role": {"object": {"name": "reader", "privileges": granted}}})
    yield from teller.key("reader", {"role": "reader"})
    yield from teller.ask({"do": [{"create": ref(number), "params": params({"n": number})} for number in (1, 2, 3)]})
    for _ in range(_STEPS):
        if teller.maybe(0.3):
            yield from teller.ask(_write(teller))
        elif teller.maybe(0.06):
            yield from teller.change(_change(teller))
        else:
            asked = orjson.loads(wire(_query(teller)))
            yield from teller.ask(asked, as_="reader" if teller.maybe(0.35) else "admin")


def _write(teller: Teller) -> Any:
    def one() -> Any:
        document_ref = ref(teller.one(("1", "2", "3", "5", "20", "-1", "-5", "9223372036854775807")))
        ttl = {"@ts": text_of(teller.present + 600 * SECOND)} if teller.maybe(0.2) else None
        given = params({"n": teller.one((1, 2))}, ttl)
        made = {"create": document_ref, "params": given}
        changed = teller.one(({"delete": document_ref}, {"update": document_ref, "params": given}))
        return {"if": {"exists": document_ref}, "then": changed, "else": made}

    return {"do": [*(one() for _ in range(teller.chance.randint(1, 3))), None]}


def _change(teller: Teller) -> Any:
    collection = {"collection": teller.one(("c", "d"))}
    index = {"index": teller.one(("c_ts", "d_ts"))}
    made = {"name": "c_ts", "source": {"collection": "c"}, "values": [field("ts"), field("ref")]}
    return teller.one(
        (
            {"update": collection, "params": {"object": {"history_days": teller.one((0, 1, 30, None))}}},
            {"update": collection, "params": {"object": {"name": teller.one(("c", "d", "nope"))}}},
            {"delete": collection},
            {"create_collection": {"object": {"name": "c", "history_days": 30}}},
            {"delete": index},
            {"create_index": {"object": made}},
            {"update": index, "params": {"object": {"name": "renamed"}}},
            {"update": {"role": "reader"}, "params": {"object": {"privileges": []}}},
        )
    )


def _snapshot(teller: Teller) -> int | None:
    """A time, of the future too; None is the present."""
    if teller.maybe(0.3):
        return None
    return teller.known_time() + teller.one((0, 0, 0, 0, -16 * 60, 3600)) * SECOND


def _event_cursor(teller: Teller) -> Any:
    shown = [value for _, value in teller.cursors if isinstance(value, dict) and "ts" in value]
    if shown and teller.maybe(0.5):
        return queries.event_cursor(teller.one(shown))
    return {"ts": teller.known_time()}


def _query(teller: Teller) -> Any:
    name, size = teller.one(_COLLECTIONS), teller.one(_SIZES)
    index, snapshot = f"{name}_ts", _snapshot(teller)
    low, high = teller.one(_IDS), teller.one((None, *_IDS))
    after = (teller.known_time(), teller.one((None, *_IDS)))
    cursor = _event_cursor(teller)
    position = teller.known_time() - teller.one((0, 0, 0, 16 * 60, 20 * 3600)) * SECOND
    updates = queries.updates_page(index, name, after, snapshot, size)
    deletions = queries.deletions_page(name, cursor, size)
    schema_cursors = [value for _, value in teller.cursors if isinstance(value, list)]
    page_after = queries.schema_cursor(teller.one(schema_cursors)) if schema_cursors and teller.maybe(0.3) else None
    listed = teller.one((queries.collections, queries.indexes))
    documents_page = queries.documents_page(name, low, high, size)
    nothing = questions.nothing_in(queries.first_id(name, low, high), queries.at(snapshot, queries.first_id(name)))
    seen, following = teller.one((0, 1, 2, 5)), teller.one((None, cursor if len(cursor) > 2 else None))
    return teller.one(
        (
            queries.now(), queries.page_at(snapshot, documents_page), queries.at(snapshot, documents_page),
            listed() if page_after is None else listed(page_after),
            queries.index_definition(index), queries.index_page(index),
            queries.id_ahead(name, low, high, size), queries.at(snapshot, queries.id_ahead(name, low, high, size)),
            queries.first_id(name, low, high), queries.first_update(index, name, after, snapshot),
            updates, updates, updates,
            queries.page_at(snapshot, deletions), queries.page_at(snapshot, deletions),
            queries.events_page(name, cursor, size), questions.probe(name),
            questions.proven(name, position, deletions, by_definition=teller.maybe(0.5)),
            questions.identified(name, position, documents_page), questions.identified(name, position, updates),
            questions.confirmed(name, nothing), questions.confirmed(name),
            questions.confirmed(name, questions.something_in(documents_page)),
            questions.all_events_in(teller.known_time(), name, cursor, seen, following),
            queries.together([questions.probe(name), queries.index_page(index), queries.first_id(name)]),
            queries.together([listed(), questions.probe(name)]), queries.document(name, low),
        )
    )  # fmt: skip
