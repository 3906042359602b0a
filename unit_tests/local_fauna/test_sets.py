"""Sets as values, and what they answer besides plain pages (recordings `documents`, `events`)."""

from __future__ import annotations

from typing import Any

import pytest

from unit_tests.local_fauna.fauna import (
    Fauna,
    create,
    data,
    documents,
    events,
    field,
    lambda_,
    match,
    named,
    page,
    ref,
    update,
    var,
    wire,
)

_C = named("collections", "c")

ECHOES: dict[str, tuple[Any, Any]] = {
    "documents": (documents(), {"documents": _C}),
    "a singleton": ({"singleton": ref(1)}, {"singleton": wire(1)}),
    "a range shows its set with the tag": (
        {"range": documents(), "from": [ref(1), 5], "to": []},
        {"range": {"@set": {"documents": _C}}, "from": wire(1), "to": None},
    ),
    "a bound that is no place": (
        {"range": documents(), "from": 1, "to": None},
        {"range": {"@set": {"documents": _C}}, "from": None, "to": None},
    ),
    "bounds of an index": (
        {"range": match(), "from": [1], "to": [2, ref(1), ref(7)]},
        {"range": {"@set": {"match": named("indexes", "i")}}, "from": 1, "to": [2, wire(1)]},
    ),
    "the events of a set show it without the tag": ({"events": documents()}, {"events": {"documents": _C}}),
    "the events of a singleton": ({"events": {"singleton": ref(1)}}, {"events": {"singleton": wire(1)}}),
    "the events of a document": ({"events": ref(1)}, {"events": wire(1)}),
    "the events of a list": ({"events": {"collections": None}}, {"events": {"@ref": {"id": "collections"}}}),
    "a union of one": ({"union": [documents()]}, {"union": {"@set": {"documents": _C}}}),
    "a filter shows its lambda without a tag": (
        {"filter": lambda_("x", {"let": [{"a": True}], "in": var("a")}), "collection": documents()},
        {
            "filter": {"api_version": "4", "lambda": "x", "expr": {"let": {"a": True}, "in": {"var": "a"}}},
            "collection": {"@set": {"documents": _C}},
        },
    ),
    "a shown set can be sent back": (
        {"@set": {"distinct": {"@set": {"documents": _C}}}},
        {"distinct": {"@set": {"documents": _C}}},
    ),
}


@pytest.mark.parametrize(("query", "shown"), ECHOES.values(), ids=ECHOES.keys())
def test_a_set_shows_how_it_is_made(fauna: Fauna, query: Any, shown: Any) -> None:
    fauna.collection()
    fauna.index("i", values=[field("ts"), field("ref")])
    assert fauna.ask(query) == {"@set": shown}


def test_what_is_wrong_with_a_tagged_set_is_wrong_in_the_query(fauna: Fauna) -> None:
    gone = {"@set": {"documents": named("collections", "nope")}}
    text = "Ref refers to undefined collection 'nope'"
    assert fauna.error([gone]) == (400, [0, "documents"], "invalid expression", text)
    assert fauna.error({"@set": {"page": 1}}) == (400, [], "invalid expression", "Invalid set.")
    assert fauna.error({"@set": {"documents": {"collection": "c"}}})[0] == 501


def test_a_set_is_read_when_it_is_used(fauna: Fauna) -> None:
    fauna.collection()
    use = {"do": [create(1), {"exists": {"var": "s"}}]}
    assert fauna.ask({"let": {"s": {"singleton": ref(1)}}, "in": use}) is True


LATER = {"@ts": "2040-01-01T00:00:00Z"}


