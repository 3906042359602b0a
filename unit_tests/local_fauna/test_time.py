"""Snapshots, At, the minimum valid time and ttl (recordings `snapshot`, `expiry`)."""

from __future__ import annotations

from typing import Any

import pytest

from local_fauna.wire.calendar_text import format_time
from unit_tests.local_fauna.fauna import DAY, Fauna, at, create, documents, events, ids, page, params, ref, update

MINUTE = 60
GRACE = 15 * MINUTE


def after_seconds(seconds: float) -> Any:
    return {"time_add": {"now": None}, "offset": round(seconds * 1000), "unit": "milliseconds"}


def test_at_shows_what_was_and_a_page_around_get_is_consistent(fauna: Fauna) -> None:
    fauna.collection()
    fauna.create(1, {"n": 1})
    then = fauna.now()
    fauna.ask(update(1, {"n": 2}))
    fauna.ask({"delete": ref(1)})
    walk = {"map": {"lambda": "x", "expr": {"get": {"var": "x"}}}, "collection": page(documents())}
    assert fauna.ask(at(then, walk))["data"][0]["data"] == {"n": 1}
    assert fauna.ask(walk) == {"data": []}


def test_now_is_the_snapshot_inside_at_too(fauna: Fauna) -> None:
    assert fauna.ask(at(1000, {"equals": [{"now": None}, {"time": "now"}]})) is True


def test_a_ts_argument_overrides_at(fauna: Fauna) -> None:
    fauna.collection()
    fauna.create(1)
    then = fauna.now()
    fauna.ask({"delete": ref(1)})
    assert fauna.ask(at(then, {"exists": ref(1), "ts": {"now": None}})) is False
    assert fauna.ask({"exists": ref(1), "ts": then}) is True
    assert ids(fauna.ask(page(documents(), ts=then))) == [1]


def test_at_in_the_future_is_the_present_but_not_for_writes(fauna: Fauna) -> None:
    fauna.collection()
    fauna.create(1)
    assert ids(fauna.ask(at(fauna.now() + 10**12, page(documents())))) == [1]
    wanted = (400, ["expr", "create"], "invalid write time", "Cannot write outside of snapshot time.")
    assert fauna.error(at(fauna.now() + 10**12, create(2))) == wanted
    assert fauna.error(at(fauna.now() - 10, create(2))) == wanted
    assert fauna.reply(at({"now": None}, create(2))).status == 201  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "waited", "reach"),
    [
        (0, 0, GRACE),
        (0, DAY, GRACE),
        (1, 0, DAY + GRACE),
        (1, 3 * DAY, DAY + GRACE),
        (30, DAY, 30 * DAY + GRACE),
        (None, 0, GRACE),
        (None, 5 * DAY, 5 * DAY + GRACE),
    ],
)
def test_how_far_back_a_collection_reads(fauna: Fauna, days: Any, waited: int, reach: int) -> None:
    fauna.collection(history_days=days)
    fauna.clock.advance(seconds=waited)
    inside, outside = fauna.now() - (reach - 1) * 10**6, fauna.now() - (reach + 1) * 10**6
    assert fauna.ask(at(inside, page(documents()))) == {"data": []}
    status, position, code, text = fauna.error(at(outside, page(documents())))
    assert (status, position, code) == (400, None, "bad request")
    assert text.startswith(f"Requested timestamp {format_time(outside * 1000)} less than minimum allowed timestamp ")


@pytest.mark.parametrize("query", [{"get": ref(1)}, {"exists": ref(1)}, page({"match": {"index": "i"}})])
def test_every_read_below_the_minimum_is_refused(fauna: Fauna, query: Any) -> None:
    fauna.collection(history_days=0)
    fauna.index("i", values=[{"object": {"field": ["ts"]}}])
    assert fauna.error(at(1000, query))[2] == "bad request"


def test_raising_history_days_brings_nothing_back(fauna: Fauna) -> None:
    fauna.collection(history_days=0)
    fauna.clock.advance(seconds=DAY)
    fauna.ask({"update": {"collection": "c"}, "params": {"object": {"history_days": 30}}})
    changed = fauna.now()
    assert fauna.error(at(changed - (GRACE + 1) * 10**6, page(documents())))[2] == "bad request"
    fauna.clock.advance(seconds=10 * DAY)
    assert fauna.ask(at(changed, page(documents()))) == {"data": []}


def test_an_update_moves_the_floor_of_unlimited_history(fauna: Fauna) -> None:
    made = fauna.collection(history_days=None)
    fauna.clock.advance(seconds=DAY)
    assert fauna.ask(at(made, page(documents()))) == {"data": []}
    fauna.ask({"update": {"collection": "c"}, "params": {"object": {"data": {"object": {"x": 1}}}}})
    assert fauna.error(at(made, page(documents())))[2] == "bad request"


