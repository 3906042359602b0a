"""The messages about a history that is too short, and the server's refusals that prove it."""

from __future__ import annotations

import pytest

from source_fauna.database import queries, questions
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.schema.definitions import Collection
from source_fauna.schema.history import Loss, unknown_deletions, warn_of_short_history
from unit_tests.local_fauna.fauna import DAY, START
from unit_tests.refusals import refusal
from unit_tests.things import COLLECTION, answer, things
from unit_tests.told import warnings

BEGUN, READ_UP_TO, KEPT_FROM = "2023-11-14T22:13:20.000000Z", "2024-01-01T00:00:00.000000Z", "2024-01-01T00:10:00Z"
POSITION = 1_704_067_200_000_000
"""READ_UP_TO in microseconds."""


@pytest.mark.parametrize("days", [0, 2])
def test_less_history_than_a_weekend_is_told(caplog: pytest.LogCaptureFixture, days: int) -> None:
    warn_of_short_history(Collection(name="foo", history_days=days, ts=1))
    (told,) = warnings(caplog)
    assert told == (
        f"Collection 'foo' keeps {days} days of history: deletions are lost when syncs are further apart than that "
        'plus 15 minutes. This raises it: Update(Collection("foo"), {history_days: 30})'
    )


@pytest.mark.parametrize("days", [3, 30, None], ids=str)
def test_enough_history_is_nothing_to_tell(caplog: pytest.LogCaptureFixture, days: int | None) -> None:
    warn_of_short_history(Collection(name="foo", history_days=days, ts=1))
    assert warnings(caplog) == []


@pytest.mark.parametrize(
    ("days", "since"),
    [
        pytest.param(1, "2023-12-30T23:45:00.000000Z", id="a day and the 15 minutes before the snapshot"),
        pytest.param(0, "2023-12-31T23:45:00.000000Z", id="the 15 minutes alone"),
        pytest.param(None, "2023-11-14T21:58:20.000000Z", id="all since the collection was changed last"),
    ],
)
def test_deletions_that_were_never_read_are_unknown_before_history_begins(days: int | None, since: str) -> None:
    told = unknown_deletions(Collection(name="foo", history_days=days, ts=START), snapshot=POSITION)
    assert told.startswith("Deletions of collection 'foo' were not read before.")
    assert f"Rows deleted before {since} cannot be known any more" in told


def cut(description: str) -> Loss:
    return Loss(collection="foo", position=POSITION, error=refusal(400, "bad request", description))


RECREATED = Loss(collection="foo", position=POSITION, error=refusal(404, "instance not found"))
TEXT = f"Requested timestamp {READ_UP_TO} less than minimum allowed timestamp {KEPT_FROM}"


@pytest.mark.parametrize("loss", [cut(f"{TEXT}."), cut(TEXT)], ids=["with a dot", "without"])
def test_a_loss_names_the_time_that_is_missing(loss: Loss) -> None:
    window = f"they are known up to {READ_UP_TO}, and the database has dropped the history from there to {KEPT_FROM}, "
    for told in (loss.message, loss.warning):
        assert told.startswith("Deletions of collection 'foo' may be lost: ")
        assert window in told


def test_a_loss_without_the_time_that_history_begins_at_is_told_as_well() -> None:
    assert "from there to a time before which it keeps none. First" in cut("… less than minimum").message


def test_a_collection_made_again_is_told_apart() -> None:
    for told in (RECREATED.message, RECREATED.warning):
        assert told.startswith(f"Collection 'foo' did not exist at {READ_UP_TO}, ")
        assert "history_days" not in told


def test_history_is_raised_before_the_data_is_cleared() -> None:
    """In the other order, the next sync would lose deletions again."""
    message = cut(TEXT).message
    assert 0 < message.index("history_days: 30") < message.index("clear the stream's data")


def proof(*, position: int, recreated: bool = False) -> Loss:
    """The loss that a real refusal proves: of a collection with no history, a day after its deletions were read."""
    fauna = things(history_days=0)
    fauna.clock.advance(seconds=DAY)
    if recreated:
        fauna.ask({"delete": {"collection": COLLECTION}})
        fauna.collection(COLLECTION, history_days=0)
    with pytest.raises(FaunaError) as caught:
        answer(fauna, questions.proven(COLLECTION, position, queries.now(), by_definition=True))
    return Loss(collection=COLLECTION, position=position, error=caught.value)


def test_the_refusal_of_a_database_gives_the_window() -> None:
    loss = proof(position=START + 3_000_000)
    assert loss.error.kind is Kind.HISTORY
    assert "known up to 2023-11-14T22:13:23.000000Z, " in loss.message
    assert "from there to 2023-11-15T21:58:20" in loss.message


def test_the_refusal_for_another_collection_of_the_name_is_told_as_such() -> None:
    assert proof(position=START + DAY * 1_000_000 - 1, recreated=True).message.startswith("Collection 'things' did not")
