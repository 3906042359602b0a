"""Entries, order, cursors and ranges of indexes (recording `index`)."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, at, create, data, field, match, page, ref, update, wire

TS_REF = [{"object": {"field": ["ts"]}}, {"object": {"field": ["ref"]}}]


@pytest.fixture
def moved(fauna: Fauna) -> Fauna:
    """Five documents: 10, 20 and 30 of one transaction, then 5 and 4."""
    fauna.collection()
    fauna.index("i", values=TS_REF)
    fauna.ask({"do": [create(30), create(10), create(20)]})
    fauna.create(5)
    fauna.create(4)
    return fauna


def test_documents_of_one_transaction_are_ordered_by_id(moved: Fauna) -> None:
    assert [row[1] for row in data(moved, match())] == [wire(10), wire(20), wire(30), wire(5), wire(4)]


CURSORS: dict[str, tuple[Any, list[int]]] = {
    "ts alone": (lambda ts: [ts], [10, 20, 30, 5, 4]),
    "a bare ts": (lambda ts: ts, [10, 20, 30, 5, 4]),
    "ts and ref": (lambda ts: [ts, ref(20)], [20, 30, 5, 4]),
    "ts and a ref that is not there": (lambda ts: [ts, ref(21)], [30, 5, 4]),
    "the whole cursor": (lambda ts: [ts, ref(20), ref(20)], [20, 30, 5, 4]),
    "a double": (lambda ts: [ts + 0.5], [5, 4]),
    "an empty array": (lambda _: [], [10, 20, 30, 5, 4]),
    "null": (lambda _: None, []),
    "a string": (lambda _: "x", []),
    "a ref": (lambda _: ref(5), []),
    "a time": (lambda _: {"@ts": "2000-01-01T00:00:00Z"}, []),
}


@pytest.mark.parametrize(("cursor", "shown"), CURSORS.values(), ids=CURSORS.keys())
def test_after(moved: Fauna, cursor: Any, shown: list[int]) -> None:
    ts = data(moved, match())[0][0]
    assert [row[1] for row in data(moved, match(), after=cursor(ts))] == list(map(wire, shown))


def test_range_bounds_are_inclusive_and_padded(moved: Fauna) -> None:
    ts = data(moved, match())[0][0]

    def spanned(low: Any, high: Any) -> list[Any]:
        return [row[1] for row in data(moved, {"range": match(), "from": low, "to": high})]

    assert spanned([ts], [ts]) == [wire(10), wire(20), wire(30)]
    assert spanned([ts, ref(20)], [ts, ref(20)]) == [wire(20)]
    assert spanned([ts, ref(11)], [ts]) == [wire(20), wire(30)]
    assert spanned([ts + 1], []) == [wire(5), wire(4)]
    assert spanned(None, []) == []
    assert len(spanned([], None)) == 5
    assert spanned([{"@ts": "2000-01-01T00:00:00Z"}], []) == []
    assert len(spanned([], [{"@ts": "2000-01-01T00:00:00Z"}])) == 5


def test_an_update_moves_the_entry_and_a_delete_takes_it(moved: Fauna) -> None:
    before = moved.now()
    moved.ask(update(10, {"n": 1}))
    moved.ask({"delete": ref(20)})
    assert [row[1] for row in data(moved, match())] == [wire(30), wire(5), wire(4), wire(10)]
    assert [row[1] for row in moved.ask(at(before, page(match())))["data"]] == [
        wire(10), wire(20), wire(30), wire(5), wire(4),
    ]  # fmt: skip


TERMS: dict[str, tuple[Any, list[int]]] = {
    "one term": ([1], [1, 2]),
    "bare": (1, [1, 2]),
    "a double that is equal": (1.0, []),
    "too many": ([1, 1], []),
    "null": (None, []),
    "none": ([], []),
    "no such value": ("1", []),
}


@pytest.mark.parametrize(("terms", "shown"), TERMS.values(), ids=TERMS.keys())
def test_terms(fauna: Fauna, terms: Any, shown: list[int]) -> None:
    fauna.collection()
    fauna.index("i", terms=[field("data", "n")])
    fauna.create(1, {"n": 1})
    fauna.create(2, {"n": [2, 1]})
    fauna.create(3)
    assert data(fauna, match(terms=terms)) == list(map(wire, shown))


def test_terms_on_an_index_without_match_nothing(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=TS_REF)
    fauna.create(1)
    assert data(fauna, match(terms=[1])) == []


def test_a_term_that_is_too_long(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", terms=[field("data", "n")])
    wanted = (400, None, "bad request", "buf length 70022 exceeds 32767")
    assert fauna.error(page(match(terms="x" * 70_000))) == wanted


def test_an_index_over_several_collections(fauna: Fauna) -> None:
    fauna.collection()
    fauna.collection("d")
    fauna.create(1)
    fauna.create(2, collection="d")
    made = fauna.index("i", source=[{"collection": "c"}, {"collection": "d"}], values=TS_REF)
    assert made["active"] is False
    assert [row[1] for row in data(fauna, match())] == [wire(1), wire(2, "d")]
    active = fauna.ask({"get": {"index": "i"}})
    assert active["active"] is True
    assert active["ts"] > made["ts"]


def test_a_wildcard_index_takes_in_later_collections(fauna: Fauna) -> None:
    fauna.index("i", source="_", values=TS_REF)
    fauna.collection()
    fauna.create(1)
    assert [row[1] for row in data(fauna, match())] == [wire(1)]


def test_a_binding(fauna: Fauna) -> None:
    fauna.collection()
    low = {"query": {"lambda": "d", "expr": {"lowercase": {"select": ["data", "n"], "from": {"var": "d"}}}}}
    source = {"object": {"collection": {"collection": "c"}, "fields": {"object": {"low": low}}}}
    fauna.index("i", source=source, values=[{"object": {"binding": "low"}}])
    fauna.create(1, {"n": "ABC"})
    fauna.create(2, {"n": 5})
    assert data(fauna, match()) == ["abc"]


def test_a_binding_that_reads_or_calls_is_refused(fauna: Fauna) -> None:
    fauna.collection()
    low = {"query": {"lambda": "d", "expr": {"call": {"function": "deep"}, "arguments": 1}}}
    source = {"object": {"collection": {"collection": "c"}, "fields": {"object": {"low": low}}}}
    values = [{"object": {"binding": "low"}}, field("ref")]
    query = {"create_index": {"object": {"name": "i", "source": source, "values": values}}}
    assert fauna.failures(query) == [(["source", "0", "fields", "0", "low"], "invalid binding")]


def test_unique(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", terms=[field("data", "n")], unique=True)
    fauna.create(1, {"n": 1})
    assert fauna.error(create(2, {"n": 1}))[1:3] == (["create"], "instance not unique")
    assert fauna.reply(update(1, {"m": 1})).status == 200
    fauna.ask({"delete": ref(1)})
    assert fauna.reply(create(2, {"n": 1})).status == 201


def test_events_of_an_index_show_what_it_covers(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "n")])
    first = fauna.create(1, {"n": 1})
    second = fauna.ask(update(1, {"n": 2}))["ts"]
    fauna.ask(update(1, {"m": 2}))
    found = fauna.ask(page(match(), events=True))["data"]
    assert [(each["ts"], each["action"], each["data"]) for each in found] == [
        (first, "add", [1]), (second, "remove", [1]), (second, "add", [2]),
    ]  # fmt: skip


@pytest.fixture
def filling(fauna: Fauna) -> Fauna:
    """129 documents, one too many for an index to be built at once, and an index that fills when a test lets it."""
    fauna.collection()
    fauna.ask({"do": [create(number) for number in range(1, 130)]})
    fauna.engine.index_build.rate = 0
    return fauna


def test_an_index_that_is_not_active(filling: Fauna) -> None:
    made = filling.index("i", values=TS_REF)
    assert made["active"] is False
    text = "Index 'i' is not active."
    assert filling.error(page(match())) == (400, ["paginate", "index"], "instance not found", text)
    assert filling.error({"exists": match()}) == (400, ["exists", "index"], "instance not found", text)
    assert filling.error(match()) == (400, ["index"], "instance not found", text)
    span = page({"range": match(), "from": [], "to": []})
    assert filling.error(span) == (400, ["paginate", "range", "index"], "instance not found", text)
    filling.engine.index_build.rate = None
    assert len(data(filling, match(), size=1000)) == 129


def test_an_index_made_active_answers_but_is_partial_until_built(filling: Fauna) -> None:
    assert filling.index("i", values=TS_REF, active=True)["active"] is True
    assert data(filling, match()) == []
    filling.create(200)
    assert [row[1] for row in data(filling, match())] == [wire(200)]
    filling.engine.index_build.rate = 10
    filling.clock.advance(seconds=5)
    assert 49 <= len(data(filling, match())) - 1 <= 51
    filling.clock.advance(seconds=10)
    assert len(data(filling, match(), size=1000)) == 130


def test_unknown_indexes(fauna: Fauna) -> None:
    text = "Ref refers to undefined index 'i'"
    assert fauna.error(page(match())) == (400, ["paginate", "match"], "invalid ref", text)
    assert fauna.error(page({"match": "i"})) == (400, ["paginate", "index"], "invalid ref", text)
