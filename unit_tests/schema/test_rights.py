"""What the answers of the server say about the rights of the key."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.progress import Progress
from source_fauna.schema.rights import Rights, closed_collections, refused_indexes, rights_of, rights_of_each
from unit_tests.clock import Clock
from unit_tests.quiet import QUIET
from unit_tests.scripted import FORBIDDEN, MISSING, UNAUTHORIZED, Scripted
from unit_tests.told import logged

UNDEFINED = (400, "invalid ref", "Ref refers to undefined collection 'nope'")
PAGE = {"data": [{"@ref": {"id": "1"}}]}
EMPTY: dict[str, Any] = {"data": []}
COLLECTIONS: dict[str, tuple[Any, Any]] = {
    "open": (MISSING, PAGE),
    "open with a document 0": ({"ref": {}, "ts": 1}, PAGE),
    "open and empty": (MISSING, EMPTY),
    "under a condition": (FORBIDDEN, PAGE),
    "closed": (FORBIDDEN, EMPTY),
    "nope": (UNDEFINED, UNDEFINED),
}
"""What Get of a missing document and a page of one answer (recorded on a real server)."""

RIGHTS = {
    "open": Rights.ALL,
    "open with a document 0": Rights.ALL,
    "open and empty": Rights.ALL,
    "under a condition": Rights.SOME,
    "closed": Rights.NONE,
}


def answer(asked: Any) -> Any:
    if "get" in asked:
        return COLLECTIONS[asked["get"]["@ref"]["collection"]["@ref"]["id"]][0]
    return COLLECTIONS[asked["paginate"]["documents"]["collection"]][1]


@pytest.mark.parametrize(("collection", "expected"), RIGHTS.items(), ids=RIGHTS.keys())
def test_rights_of_a_collection(collection: str, expected: Rights) -> None:
    assert rights_of(Scripted(answer).query, collection) is expected


def test_rights_of_many_come_by_name() -> None:
    assert rights_of_each(Scripted(answer).client, list(RIGHTS), at_once=4, progress=QUIET) == RIGHTS


def test_an_undefined_collection_is_an_error() -> None:
    with pytest.raises(FaunaError) as raised:
        rights_of(Scripted(answer).query, "nope")
    assert raised.value.kind is Kind.UNDEFINED


def test_collections_that_show_something_are_asked_about_together() -> None:
    scripted = Scripted(answer)
    assert (
        closed_collections(scripted.client, ["open", "under a condition"] * 100, at_once=4, progress=QUIET)
        == frozenset()
    )
    assert len(scripted.asked) == 2


def test_only_seemingly_empty_collections_are_asked_about_one_by_one() -> None:
    scripted = Scripted(answer)
    names = ["open", "closed", "open and empty", "under a condition"]
    assert closed_collections(scripted.client, names, at_once=4, progress=QUIET) == {"closed"}
    assert len(scripted.asked) == 4


def test_a_collection_that_is_gone_is_not_closed() -> None:
    assert closed_collections(Scripted(answer).client, ["open", "nope", "closed"], at_once=4, progress=QUIET) == {
        "closed"
    }


@pytest.mark.parametrize("refused", ["paginate", "get"], ids=["of many together", "of one"])
def test_another_error_about_a_collection_is_raised(refused: str) -> None:
    scripted = Scripted(lambda asked: UNAUTHORIZED if refused in asked else EMPTY)
    with pytest.raises(FaunaError) as raised:
        closed_collections(scripted.client, ["open"], at_once=1, progress=QUIET)
    assert raised.value.kind is Kind.UNAUTHORIZED


def index_answer(asked: Any) -> Any:
    return FORBIDDEN if asked["paginate"]["match"]["index"].startswith("closed") else EMPTY


def test_readable_indexes_are_asked_about_together() -> None:
    scripted = Scripted(index_answer)
    assert refused_indexes(scripted.client, ["a", "b"], at_once=2, progress=QUIET) == frozenset()
    assert len(scripted.asked) == 1


def test_no_index_is_no_request() -> None:
    scripted = Scripted(index_answer)
    assert refused_indexes(scripted.client, [], at_once=2, progress=QUIET) == frozenset()
    assert scripted.asked == []


def test_refused_indexes_are_found_among_others() -> None:
    names = ["a", "closed1", "b", "closed2"]
    assert refused_indexes(Scripted(index_answer).client, names, at_once=2, progress=QUIET) == {"closed1", "closed2"}


GONE = [
    pytest.param((400, "invalid ref", "Ref refers to undefined index 'gone'"), id="dropped"),
    pytest.param((400, "instance not found", "Index 'gone' is not active."), id="made again"),
]


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("names", [["gone"], ["closed", "gone"]], ids=["alone", "beside a refused one"])
def test_an_index_that_is_gone_is_not_refused(gone: tuple[int, str, str], names: list[str]) -> None:
    scripted = Scripted(lambda asked: gone if asked["paginate"]["match"]["index"] == "gone" else index_answer(asked))
    assert refused_indexes(scripted.client, names, at_once=2, progress=QUIET) == {*names} - {"gone"}


@pytest.mark.parametrize("other", [FORBIDDEN, EMPTY], ids=["one by one", "of many together"])
def test_another_error_is_raised(other: Any) -> None:
    wrong = (400, "invalid argument", "Integer expected, String provided.")
    scripted = Scripted(lambda asked: wrong if asked["paginate"]["match"]["index"] == "b" else other)
    with pytest.raises(FaunaError) as raised:
        refused_indexes(scripted.client, ["a", "b"], at_once=2, progress=QUIET)
    assert raised.value.kind is Kind.REFUSED


FAILED = (500, "internal server error", "Please create a ticket.")
TOO_SLOW = (503, "time out", "Read timed out (Query eval has timed out.)")


def failing(*bad: str, error: tuple[int, str, str] = FAILED) -> Scripted:
    """A server that fails on these collections and indexes, and on each request that asks about one of them."""

    def answer(asked: Any) -> Any:
        if "get" in asked:
            return error if asked["get"]["@ref"]["collection"]["@ref"]["id"] in bad else MISSING
        things = asked["paginate"]
        name = things["documents"]["collection"] if "documents" in things else things["match"]["index"]
        return error if name in bad else EMPTY

    return Scripted(answer)


@pytest.mark.parametrize("error", [FAILED, TOO_SLOW], ids=["500", "time out"])
def test_a_collection_that_the_server_fails_on_costs_no_other(
    error: tuple[int, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    names = ["a", "bad", "b"]
    client = failing("bad", error=error).client
    assert closed_collections(client, names, at_once=2, progress=QUIET) == frozenset()
    assert rights_of_each(client, names, at_once=2, progress=QUIET) == dict.fromkeys(names, Rights.ALL)
    told = (
        "WARNING The database fails on collection 'bad', so it is not known whether the key may read it: "
        f"{error[0]} {error[1]}: {error[2].rstrip('.')}."
    )
    assert logged(caplog) == [told, told]


@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_server_that_fails_on_all_collections_is_told(count: int) -> None:
    names = [f"c{number}" for number in range(count)]
    for ask in (closed_collections, rights_of_each):
        with pytest.raises(FaunaError, match="ticket"):
            ask(failing(*names).client, names, at_once=1, progress=QUIET)


@pytest.mark.parametrize("error", [FAILED, TOO_SLOW], ids=["500", "time out"])
def test_an_index_that_the_server_fails_on_costs_no_other(
    error: tuple[int, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert refused_indexes(failing("bad", error=error).client, ["bad"], at_once=2, progress=QUIET) == frozenset()
    (told,) = logged(caplog)
    assert told.startswith("WARNING The database fails on index 'bad', so it is not known whether the key may read it")


def test_a_server_that_fails_on_many_indexes_is_told() -> None:
    names = [f"i{number}" for number in range(9)]
    with pytest.raises(FaunaError, match="ticket"):
        refused_indexes(failing(*names).client, names, at_once=1, progress=QUIET)


NAMES = [f"c{number}" for number in range(400)]


@pytest.mark.parametrize("sort", ["collections", "indexes"])
def test_questions_that_take_long_are_told(sort: str, caplog: pytest.LogCaptureFixture) -> None:
    """Without these lines, a check of a large database seems to hang."""
    caplog.set_level(logging.INFO)
    clock = Clock()

    def slowly(_: Any) -> Any:
        clock.now += 0.03
        return PAGE

    ask = closed_collections if sort == "collections" else refused_indexes
    ask(Scripted(slowly).client, NAMES, at_once=1, progress=Progress(every_seconds=5.0, clock=clock))
    assert logged(caplog) == [
        f"INFO Asking which {sort} the key may read: 200 of 400.",
        f"INFO Asking which {sort} the key may read: 400 of 400.",
    ]


def test_questions_one_by_one_are_told_as_well(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()

    def slowly(_: Any) -> Any:
        clock.now += 0.03
        return MISSING

    rights_of_each(Scripted(slowly).client, NAMES, at_once=1, progress=Progress(every_seconds=5.0, clock=clock))
    told = logged(caplog)
    assert told
    assert all(line.startswith("INFO Asking which collections the key may read: ") for line in told)