class TestEventsOfOneDocument:
    """The events of a singleton, and those of a ref (Fauna's documentation of `Events` and `Singleton`)."""

    @pytest.fixture
    def changed(self, fauna: Fauna) -> Fauna:
        """Document 1 is made, updated, given a ttl, deleted and made again; 2 is only made."""
        fauna.collection()
        fauna.ask(create(1, {"n": 1}))
        fauna.ask(create(2))
        fauna.ask(update(1, {"n": 2}))
        fauna.ask(update(1, ttl=LATER))
        fauna.ask({"delete": ref(1)})
        fauna.ask(create(1))
        return fauna

    def test_a_singleton_tells_how_the_document_came_and_went(self, changed: Fauna) -> None:
        wanted = ["A1", "R1", "A1"]
        assert events(changed.ask(page({"singleton": ref(1)}, events=True))) == wanted
        assert events(changed.ask(page({"events": {"singleton": ref(1)}}))) == wanted

    def test_its_cursors_are_those_of_events(self, changed: Fauna) -> None:
        every = data(changed, {"events": {"singleton": ref(1)}})
        first = changed.ask(page({"events": {"singleton": ref(1)}}, size=2))
        assert (first["data"], first["after"]) == (every[:2], every[2])
        second = changed.ask(page({"events": {"singleton": ref(1)}}, after={"object": first["after"]}))
        assert second["data"] == every[2:]

    def test_events_of_a_ref_are_its_own_history(self, changed: Fauna) -> None:
        history = changed.ask(page(ref(1), events=True))
        assert [each["action"] for each in history["data"]] == ["create", "update", "update", "delete", "create"]
        assert changed.ask(page({"events": ref(1)})) == history
        assert changed.ask(page({"events": ref(1)}, size=2)) == changed.ask(page(ref(1), events=True, size=2))

    def test_a_document_that_never_was_has_none(self, changed: Fauna) -> None:
        assert changed.ask(page({"events": {"singleton": ref(9)}})) == {"data": []}
        assert changed.ask(page({"events": ref(9)})) == {"data": []}

    def test_a_union_has_events_that_are_left_out(self, changed: Fauna) -> None:
        both = {"union": [{"singleton": ref(1)}, {"singleton": ref(2)}]}
        assert changed.error(page({"events": both}))[0] == 501

    def test_a_schema_document_has_both(self, changed: Fauna) -> None:
        created = changed.ask({"get": {"collection": "c"}})
        (event,) = data(changed, {"events": {"singleton": {"collection": "c"}}})
        assert event == {"ts": created["ts"], "action": "add", "document": _C}
        assert [each["action"] for each in data(changed, {"events": {"collection": "c"}})] == ["create"]

    def test_an_unknown_collection(self, changed: Fauna) -> None:
        for source, place in ((ref(1, "nope"), ["events"]), ({"singleton": ref(1, "nope")}, ["events", "singleton"])):
            wanted = (400, ["paginate", *place], "invalid ref", "Ref refers to undefined collection 'nope'")
            assert changed.error(page({"events": source})) == wanted

    def test_a_cursor_shows_no_data(self, changed: Fauna) -> None:
        first = changed.ask(page(ref(1), events=True, size=1))
        assert [event["data"] for event in first["data"]] == [{"n": 1}]
        assert first["after"].keys() == {"ts", "action", "document"}
        taken = {"take": 1, "collection": page(ref(1), events=True)}
        assert changed.ask(taken)["after"] == first["after"]
        following = {"select": ["after", "data", "n"], "from": page(ref(1), events=True, size=1)}
        assert changed.ask(following) == 2

    def test_an_event_is_no_cursor(self, changed: Fauna) -> None:
        event = {"select": ["data", 0], "from": page(documents(), events=True)}
        text = "Object, Integer, Time, or Date expected, Object provided."
        wanted = (400, ["after"], "invalid argument", text)
        assert changed.error(page(documents(), events=True, after=event)) == wanted

    def test_a_deletion_has_no_data_to_select(self, changed: Fauna) -> None:
        path = {"select": ["data", 3, "data"], "from": page(ref(1), events=True), "default": "none"}
        assert changed.ask(path) == "none"
        assert changed.error({**path, "select": ["data", 2, "data"]})[0] == 501

    def test_the_data_of_an_event_of_a_set(self, changed: Fauna) -> None:
        changed.index("one", values=[field("data", "n")])
        changed.index("two", values=[field("data", "n"), field("ref")])
        changed.ask(create(3, {"n": 7}))
        found = [
            changed.ask({"select": ["data", -1 + len(data(changed, source, events=True)), "data"],
                         "from": page(source, events=True)})
            for source in (documents(), match("one"), match("two"))
        ]  # fmt: skip
        assert found == [[], 7, [7, wire(3)]]

    def test_sources_of_events(self, changed: Fauna) -> None:
        shown = [
            changed.ask(page(source, events=True, sources=True, size=1))["data"][0]["sources"]
            for source in (documents(), ref(2), {"collections": None}, {"singleton": ref(2)})
        ]
        inner = [{"documents": _C}, wire(2), {"@ref": {"id": "collections"}}, {"singleton": wire(2)}]
        assert shown == [[{"@set": {"events": each}}] for each in inner]
        assert changed.error(page({"distinct": documents()}, events=True, sources=True))[0] == 501

    def test_functions_over_a_set_of_events(self, changed: Fauna) -> None:
        numbers = {6: {"events": documents()}, 3: {"events": {"singleton": ref(1)}}, 5: {"events": ref(1)}}
        last = {"reduce": lambda_(["_", "e"], {"select": "ts", "from": var("e")}), "initial": 0}
        for number, source in numbers.items():
            listed = data(changed, source)
            ends = changed.ask([{"count": source}, {"first": source}, {"last": source}])
            assert ends == [number, listed[0], listed[-1]]
            assert changed.ask({**last, "collection": source}) == listed[-1]["ts"]
            assert changed.ask([{"exists": source}, {"is_empty": source}]) == [True, False]

    def test_count_of_events_knows_no_past(self, changed: Fauna) -> None:
        past = {"at": changed.now(), "expr": {"count": {"events": documents()}}}
        changed.ask(create(7))
        assert changed.ask(past) == 7

    def test_a_set_without_a_history(self, changed: Fauna) -> None:
        without = {"events": {"range": documents(), "from": [], "to": []}}
        text = "Set does not support events history."
        assert changed.error(page(without)) == (400, [], "invalid argument", text)
        assert changed.error({"first": without}) == (400, [], "invalid argument", text)
        assert changed.error({"count": without})[0] == 500
        assert changed.error({"count": {"events": {"union": [documents()]}}})[0] == 501

    def test_a_set_of_events_that_is_empty(self, changed: Fauna) -> None:
        gone = {"events": ref(9)}
        assert changed.ask([{"exists": gone}, {"count": gone}]) == [False, 0]
        assert changed.error({"first": gone}) == (400, ["first"], "invalid argument", "Non-empty set expected.")
        assert changed.error({"get": gone})[:2] == (404, [])

    def test_history_read_opens_the_history(self, changed: Fauna) -> None:
        reader = changed.role("reader", ({"collection": "c"}, {"read": True}))
        assert changed.error(page({"events": {"singleton": ref(1)}}), secret=reader)[:2] == (403, ["paginate"])
        assert changed.error(page({"events": ref(1)}), secret=reader)[:2] == (403, ["paginate"])
        assert changed.error(page(ref(1), events=True), secret=reader)[:2] == (403, ["paginate"])

    def test_what_was_valid_at_the_minimum_valid_time_begins_it(self, changed: Fauna) -> None:
        changed.clock.advance(seconds=40 * 86_400)
        changed.ask({"delete": ref(1)})
        assert events(changed.ask(page({"events": {"singleton": ref(1)}}))) == ["A1", "R1"]


def test_a_union_of_sets_in_different_orders_is_refused(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "n", reverse=True)])
    wanted = (400, ["union"], "invalid argument", "Sets are not compatible.")
    assert fauna.error({"union": [match(), {"singleton": ref(1)}]}) == wanted


def test_a_union_of_sets_of_different_shapes_is_left_out(fauna: Fauna) -> None:
    fauna.collection()
    fauna.index("i", values=[field("data", "n")])
    assert fauna.error({"union": [match(), {"singleton": ref(1)}]})[0] == 501


def test_a_cursor_of_a_singleton_of_the_schema(fauna: Fauna) -> None:
    fauna.collection()
    only = {"singleton": {"collection": "c"}}
    assert fauna.ask(page(only, after=[{"collection": "c"}]))["data"] == [_C]
    assert fauna.ask(page(only, before=[{"collection": "c"}]))["data"] == []
