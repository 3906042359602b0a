"""Deletions of a part: all of (since, snapshot], or an error; and what the database cannot page through."""

from __future__ import annotations

from typing import Any

import pytest

from source_fauna.config.config import LARGEST_PAGE
from source_fauna.errors.errors import ConfigError, FaunaError, TransientError, UserError
from source_fauna.parts.part import Removals
from source_fauna.parts.removals import MOST_UNCONFIRMED, read_removals
from unit_tests.local_fauna.fauna import Fauna, ref
from unit_tests.parts.asking import Asking, mentions
from unit_tests.parts.roles import DEFINITIONS, DOCUMENTS, SHOWN_DOCUMENTS, allow, reader
from unit_tests.refusals import refusal
from unit_tests.things import COLLECTION, things

BROKEN = refusal(500, "internal server error", "next cursor must be a subset of the logical cursor")


def deleted(*ids: int) -> tuple[Fauna, int]:
    """A database whose documents were deleted, each in a transaction of its own, and the time before that."""
    fauna = things(*ids)
    since = fauna.now()
    for each in ids:
        fauna.ask({"delete": ref(each, COLLECTION)})
    return fauna, since


def part_of(fauna: Fauna, since: int, *, bears_loss: bool = False) -> Removals:
    return Removals(collection=COLLECTION, snapshot=fauna.now(), since=since, bears_loss=bears_loss)


def read(asking: Asking, part: Removals, *, size: int = 3) -> list[int]:
    return [int(each) for page in read_removals(part, asking.client, asking.pages(size).sizes) for each, _ in page]


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_deletions_come_once_each_in_their_order_and_again(size: int) -> None:
    fauna, since = deleted(3, 1, 4, 2, 9)
    part = part_of(fauna, since)
    fauna.create(1, collection=COLLECTION)
    fauna.ask({"delete": ref(1, COLLECTION)})
    assert read(Asking(fauna), part, size=size) == read(Asking(fauna), part, size=size) == [3, 1, 4, 2, 9]


def test_a_part_begins_behind_where_the_last_one_ended() -> None:
    fauna, since = deleted(1, 2)
    middle = fauna.now()
    fauna.create(3, collection=COLLECTION)
    fauna.ask({"delete": ref(3, COLLECTION)})
    first = Removals(collection=COLLECTION, snapshot=middle, since=since, bears_loss=False)
    assert read(Asking(fauna), first) == [1, 2]
    assert read(Asking(fauna), part_of(fauna, middle)) == [3]


@pytest.mark.parametrize("bears_loss", [False, True])
def test_history_that_is_cut_is_told(bears_loss: bool, caplog: pytest.LogCaptureFixture) -> None:
    fauna, since = deleted(1, 2)
    fauna.clock.advance(seconds=40 * 86_400)
    fauna.create(3, collection=COLLECTION)
    fauna.ask({"delete": ref(3, COLLECTION)})
    part = part_of(fauna, since, bears_loss=bears_loss)
    if bears_loss:
        assert read(Asking(fauna), part) == [3]
        assert "The stream goes on from what history still holds" in caplog.text
        return
    with pytest.raises(ConfigError, match="First raise the collection's history_days") as raised:
        read(Asking(fauna), part)
    assert "with a new checkpoint" in raised.value.message


def anew(fauna: Fauna) -> None:
    fauna.ask({"delete": {"collection": COLLECTION}})
    fauna.ask({"create_collection": {"object": {"name": COLLECTION, "history_days": 30}}})


def swapped(fauna: Fauna) -> None:
    for name, other in ((COLLECTION, "kept"), ("twin", COLLECTION)):
        fauna.ask({"update": {"collection": name}, "params": {"object": {"name": other}}})


@pytest.mark.parametrize("happens", [anew, swapped])
def test_a_collection_that_is_another_by_now_is_told(happens: Any) -> None:
    fauna = Fauna()
    fauna.collection("twin")
    fauna.collection(COLLECTION)
    since = fauna.now()
    happens(fauna)
    with pytest.raises(ConfigError, match="deleted and created again, or renamed"):
        read(Asking(fauna), part_of(fauna, since))


def test_a_collection_that_becomes_another_is_told() -> None:
    fauna, since = deleted(1)
    asking = Asking(fauna)
    part = part_of(fauna, since)
    asking.before_answer(2, lambda: anew(fauna))
    with pytest.raises(ConfigError, match="another has its name"):
        read(asking, part)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    ("left", "shown", "error", "told"),
    [
        ((), True, FaunaError, "Insufficient privileges"),
        ((SHOWN_DOCUMENTS,), False, FaunaError, "Insufficient privileges"),
        ((SHOWN_DOCUMENTS,), True, ConfigError, "under a condition only, which hides the events of deleted documents"),
    ],
)
def test_a_right_that_is_lost_is_no_end(number: int, left: Any, shown: bool, error: type[Exception], told: str) -> None:
    fauna, since = deleted(1, 2, 3, 4, 5)
    fauna.create(6, {"shown": shown}, collection=COLLECTION)
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, DOCUMENTS))
    asking.before_answer(number, lambda: allow(fauna, DEFINITIONS, *left))
    with pytest.raises(error, match=told):
        read(asking, part_of(fauna, since))


