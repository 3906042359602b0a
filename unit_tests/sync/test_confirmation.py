"""Whether a page is complete: the meaning of each answer to the confirming query."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.database import queries, questions
from source_fauna.errors.errors import FaunaError, UserError
from source_fauna.errors.table import Failure, Kind
from source_fauna.sync.confirmation import MOST_UNCONFIRMED, confirmed, confirmed_since, guarded, refused
from source_fauna.sync.identity import CollectionReplaced
from source_fauna.sync.stream import Flow, StreamRun
from unit_tests.local_fauna.fauna import Fauna
from unit_tests.refusals import refusal
from unit_tests.sync.direct import DirectFetcher, drive, stream_run
from unit_tests.things import COLLECTION, rename, things

TRUE, FALSE = questions.nothing_in({"data": []}), questions.nothing_in({"data": [1]})


FORBIDDEN = refusal(403, "permission denied")
OVERLOADED = refusal(503, "unavailable")


def of(*asked: str) -> Any:
    """Requests that hold all of these texts."""
    return lambda expression: all(text in str(expression) for text in asked)


@pytest.fixture
def database() -> Fauna:
    return things()


def run_on(database: Fauna, *, deletions: bool = False) -> tuple[StreamRun, DirectFetcher]:
    fetcher = DirectFetcher(database)
    return stream_run(fetcher, deletions=deletions), fetcher


@pytest.mark.parametrize(("claim", "is_so"), [(TRUE, True), (FALSE, False), (None, True)], ids=["so", "not so", "none"])
def test_a_claim_is_confirmed_by_the_probe(database: Fauna, claim: Any, is_so: bool) -> None:
    run, fetcher = run_on(database)
    assert drive(confirmed(run, claim), fetcher) is is_so
    assert fetcher.asked == 1


def test_a_document_of_the_id_0_confirms_as_well(database: Fauna) -> None:
    database.create(0, collection=COLLECTION)
    run, fetcher = run_on(database)
    assert drive(confirmed(run, TRUE), fetcher) is True


def test_a_right_that_is_back_confirms_a_claim(database: Fauna) -> None:
    """The first question was refused; the second, which also asks for any document, is answered."""
    database.create(1, collection=COLLECTION)
    run, fetcher = run_on(database)
    fetcher.refuse(lambda expression: "not" not in str(expression), FORBIDDEN)
    assert drive(confirmed(run, TRUE), fetcher) is True
    assert fetcher.asked == 2


def test_a_right_that_is_back_lets_the_page_be_asked_for_again(database: Fauna) -> None:
    """A page whose bare probe was refused may have been read without the right."""
    for each in (0, 1):
        database.create(each, collection=COLLECTION)
    run, fetcher = run_on(database)
    drive(refused(run, FORBIDDEN), fetcher)
    assert (run.unconfirmed, fetcher.asked) == (1, 1)


def test_a_right_that_shows_nothing_is_none(database: Fauna) -> None:
    run, fetcher = run_on(database)
    fetcher.refuse(lambda expression: "not" not in str(expression), FORBIDDEN)
    with pytest.raises(FaunaError) as caught:
        drive(confirmed(run, TRUE), fetcher)
    assert caught.value is FORBIDDEN


def test_a_condition_is_borne_without_deletions_only(database: Fauna) -> None:
    run, fetcher = run_on(database)
    fetcher.refuse(of("if"), FORBIDDEN)
    assert drive(confirmed(run, TRUE), fetcher) is True
    run, fetcher = run_on(database, deletions=True)
    fetcher.refuse(of("if"), FORBIDDEN)
    with pytest.raises(UserError, match="under a condition only"):
        drive(confirmed(run, TRUE), fetcher)


@pytest.mark.parametrize("second", [False, True], ids=["the first question", "the second question"])
def test_any_other_error_is_raised(database: Fauna, second: bool) -> None:
    run, fetcher = run_on(database)
    fetcher.refuse(of("not") if second else of("if"), OVERLOADED)
    fetcher.refuse(of("if"), FORBIDDEN)
    with pytest.raises(FaunaError) as caught:
        drive(confirmed(run, TRUE), fetcher)
    assert caught.value.kind is Kind.OVERLOADED


def test_a_missing_document_within_the_claim_confirms_nothing(database: Fauna) -> None:
    """Only the probe's own 404 tells that all may be read."""
    run, fetcher = run_on(database)
    missing = refusal(404, "instance not found", position=("if",))
    fetcher.refuse(of("if"), missing)
    with pytest.raises(FaunaError) as caught:
        drive(confirmed(run, TRUE), fetcher)
    assert caught.value is missing


