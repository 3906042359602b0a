"""What a database answers to each question, for keys of every right."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.database import queries, questions
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from unit_tests.local_fauna.fauna import DAY, SECRET, Fauna, ref
from unit_tests.things import COLLECTION, answer, rename, things

THE_COLLECTION = {"collection": COLLECTION}
READ = {"read": True}
THE_FIRST = {"query": {"lambda": "ref", "expr": {"equals": [{"select": "id", "from": {"var": "ref"}}, "1"]}}}
"""A predicate that lets one document through."""

TRUE, FALSE = questions.nothing_in({"data": []}), questions.nothing_in({"data": [1]})


def refusal(fauna: Fauna, expression: Expression, *, secret: str = SECRET) -> FaunaError:
    with pytest.raises(FaunaError) as caught:
        answer(fauna, expression, secret=secret)
    return caught.value


def keys(fauna: Fauna) -> dict[str, str]:
    """Keys that may read the collection, what fits a condition of it, and nothing of it."""
    return {
        "all": fauna.role("all", (THE_COLLECTION, READ)),
        "some": fauna.role("some", (THE_COLLECTION, {"read": THE_FIRST})),
        "nothing": fauna.role("nothing"),
    }


@pytest.mark.parametrize(
    ("key", "kind"), [("all", Kind.MISSING), ("some", Kind.FORBIDDEN), ("nothing", Kind.FORBIDDEN)]
)
def test_the_probe_is_refused_unless_everything_may_be_read(key: str, kind: Kind) -> None:
    fauna = things(1, 2)
    assert refusal(fauna, questions.probe(COLLECTION), secret=keys(fauna)[key]).kind is kind


def test_the_probe_finds_a_document_of_the_id_0() -> None:
    assert answer(things(0), questions.probe(COLLECTION))["ts"] > 0


def test_the_probe_of_no_collection_is_undefined() -> None:
    assert refusal(Fauna(), questions.probe(COLLECTION)).kind is Kind.UNDEFINED


def recreate(fauna: Fauna) -> None:
    fauna.ask({"delete": THE_COLLECTION})
    fauna.collection(COLLECTION)


def proof(position: int, *, by_definition: bool = True, collection: str = COLLECTION) -> Expression:
    return questions.proven(collection, position, "proven", by_definition=by_definition)


def test_what_history_still_holds_is_proven() -> None:
    fauna = things(1)
    assert answer(fauna, proof(fauna.now())) == "proven"


@pytest.mark.parametrize("by_definition", [True, False])
def test_what_history_no_longer_holds_is_refused(by_definition: bool) -> None:
    fauna = things(1, history_days=0)
    position = fauna.now()
    fauna.clock.advance(seconds=DAY)
    assert refusal(fauna, proof(position, by_definition=by_definition)).kind is Kind.HISTORY


def test_another_collection_of_the_name_is_no_proof() -> None:
    fauna = things(1)
    position = fauna.now()
    recreate(fauna)
    assert refusal(fauna, proof(position)).kind is Kind.MISSING
    assert answer(fauna, proof(fauna.now())) == "proven"


def test_a_proof_by_definition_needs_the_right_to_read_definitions() -> None:
    fauna = things(1)
    key, position = keys(fauna)["all"], fauna.now()
    assert refusal(fauna, proof(position), secret=key).kind is Kind.FORBIDDEN
    assert answer(fauna, proof(position, by_definition=False), secret=key) == "proven"
    definitions = fauna.role("definitions", (THE_COLLECTION, READ), ({"collections": None}, READ))
    assert answer(fauna, proof(position), secret=definitions) == "proven"


def test_a_claim_is_confirmed_by_the_probe_and_only_if_it_is_true() -> None:
    fauna = things(1)
    assert refusal(fauna, questions.confirmed(COLLECTION, TRUE)).kind is Kind.MISSING
    assert answer(fauna, questions.confirmed(COLLECTION, FALSE)) is False
    fauna.create(0, collection=COLLECTION)
    assert answer(fauna, questions.confirmed(COLLECTION, TRUE)) is True


@pytest.mark.parametrize("key", ["some", "nothing"])
def test_a_key_that_may_not_read_everything_confirms_nothing(key: str) -> None:
    fauna = things(1)
    secret = keys(fauna)[key]
    assert refusal(fauna, questions.confirmed(COLLECTION, TRUE), secret=secret).kind is Kind.FORBIDDEN
    assert answer(fauna, questions.confirmed(COLLECTION, FALSE), secret=secret) is False


def test_a_collection_existed_under_its_name_or_the_error_concerns_its_definition() -> None:
    fauna = Fauna()
    before = fauna.now()
    fauna.collection(COLLECTION)
    assert answer(fauna, questions.identified(COLLECTION, fauna.now(), "asked")) == "asked"
    error = refusal(fauna, questions.identified(COLLECTION, before, "asked"))
    assert (error.kind, error.position[:2]) == (Kind.MISSING, questions.DEFINITION)
    error = refusal(fauna, questions.identified(COLLECTION, fauna.now(), "asked"), secret=keys(fauna)["all"])
    assert (error.kind, error.position[:2]) == (Kind.FORBIDDEN, questions.DEFINITION)


@pytest.mark.parametrize("swapped", [True, False], ids=["swapped", "only renamed"])
def test_a_collection_that_had_another_name_is_told_with_that_name(swapped: bool) -> None:
    """The server resolves names at present, even under At: it shows the old definition of the collection of today."""
    fauna = things(1)
    fauna.collection("other")
    before = fauna.now()
    if swapped:
        rename(fauna, COLLECTION, "gone")
        rename(fauna, "other", COLLECTION)
    else:
        rename(fauna, COLLECTION, "other_too")
    name, was = (COLLECTION, "other") if swapped else ("other_too", COLLECTION)
    for asked in (questions.identified(name, before, "asked"), proof(before, collection=name)):
        error = refusal(fauna, asked)
        assert (error.kind, error.description) == (Kind.RENAMED, was)
    assert answer(fauna, questions.identified(name, fauna.now(), "asked")) == "asked"


def test_a_collection_that_got_its_name_back_is_the_same() -> None:
    fauna = things(1)
    before = fauna.now()
    rename(fauna, COLLECTION, "other")
    rename(fauna, "other", COLLECTION)
    assert answer(fauna, questions.identified(COLLECTION, before, "asked")) == "asked"


def test_an_error_of_what_is_asked_does_not_concern_the_definition() -> None:
    fauna = things()
    error = refusal(fauna, questions.identified(COLLECTION, fauna.now(), questions.probe(COLLECTION)))
    assert (error.kind, error.position[:2]) == (Kind.MISSING, ("do", 1))


EMPTY: dict[str, Any] = {"data": []}
FULL: dict[str, Any] = {"data": [1, 2]}


@pytest.mark.parametrize(
    ("question", "is_so"),
    [
        (questions.nothing_in(EMPTY), True),
        (questions.nothing_in(EMPTY, EMPTY), True),
        (questions.nothing_in(EMPTY, FULL), False),
        (questions.nothing_in(FULL, EMPTY), False),
        (questions.nothing_in(FULL, FULL), False),
        (questions.something_in(EMPTY), False),
        (questions.something_in(FULL), True),
        (questions.both(TRUE, TRUE), True),
        (questions.both(TRUE, FALSE), False),
        (questions.both(FALSE, TRUE), False),
    ],
)
def test_questions_about_pages_are_answered_by_what_is_in_them(question: Expression, is_so: bool) -> None:
    assert answer(Fauna(), question) is is_so


def events(fauna: Fauna, size: int = 64, *, secret: str = SECRET) -> Any:
    """A page of the events of the collection, from the first on."""
    return answer(fauna, queries.events_page(COLLECTION, {"ts": 0}, size), secret=secret)


def whole(fauna: Fauna, seen: int, after: Any, *, snapshot: int | None = None) -> bool:
    """Whether the database says that nothing was hidden from a page of so many events, and of this successor."""
    asked = questions.all_events_in(snapshot or fauna.now(), COLLECTION, {"ts": 0}, seen, after)
    return bool(answer(fauna, asked))


def eventful() -> Fauna:
    """Five documents came; one came again, at one time two others were deleted, and of one the ttl was changed."""
    fauna = things(*range(5))
    fauna.ask({"delete": ref(1, COLLECTION)})
    fauna.create(1, collection=COLLECTION)
    fauna.ask([{"delete": ref(each, COLLECTION)} for each in (1, 2)])
    fauna.ask({"update": ref(3, COLLECTION), "params": {"object": {"ttl": {"time": "2999-01-01T00:00:00Z"}}}})
    return fauna


@pytest.mark.parametrize("size", range(1, 13))
def test_a_page_is_whole_if_its_successor_is_the_next_event(size: int) -> None:
    """A later event in its place, with another time, document or both, would mean that events were hidden."""
    fauna = eventful()
    every = events(fauna)["data"]
    assert len(every) == 11
    shown = events(fauna, size)
    assert whole(fauna, len(shown["data"]), shown.get("after"))
    assert [each for each in every[size + 1 :] if whole(fauna, size, each)] == []
    assert whole(fauna, size, None) is (size >= len(every))


@pytest.mark.parametrize("size", [1, 2, 64])
def test_a_page_from_which_a_condition_hid_events_is_not_whole(size: int) -> None:
    fauna = eventful()
    shown = events(fauna, size, secret=keys(fauna)["some"])
    assert not whole(fauna, len(shown["data"]), shown.get("after"))


def test_what_came_after_the_snapshot_was_not_hidden() -> None:
    fauna = eventful()
    shown, snapshot = events(fauna), fauna.now()
    fauna.create(7, collection=COLLECTION)
    assert whole(fauna, len(shown["data"]), None, snapshot=snapshot)
    assert not whole(fauna, len(shown["data"]), None)


@pytest.mark.parametrize("kept", [0, 5], ids=["all of them", "those of the page"])
def test_events_that_history_has_dropped_since_were_not_hidden(kept: int) -> None:
    """Then a later event takes the place of the successor."""
    fauna = things(*range(5), history_days=0)
    shown = events(fauna, 3)
    fauna.clock.advance(seconds=600)
    for document_id in range(10, 10 + kept):
        fauna.create(document_id, collection=COLLECTION)
    fauna.clock.advance(seconds=600)
    assert len(events(fauna)["data"]) == kept
    assert whole(fauna, 3, shown["after"])
