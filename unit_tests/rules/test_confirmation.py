"""Whether a page may be believed: the meaning of each answer, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from source_fauna.errors.errors import ConfigError, FaunaError
from source_fauna.rules.confirmation import Question, confirming, confirming_refused, hides_deletions, is_replaced
from source_fauna.rules.steps import taken
from unit_tests.refusals import refusal
from unit_tests.things import COLLECTION

CLAIM = Question(collection=COLLECTION, claim={"data": []})
THEN = Question(collection=COLLECTION, claim={"data": []}, snapshot=1)
NO_CLAIM = Question(collection=COLLECTION)
CONDITION = hides_deletions(COLLECTION)

FORBIDDEN = refusal(403, "permission denied", position=("then", "do", 0))
WITHIN_CLAIM = refusal(403, "permission denied", position=("if", "equals"))
DEFINITION = refusal(403, "permission denied", position=("do", 0, "expr"))
MISSING = refusal(404, "instance not found", "Document not found.", position=("then", "do", 0))
GONE = refusal(404, "instance not found", "Collection not found.", position=("do", 0))
OVERLOADED = refusal(503, "unavailable")


def given(answers: Sequence[Any]) -> Any:
    """Answers the steps by these in turn; errors are raised. All of them must be asked for."""
    left = list(answers)

    def answer(_: Any) -> Any:
        found = left.pop(0)
        if isinstance(found, FaunaError):
            raise found
        return found

    return answer


@pytest.mark.parametrize(
    ("question", "answers", "found"),
    [
        (CLAIM, [True], True),
        (CLAIM, [False], False),
        (CLAIM, [MISSING], True),
        (CLAIM, [FORBIDDEN, MISSING], True),
        (CLAIM, [FORBIDDEN, True], True),
        (CLAIM, [FORBIDDEN, False, True], False),
        (NO_CLAIM, [MISSING], True),
        (NO_CLAIM, [FORBIDDEN, MISSING], False),
        (THEN, [DEFINITION, MISSING], True),
        (THEN, [DEFINITION, False], False),
    ],
)
def test_what_is_answered_tells_whether_it_holds(question: Question, answers: list[Any], found: bool) -> None:
    assert taken(confirming(question, condition=CONDITION), given(answers)) is found


@pytest.mark.parametrize(
    "answers",
    [
        [OVERLOADED],
        [WITHIN_CLAIM],
        [FORBIDDEN, OVERLOADED],
        [FORBIDDEN, WITHIN_CLAIM],
        [DEFINITION, OVERLOADED],
        [GONE],
    ],
)
def test_what_says_nothing_of_the_right_is_raised(answers: list[Any]) -> None:
    with pytest.raises(FaunaError) as raised:
        taken(confirming(THEN, condition=CONDITION), given(answers))
    assert raised.value is answers[-1]
    assert is_replaced(raised.value) is (answers[-1] is GONE)


def test_a_right_under_a_condition_is_accepted_or_told() -> None:
    assert taken(confirming(CLAIM, condition=None), given([FORBIDDEN, FORBIDDEN])) is True
    with pytest.raises(ConfigError) as raised:
        taken(confirming(CLAIM, condition=CONDITION), given([FORBIDDEN, FORBIDDEN]))
    assert raised.value is CONDITION


def test_a_right_that_shows_nothing_is_none() -> None:
    with pytest.raises(FaunaError) as raised:
        taken(confirming_refused(CLAIM, FORBIDDEN, condition=None), given([False, False]))
    assert raised.value is FORBIDDEN
