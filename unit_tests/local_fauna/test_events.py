"""Events of Documents(c): which change makes which, their order and their cursors (recording `events`)."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from unit_tests.local_fauna.fauna import Fauna, at, create, documents, events, page, params, ref, update, walked, wire

LATER = {"@ts": "2040-01-01T00:00:00Z"}
EVEN_LATER = {"@ts": "2041-01-01T00:00:00Z"}


def replace(number: int, ttl: Any = None) -> Any:
    return {"replace": ref(number), "params": params({"r": 1}, ttl)}


def gone(number: int) -> Any:
    return {"delete": ref(number)}


# Document 1 is there from the start, 2 is too and has a ttl, 3 is not.
CHANGES: dict[str, tuple[Any, list[str]]] = {
    "create": (create(3), ["A3"]),
    "delete": (gone(1), ["R1"]),
    "update": (update(1, {"n": 2}), []),
    "replace": (replace(1), []),
    "ttl added": (update(1, ttl=LATER), ["R1", "A1"]),
    "ttl changed": (update(2, ttl=EVEN_LATER), ["R2", "A2"]),
    "ttl unchanged": (update(2, ttl=LATER), []),
    "ttl dropped": ({"update": ref(2), "params": {"object": {"ttl": None}}}, ["R2", "A2"]),
    "ttl dropped by a replace": (replace(2), ["R2", "A2"]),
    "deleted and created again": ({"do": [gone(1), create(1)]}, ["A1"]),
    "deleted and created again with another ttl": ({"do": [gone(1), create(1, ttl=LATER)]}, ["R1", "A1"]),
    "deleted, created again and updated": ({"do": [gone(1), create(1), update(1, {"x": 1})]}, ["A1"]),
    "created and deleted": ({"do": [create(3), gone(3)]}, []),
    "deleted, created and deleted": ({"do": [gone(1), create(1), gone(1)]}, ["R1"]),
    "removes come first": ({"do": [create(3), gone(2), create(0), gone(1)]}, ["R1", "R2", "A0", "A3"]),
}


@pytest.mark.parametrize(("change", "shown"), CHANGES.values(), ids=CHANGES.keys())
def test_what_makes_which_event(fauna: Fauna, change: Any, shown: list[str]) -> None:
    fauna.collection()
    fauna.create(1)
    last = fauna.create(2, ttl=LATER)
    fauna.ask(change)
    found = fauna.ask(page(documents(), events=True, after={"object": {"ts": last}}))
    assert events(found) == shown


def test_an_id_created_again_after_its_expiry_is_another_add(fauna: Fauna) -> None:
    fauna.collection()
    fauna.create(1, ttl={"time_add": {"now": None}, "offset": 5, "unit": "seconds"})
    fauna.clock.advance(seconds=6)
    assert events(fauna.ask(page(documents(), events=True))) == ["A1"]
    fauna.create(1)
    assert events(fauna.ask(page(documents(), events=True))) == ["A1", "A1"]


@pytest.fixture
def table(fauna: Fauna) -> tuple[Fauna, int]:
    """R10 R20 A5 A15 A25 at one ts, with one event before and one after."""
    fauna.collection()
    fauna.ask({"do": [create(10), create(20)]})
    changed = fauna.ask({"do": [create(25), create(5), gone(20), create(15), gone(10), {"get": ref(5)}]})
    fauna.create(99)
    return fauna, int(changed["ts"])


def cursor(ts: int, action: str | None = None, number: int | None = None) -> Any:
    given: dict[str, Any] = {"ts": ts} | ({} if action is None else {"action": action})
    return {"object": given | ({} if number is None else {"document": ref(number)})}


def echoed(ts: int, action: str, number: int | None = None) -> Any:
    return {"ts": ts, "action": action} | ({} if number is None else {"document": wire(number)})


AFTER: dict[str, tuple[Any, list[str], Any]] = {
    "micros": (lambda t: t, ["A5", "A15", "A25"], lambda t: echoed(t, "add")),
    "ts": (cursor, [], lambda _: None),
    "ts and remove": (lambda t: cursor(t, "remove"), [], lambda _: None),
    "ts - 1": (lambda t: cursor(t - 1), ["R10", "R20", "A5", "A15", "A25"], lambda _: None),
    "remove of a lower id": (
        lambda t: cursor(t, "remove", 0), ["R10", "R20", "A5", "A15", "A25"], lambda t: echoed(t, "remove", 0),
    ),
    "remove between": (
        lambda t: cursor(t, "remove", 15), ["R20", "A5", "A15", "A25"], lambda t: echoed(t, "remove", 15),
    ),
    "remove itself": (
        lambda t: cursor(t, "remove", 20), ["R20", "A5", "A15", "A25"], lambda t: echoed(t, "remove", 20),
    ),
    "remove behind": (lambda t: cursor(t, "remove", 21), ["A25"], lambda t: echoed(t, "remove", 21)),
    "add between": (lambda t: cursor(t, "add", 6), ["A15", "A25"], lambda t: echoed(t, "add", 6)),
    "create counts as add": (lambda t: cursor(t, "create", 6), ["A15", "A25"], lambda t: echoed(t, "add", 6)),
}  # fmt: skip


@pytest.mark.parametrize(("after", "shown", "before"), AFTER.values(), ids=AFTER.keys())
def test_after(table: tuple[Fauna, int], after: Any, shown: list[str], before: Any) -> None:
    fauna, ts = table
    found = fauna.ask(page(documents(), events=True, after=after(ts)))
    assert (events(found), found["before"]) == ([*shown, "A99"], before(ts))


def test_null_is_the_end(table: tuple[Fauna, int]) -> None:
    fauna, _ = table
    end = {"ts": 9223372036854775807, "action": "add"}
    assert fauna.ask(page(documents(), events=True, after=None)) == {"data": [], "before": end}
    back = fauna.ask(page(documents(), events=True, size=2, before=None))
    assert (events(back), back["after"]) == (["A25", "A99"], end)


def test_before_mirrors_after(table: tuple[Fauna, int]) -> None:
    fauna, ts = table
    found = fauna.ask(page(documents(), events=True, size=2, before=cursor(ts, "add", 15)))
    assert events(found) == ["R20", "A5"]
    assert found["before"] == echoed(ts, "remove", 20)


def test_reply_cursors_walk_through_everything(table: tuple[Fauna, int]) -> None:
    fauna, _ = table
    every = fauna.ask(page(documents(), events=True))
    assert [walked(fauna, documents(), size) for size in (1, 2, 3)] == [every] * 3


def test_events_form_and_at(table: tuple[Fauna, int]) -> None:
    fauna, ts = table
    assert events(fauna.ask(page({"events": documents()}, size=2))) == ["A10", "A20"]
    assert events(fauna.ask(at(ts, page(documents(), events=True))))[-1] == "A25"
    assert events(fauna.ask(at(ts - 1, page(documents(), events=True)))) == ["A10", "A20"]


REFUSED: dict[str, tuple[Any, Any]] = {
    "other keys": (
        {"object": {"ts": 1, "foo": 1}},
        (400, ["after"], "invalid argument", "Cannot create event cursor with keys ts, foo"),
    ),
    "a string": (
        "x",
        (400, ["after"], "invalid argument", "Object, Integer, Time, or Date expected, String provided."),
    ),
    "a time in an object": (
        {"object": {"ts": {"@ts": "2020-01-01T00:00:00Z"}}},
        (400, ["after", "ts"], "invalid argument", "Integer expected, Time provided."),
    ),
    "an action that is no string": (
        {"object": {"ts": 1, "action": []}},
        (
            400,
            ["after", "action"],
            "invalid argument",
            "String 'create', 'update', or 'delete' expected, Array provided.",
        ),
    ),
    "an unknown action": (
        {"object": {"ts": 1, "action": "x"}},
        (
            400,
            ["after", "action"],
            "invalid argument",
            "String 'create', 'update', or 'delete' expected, String provided.",
        ),
    ),
}


@pytest.mark.parametrize(("after", "wanted"), REFUSED.values(), ids=REFUSED.keys())
def test_cursors_that_are_refused(fauna: Fauna, after: Any, wanted: Any) -> None:
    fauna.collection()
    assert fauna.error(page(documents(), events=True, after=after)) == wanted


@pytest.mark.parametrize("after", [-1, {"object": {"ts": -1}}, {"@ts": "1969-01-01T00:00:00Z"}])
def test_a_cursor_below_the_epoch_is_a_500(fauna: Fauna, after: Any) -> None:
    fauna.collection()
    assert fauna.error(page(documents(), events=True, after=after))[0] == 500


def test_all_that_is_wrong_with_a_cursor_is_told(fauna: Fauna) -> None:
    fauna.collection()
    cursor = {"object": {"ts": "x", "action": 1, "document": ref(1, "nope")}}
    errors = json.loads(fauna.reply(page(documents(), events=True, after=cursor)).body)["errors"]
    assert [each["position"] for each in errors] == [["after", "ts"], ["after", "document"], ["after", "action"]]


def test_the_history_of_a_document_shows_what_changed(fauna: Fauna) -> None:
    fauna.collection()
    fauna.create(1, {"n": 1, "o": {"object": {"a": 1, "b": 2}}, "same": [1]})
    fauna.ask({"replace": ref(1), "params": params({"n": 1, "o": {"object": {"a": 1, "c": 3}}, "same": [1]})})
    fauna.ask(update(1, {"n": 1.0}))
    fauna.ask(update(1, {"n": 1.0}))
    fauna.ask(gone(1))
    found = fauna.ask(page(ref(1), events=True))["data"]
    assert [(each["action"], each["data"]) for each in found] == [
        ("create", {"n": 1, "o": {"a": 1, "b": 2}, "same": [1]}),
        ("update", {"o": {"b": None, "c": 3}}),
        ("update", {"n": 1.0}),
        ("update", None),
        ("delete", None),
    ]


def test_history_edits_show_at_their_own_ts(fauna: Fauna) -> None:
    fauna.collection()
    made = fauna.create(1, {"n": 1})
    earlier = made - 1000
    edited = fauna.ask({"insert": ref(1), "ts": earlier, "action": "create", "params": params({"n": 0})})
    assert edited == {"ts": earlier, "action": "create", "document": wire(1), "data": {"n": 0}}
    assert events(fauna.ask(page(documents(), events=True))) == ["A1"]
    fauna.ask({"insert": ref(1), "ts": earlier + 10, "action": "delete"})
    assert events(fauna.ask(page(documents(), events=True))) == ["A1", "R1", "A1"]
    assert fauna.ask(at(earlier + 5, {"select": ["data", "n"], "from": {"get": ref(1)}})) == 0
    assert fauna.ask({"remove": ref(1), "ts": earlier + 10, "action": "delete"}) is None
    assert fauna.ask({"remove": ref(1), "ts": earlier, "action": "create"}) is None
    found = fauna.ask(page(documents(), events=True))["data"]
    assert [each["ts"] for each in found] == [made]


def test_insert_into_the_future_is_refused(fauna: Fauna) -> None:
    fauna.collection()
    query = {"insert": ref(1), "ts": fauna.now() + 10**9, "action": "create", "params": params({})}
    assert fauna.error(query)[2:] == ("invalid write time", "Cannot write outside of snapshot time.")


def test_events_agree_whether_kept_up_or_made_anew(fauna: Fauna) -> None:
    """Events are collected at the first question and kept up from then on: both must come to the same."""
    watched, unwatched = fauna, Fauna()
    numbers = random.Random(5)
    for each in (watched, unwatched):
        each.collection()
    watched.ask(page(documents(), events=True))
    unwatched.now()
    for _ in range(150):
        number, kind = numbers.randrange(6), numbers.randrange(5)
        query = [
            create(number), gone(number), update(number, {"n": 1}), update(number, ttl=LATER),
            {"insert": ref(number), "ts": watched.now() - numbers.randrange(20), "action": "delete"},
        ][kind]  # fmt: skip
        unwatched.now()
        assert watched.reply(query).body == unwatched.reply(query).body
    assert watched.ask(page(documents(), events=True, size=999)) == unwatched.ask(
        page(documents(), events=True, size=999)
    )