def test_pages_that_are_never_confirmed_end_the_stream_after_a_minute(database: Fauna) -> None:
    """Each wait is longer than the one before, so that lagging nodes have time to see a change of roles."""
    run, fetcher = run_on(database)
    for _ in range(MOST_UNCONFIRMED):
        assert drive(confirmed(run, FALSE), fetcher) is False
    assert sum(fetcher.delays) >= 60
    assert sorted(fetcher.delays) == fetcher.delays
    with pytest.raises(UserError, match="its nodes do not agree") as caught:
        drive(confirmed(run, FALSE), fetcher)
    assert caught.value.failure is Failure.TRANSIENT


def test_a_page_that_is_confirmed_ends_all_doubts(database: Fauna) -> None:
    run, fetcher = run_on(database)
    for _ in range(3):
        for _ in range(MOST_UNCONFIRMED):
            drive(confirmed(run, FALSE), fetcher)
        assert drive(confirmed(run, TRUE), fetcher) is True


def snapshot_of(fetcher: DirectFetcher, run: StreamRun) -> int:
    micros: int = drive(run.call(queries.now()), fetcher)
    return micros


def test_the_same_collection_is_told_from_another_of_its_name(database: Fauna) -> None:
    run, fetcher = run_on(database)
    before = snapshot_of(fetcher, run)
    assert drive(confirmed_since(run, before, TRUE), fetcher) is True
    assert drive(confirmed_since(run, before, FALSE), fetcher) is False
    database.ask({"delete": {"collection": COLLECTION}})
    database.collection(COLLECTION)
    with pytest.raises(CollectionReplaced) as caught:
        drive(confirmed_since(run, before, TRUE), fetcher)
    assert (caught.value.then, caught.value.name_then) == (before, None)


def test_a_collection_that_took_the_name_of_another_is_told(database: Fauna) -> None:
    """If names are not compared, a collection that exists at both times is taken for the one that was read."""
    run, fetcher = run_on(database)
    database.collection("other")
    before = snapshot_of(fetcher, run)
    rename(database, COLLECTION, "gone")
    rename(database, "other", COLLECTION)
    with pytest.raises(CollectionReplaced) as caught:
        drive(confirmed_since(run, before, TRUE), fetcher)
    assert (caught.value.then, caught.value.name_then) == (before, "other")


def test_a_definition_that_was_changed_is_that_of_the_same_collection(database: Fauna) -> None:
    run, fetcher = run_on(database)
    before = snapshot_of(fetcher, run)
    database.ask({"update": {"collection": COLLECTION}, "params": {"object": {"history_days": 7}}})
    assert drive(confirmed_since(run, before, TRUE), fetcher) is True


def test_another_collection_is_told_by_the_text_too(database: Fauna) -> None:
    """Without the text, an error at an unexpected position is taken for the probe's, and confirms the page."""
    run, fetcher = run_on(database)
    fetcher.refuse(lambda expression: "do" in expression, refusal(404, "instance not found", "Collection not found."))
    with pytest.raises(CollectionReplaced):
        drive(confirmed_since(run, 1, TRUE), fetcher)


def test_a_definition_that_may_not_be_read_leaves_the_rest_of_the_question(database: Fauna) -> None:
    run, fetcher = run_on(database)
    snapshot = snapshot_of(fetcher, run)
    fetcher.refuse(lambda expression: "do" in expression, refusal(403, "permission denied", position=("do", 0, "expr")))
    assert drive(confirmed_since(run, snapshot, TRUE), fetcher) is True


def test_an_error_of_the_snapshot_is_raised(database: Fauna) -> None:
    run, fetcher = run_on(database)
    fetcher.refuse(lambda expression: "do" in expression, OVERLOADED)
    with pytest.raises(FaunaError) as caught:
        drive(confirmed_since(run, 1, TRUE), fetcher)
    assert caught.value.kind is Kind.OVERLOADED


def failing(error: FaunaError) -> Flow[None]:
    yield from ()
    raise error


def test_a_server_that_fails_every_time_is_asked_for_the_collection() -> None:
    run, fetcher = run_on(Fauna())
    with pytest.raises(FaunaError) as caught:
        drive(guarded(run, failing(refusal(500, "internal server error"))), fetcher)
    assert caught.value.kind is Kind.UNDEFINED


def test_a_server_that_fails_on_a_collection_that_is_there_has_failed(database: Fauna) -> None:
    run, fetcher = run_on(database)
    with pytest.raises(FaunaError) as caught:
        drive(guarded(run, failing(refusal(500, "internal server error"))), fetcher)
    assert caught.value.kind is Kind.SERVER_FAULT
