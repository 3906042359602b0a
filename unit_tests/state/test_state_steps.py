"""The steps of a state: what a position covers, how a walk begins, and how the position of deletions moves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source_fauna.records.values import GREATEST_ID, LEAST_ID
from source_fauna.state.state import IncrementalState, Position, WalkState
from unit_tests.states import incremental_states, timestamps

signed_ids = st.integers(LEAST_ID, GREATEST_ID)


def place(document_id: int) -> int:
    """The rank of an id among those of one ts in an index: negative ids come after all others."""
    return document_id % 2**64


def covers_entry(position: Position, ts: int, document_id: int) -> bool:
    """Whether an entry of an index lies up to the position, by the words of its docstring."""
    if position.ts == ts:
        return position.document_id is None or place(document_id) <= place(position.document_id)
    return ts < position.ts


@given(st.integers(1, 2**63 - 2), signed_ids, st.integers(-1, 1), signed_ids)
@example(5, LEAST_ID, 0, GREATEST_ID)
@example(5, 0, 0, -1)
@example(5, 0, -1, -1)
def test_a_position_before_an_entry_leaves_it_and_what_comes_after(
    ts: int, document_id: int, later: int, other: int
) -> None:
    position = Position.before(ts, document_id)
    assert not covers_entry(position, ts, document_id)
    before = (ts + later, place(other)) < (ts, place(document_id))
    assert covers_entry(position, ts + later, other) is before


@given(st.integers(0, 2**63 - 2), signed_ids, st.integers(-1, 1), signed_ids)
@example(5, -1, 0, GREATEST_ID)
@example(5, -1, 1, 0)
def test_a_position_behind_an_entry_covers_it_and_what_comes_before(
    ts: int, document_id: int, later: int, other: int
) -> None:
    position = Position.behind(ts, document_id)
    up_to = (ts + later, place(other)) <= (ts, place(document_id))
    assert covers_entry(position, ts + later, other) is up_to


def test_a_position_before_the_least_entry_of_all_is_none_below_zero() -> None:
    assert Position.before(0, 0) == Position(ts=0)


@given(
    st.builds(Position.behind, st.integers(0, 3), signed_ids) | st.builds(Position, ts=st.integers(0, 3)),
    st.integers(0, 3),
)
@example(Position(ts=1, document_id=GREATEST_ID), 1)
def test_a_position_covers_a_time_when_it_covers_its_last_entry(position: Position, ts: int) -> None:
    assert position.covers(ts) is covers_entry(position, ts, -1)


@pytest.mark.parametrize(
    ("state", "latest"),
    [
        (IncrementalState(), 0),
        (IncrementalState(updates=Position(ts=5), deletions=3), 5),
        (IncrementalState(updates=Position(ts=5), deletions=7), 7),
        (IncrementalState(updates=Position(ts=5), deletions=0, passed=9), 9),
    ],
    ids=["nothing", "updates", "deletions", "the first pass"],
)
def test_the_latest_time_is_the_greatest_of_all(state: IncrementalState, latest: int) -> None:
    assert state.latest == latest


@pytest.mark.parametrize(
    ("state", "is_walked"),
    [
        (IncrementalState(), False),
        (IncrementalState(deletions=0, passed=5), False),
        (IncrementalState(walk=WalkState(), updates=Position(ts=5)), False),
        (IncrementalState(updates=Position(ts=5)), True),
    ],
    ids=["nothing", "only deletions", "in the walk", "after it"],
)
def test_documents_were_read_when_no_walk_is_left(state: IncrementalState, is_walked: bool) -> None:
    assert state.is_walked is is_walked


def test_a_first_walk_begins_at_its_snapshot_as_updates_do() -> None:
    begun = IncrementalState().begun_at(9, reads_deletions=False)
    assert (begun.walk, begun.updates) == (WalkState(), Position(ts=9))


@pytest.mark.parametrize(
    ("before", "reads_deletions", "deletions"),
    [
        pytest.param(IncrementalState(), False, 9, id="not read: owed from the snapshot on"),
        pytest.param(IncrementalState(deletions=0, passed=7), True, 7, id="read: where the first pass has come"),
        pytest.param(IncrementalState(deletions=5), False, 5, id="read before: kept"),
    ],
)
def test_where_deletions_stand_is_known_before_there_are_rows(
    before: IncrementalState, reads_deletions: bool, deletions: int
) -> None:
    assert before.begun_at(9, reads_deletions=reads_deletions).deletions == deletions


@given(incremental_states.filter(lambda state: state.updates is not None), timestamps, st.booleans())
def test_a_walk_that_has_begun_is_not_begun_again(state: IncrementalState, snapshot: int, reads: bool) -> None:
    assert state.begun_at(snapshot, reads_deletions=reads) == state


ROWS = IncrementalState(updates=Position(ts=3))


@pytest.mark.parametrize(
    ("before", "is_last", "deletions", "passed"),
    [
        pytest.param(IncrementalState(), False, 0, 8, id="first pass, no rows"),
        pytest.param(IncrementalState(deletions=0, passed=5), True, 0, 8, id="its last page, no rows: not over"),
        pytest.param(replace(ROWS, deletions=0, passed=5), False, 0, 8, id="first pass, with rows"),
        pytest.param(replace(ROWS, deletions=0, passed=5), True, 8, 0, id="its last page, with rows: over"),
        pytest.param(replace(ROWS, deletions=5), False, 8, 0, id="later"),
        pytest.param(replace(ROWS, deletions=5), True, 8, 0, id="later, the last page"),
    ],
)
def test_deletions_count_as_read_when_their_first_pass_is_over(
    before: IncrementalState, is_last: bool, deletions: int, passed: int
) -> None:
    after = before.after_deletions(8, is_last=is_last)
    assert (after.deletions, after.passed) == (deletions, passed)


@given(incremental_states, timestamps, st.booleans())
def test_deletions_change_nothing_else(state: IncrementalState, position: int, is_last: bool) -> None:
    after = state.after_deletions(position, is_last=is_last)
    assert (after.walk, after.updates) == (state.walk, state.updates)