def test_a_page_without_the_right_is_asked_for_again_when_the_right_is_back() -> None:
    fauna, since = deleted(1, 2, 3)
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, SHOWN_DOCUMENTS))
    asking.before_answer(2, lambda: allow(fauna, DEFINITIONS, DOCUMENTS))
    assert read(asking, part_of(fauna, since)) == [1, 2, 3]


def test_pages_that_are_never_confirmed_are_told() -> None:
    fauna, since = deleted(1, 2, 3)
    asking = Asking(fauna, secret=reader(fauna, DEFINITIONS, SHOWN_DOCUMENTS))
    for number in range(1, 50, 2):
        asking.before_answer(number, lambda: allow(fauna, DEFINITIONS, SHOWN_DOCUMENTS))
        asking.before_answer(number + 1, lambda: allow(fauna, DEFINITIONS, DOCUMENTS))
    with pytest.raises(TransientError, match="differs from one request to the next"):
        read(asking, part_of(fauna, since))
    assert len(asking.asked) == 2 * (MOST_UNCONFIRMED + 1)


def test_a_key_that_may_not_read_definitions_reads_deletions() -> None:
    fauna, since = deleted(1, 2)
    assert read(Asking(fauna, secret=reader(fauna, DOCUMENTS)), part_of(fauna, since)) == [1, 2]


def sizes_below(size: int) -> Any:
    """Pages of events of less than this size, and not what confirms them."""

    def test(expression: Any) -> bool:
        if isinstance(expression, dict):
            given: int = expression.get("size", size)
            return (expression.get("events") is True and given < size) or any(map(test, expression.values()))
        return isinstance(expression, list) and any(map(test, expression))

    return lambda expression: "do" not in expression and test(expression)


def test_a_page_that_the_database_cannot_end_is_asked_for_with_twice_the_size() -> None:
    fauna, since = deleted(1, 2, 3)
    asking = Asking(fauna)
    asking.refuse(sizes_below(20), BROKEN)
    assert read(asking, part_of(fauna, since)) == [1, 2, 3]


def test_a_confirmation_that_the_database_cannot_page_through_asks_for_the_page_again() -> None:
    fauna, since = deleted(1, 2, 3)
    asking = Asking(fauna)
    refusals = iter([True])
    asking.refuse(lambda expression: "do" in expression and next(refusals, False), BROKEN)
    assert read(asking, part_of(fauna, since)) == [1, 2, 3]
    assert len(asking.asked) == 4


def test_a_transaction_beyond_the_largest_page_is_told() -> None:
    fauna, since = deleted(1)
    asking = Asking(fauna)
    asking.refuse(sizes_below(LARGEST_PAGE + 1), BROKEN)
    with pytest.raises(UserError, match="too large for the database's paging of events"):
        read(asking, part_of(fauna, since))


@pytest.mark.parametrize("size", range(1, 10))
@pytest.mark.parametrize("negative", [1, 3, 6])
def test_a_transaction_of_both_signs_of_ids_loses_none_of_the_positive_ones(
    negative: int, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    fauna = things(1, 2, 3, 4, 5, 7)
    fauna.ask([{"create": ref(each, COLLECTION)} for each in range(-negative, 0)])
    since = fauna.now()
    fauna.ask([{"delete": ref(each, COLLECTION)} for each in [*range(-negative, 0), *range(1, 6)]])
    fauna.ask({"delete": ref(7, COLLECTION)})
    found = [each for each in read(Asking(fauna), part_of(fauna, since), size=size) if each > 0]
    assert sorted(found) == [1, 2, 3, 4, 5, 7]
    assert size >= 5 + negative or "negative ones are outside of what a stream promises" in caplog.text


def test_history_that_is_cut_while_it_is_read_loses_what_is_left_alone() -> None:
    """Each page proves that history reaches back to where the page begins, not to where the part does."""
    fauna = Fauna()
    fauna.collection(COLLECTION, history_days=0)
    for each in range(1, 7):
        fauna.create(each, collection=COLLECTION)
    since = fauna.now()
    for each in range(1, 7):
        fauna.clock.advance(seconds=120)
        fauna.ask({"delete": ref(each, COLLECTION)})
    part = part_of(fauna, since)
    asking = Asking(fauna)
    asking.before_answer(5, lambda: fauna.clock.advance(seconds=400))
    assert read(asking, part, size=2) == [1, 2, 3, 4, 5, 6]


def test_another_error_is_the_servers_own() -> None:
    fauna, since = deleted(1)
    asking = Asking(fauna)
    asking.refuse(mentions("events"), refusal(401, "unauthorized", "Unauthorized"))
    with pytest.raises(FaunaError):
        read(asking, part_of(fauna, since))