def test_events_below_the_minimum_are_cut_without_notice(fauna: Fauna) -> None:
    fauna.collection(history_days=0)
    fauna.create(1, {"n": 1})
    fauna.create(2)
    fauna.ask({"delete": ref(2)})
    fauna.ask(update(1, {"n": 2}))
    fauna.clock.advance(seconds=DAY)
    fauna.create(3)
    assert events(fauna.ask(page(documents(), events=True))) == ["A3"]
    assert fauna.ask(at(1000, page(documents(), events=True))) == {"data": []}
    history = fauna.ask(page(ref(1), events=True))["data"]
    assert [(each["action"], each["data"]) for each in history] == [("create", {"n": 2})]
    assert fauna.ask(page(ref(2), events=True)) == {"data": []}


def test_an_index_over_several_collections_is_bound_by_the_latest(fauna: Fauna) -> None:
    fauna.collection(history_days=30)
    fauna.collection("d", history_days=0)
    source = [{"collection": "c"}, {"collection": "d"}]
    fauna.index("i", source=source, values=[{"object": {"field": ["ts"]}}])
    past = fauna.now() - DAY * 10**6
    assert fauna.error(at(past, page({"match": {"index": "i"}})))[2] == "bad request"
    assert fauna.ask(at(past, page(documents()))) == {"data": []}


def test_schema_documents_keep_their_history(fauna: Fauna) -> None:
    fauna.collection()
    assert fauna.error(at(1000, {"get": {"collection": "c"}})) == (
        404, ["expr"], "instance not found", "Collection not found.",
    )  # fmt: skip


class TestTtl:
    @pytest.fixture
    def expired(self, fauna: Fauna) -> tuple[Fauna, int]:
        """A document whose ttl has passed, and a time before that."""
        fauna.collection()
        fauna.index("i", values=[{"object": {"field": ["ts"]}}])
        fauna.create(1, {"n": 1}, ttl=after_seconds(5))
        then = fauna.now()
        fauna.clock.advance(seconds=6)
        return fauna, then

    def test_it_is_nowhere_not_even_under_at(self, expired: tuple[Fauna, int]) -> None:
        fauna, then = expired
        for query in (page(documents()), page({"match": {"index": "i"}}), at(then, page(documents()))):
            assert fauna.ask(query) == {"data": []}
        assert fauna.ask({"count": documents()}) == 0
        assert fauna.ask(at(then, {"exists": ref(1)})) is False

    @pytest.mark.parametrize(
        ("query", "position"),
        [
            ({"get": ref(1)}, []),
            ({"delete": ref(1)}, []),
            (update(1, {}), ["update"]),
            ({"replace": ref(1), "params": params({})}, ["replace"]),
        ],
    )
    def test_it_is_not_found(self, expired: tuple[Fauna, int], query: Any, position: Any) -> None:
        assert expired[0].error(query) == (404, position, "instance not found", "Document not found.")

    def test_its_id_can_be_created_again(self, expired: tuple[Fauna, int]) -> None:
        fauna, then = expired
        assert fauna.reply(create(1, {"n": 2})).status == 201
        assert fauna.ask(at(then, page(documents()))) == {"data": []}
        assert ids(fauna.ask(page(documents()))) == [1]
        assert len(fauna.ask(page({"match": {"index": "i"}}))["data"]) == 1

    def test_a_ttl_in_the_past_is_never_visible(self, fauna: Fauna) -> None:
        fauna.collection()
        assert fauna.reply(create(1, ttl=after_seconds(-5))).status == 201
        assert fauna.ask({"exists": ref(1)}) is False

    def test_ttl_days(self, fauna: Fauna) -> None:
        fauna.collection(ttl_days=3)
        ts = fauna.create(1)
        first = fauna.ask({"get": ref(1)})["ttl"]["@ts"]
        assert first[:19] == format_time((ts + 3 * DAY * 10**6) * 1000)[:19]
        fauna.clock.advance(seconds=60)
        assert fauna.ask(update(1, {"n": 1}))["ttl"]["@ts"] == first
        assert fauna.ask({"update": ref(1), "params": {"object": {"ttl": None}}})["ttl"]["@ts"] > first
        own = {"@ts": "2040-01-01T00:00:00Z"}
        assert fauna.ask(update(1, ttl=own))["ttl"] == own
        assert fauna.ask({"replace": ref(1), "params": params({})})["ttl"] != own


class TestClock:
    def test_a_lagging_node_catches_up_when_told(self, fauna: Fauna) -> None:
        fauna.collection()
        fauna.clock.advance(seconds=60)
        ts = fauna.create(1)
        fauna.clock.lag(seconds=30)
        assert fauna.ask(page(documents())) == {"data": []}
        assert fauna.now() < ts
        told = fauna.reply(page(documents()), x_last_seen_txn=str(ts))
        assert b'"id":"1"' in told.body
        fauna.clock.lag(seconds=0)
        assert ids(fauna.ask(page(documents()))) == [1]

    def test_set_back_it_rises_from_there(self, fauna: Fauna) -> None:
        before = fauna.now()
        fauna.clock.rewind(seconds=3600)
        first, second = fauna.now(), fauna.now()
        assert before - 3600 * 10**6 < first < second < before
