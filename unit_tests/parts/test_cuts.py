"""Parts are disjoint and leave no gap, whatever the ids, the answers and their order; and none is much too large."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_fauna.parts.cuts import (
    FEW_DOCUMENTS,
    FEW_PARTS,
    PART_DOCUMENTS,
    Answer,
    IdPart,
    Planner,
    Question,
    usual_parts,
)
from source_fauna.records.values import GREATEST_ID
from unit_tests.parts.collections_of_ids import Ids, Run, shapes

runs = st.lists(
    st.builds(
        Run,
        first=st.one_of(st.integers(0, 100), st.integers(3 * 10**17, 3 * 10**17 + 10**12), st.integers(0, 2**63 - 1)),
        step=st.sampled_from([1, 2, 1_000, 10**9]),
        count=st.sampled_from([0, 1, 2, 98, 99, 100, 1_000, 99_999, 100_000, 250_000]),
    ),
    max_size=4,
)


def distinct(found: list[Run]) -> Ids:
    """The runs that fit, without those that overlap another."""
    kept: list[Run] = []
    for run in sorted((each for each in found if each.count), key=lambda each: each.first):
        if run.last <= GREATEST_ID and (not kept or kept[-1].last < run.first):
            kept.append(run)
    return Ids(kept)


def planned(ids: Ids, *, parts: int | None, slots: int, seed: int = 0, gone: float = 0.0) -> tuple[list[IdPart], int]:
    """The parts, and how many questions they took; of each answer a share of the ids may be gone since."""
    chance = random.Random(seed)
    planner = Planner(parts=parts, slots=slots)
    pending: list[Question] = []
    asked = 0
    while not planner.done:
        pending += planner.questions()
        assert len(pending) <= slots
        question = pending.pop(chance.randrange(len(pending)))
        asked += 1
        answer = ids.answer(question)
        planner.answer(question, thinned(answer, question, chance) if chance.random() < gone else answer)
    return planner.parts(), asked


def thinned(answer: Answer[int], question: Question, chance: random.Random) -> Answer[int]:
    """An answer from which documents had gone: fewer of them, and so fewer marks."""
    count = chance.randrange(answer.count + 1)
    marks = answer.marks[: max(0, count - 1) // question.step]
    return Answer(count=count, marks=marks, following=answer.following)


def require_whole(parts: list[IdPart]) -> None:
    assert parts[0].low == 0
    assert parts[-1].high == GREATEST_ID
    assert all(each.low <= each.high for each in parts)
    assert all(one.high + 1 == other.low for one, other in itertools.pairwise(parts))


@settings(max_examples=200)
@given(runs, st.one_of(st.none(), st.integers(1, 60)), st.integers(1, 8), st.integers(0, 2**32))
def test_parts_hold_every_id_once_and_know_how_many_they_hold(
    found: list[Run], parts: int | None, slots: int, seed: int
) -> None:
    ids = distinct(found)
    kept, _ = planned(ids, parts=parts, slots=slots, seed=seed)
    require_whole(kept)
    assert [each.count for each in kept] == [ids.rank(each.high + 1) - ids.rank(each.low) for each in kept]
    assert len(kept) <= (parts or usual_parts(ids.count))
    assert len(kept) == 1 or all(each.count for each in kept)


@settings(max_examples=100)
@given(runs, st.integers(1, 60), st.integers(1, 8), st.integers(0, 2**32))
def test_documents_that_go_while_it_plans_leave_no_gap(found: list[Run], parts: int, slots: int, seed: int) -> None:
    kept, _ = planned(distinct(found), parts=parts, slots=slots, seed=seed, gone=0.5)
    require_whole(kept)


@pytest.mark.parametrize("shape", list(shapes(1_000_000)))
@pytest.mark.parametrize("parts", [None, 7, 48, 200])
def test_parts_of_a_million_documents_are_even_and_take_few_requests(shape: str, parts: int | None) -> None:
    kept, asked = planned(shapes(1_000_000)[shape], parts=parts, slots=4, seed=1)
    counts = [each.count for each in kept]
    assert len(kept) == (parts or 10)
    assert max(counts) <= 1.25 * sum(counts) / len(counts)
    assert asked <= 40


def test_a_small_collection_takes_a_question_a_slot_and_is_one_part() -> None:
    kept, asked = planned(Ids([Run(5, 1, 50)]), parts=None, slots=4)
    assert kept == [IdPart(low=0, high=GREATEST_ID, count=50)]
    assert asked == 4


@pytest.mark.parametrize(
    ("documents", "parts"),
    [
        (0, 1),
        (1, 1),
        (FEW_DOCUMENTS, 1),
        (FEW_DOCUMENTS + 1, 2),
        (FEW_DOCUMENTS * FEW_PARTS, FEW_PARTS),
        (PART_DOCUMENTS * FEW_PARTS, FEW_PARTS),
        (PART_DOCUMENTS * 1_000, 1_000),
    ],
)
def test_the_number_of_parts_is_by_how_many_documents_there_are(documents: int, parts: int) -> None:
    assert usual_parts(documents) == parts
