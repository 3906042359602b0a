"""The clock of a server steps back during a read. Then the times that it sent before lie in its future.

Every request waits for such a time and ends as a time-out. Without the rule, pages shrink to one document, and the
error says that this document is too slow to read.
"""

from __future__ import annotations

import pytest

from integration_tests.harness.connector import full_refresh
from integration_tests.harness.fauna import Fauna
from integration_tests.harness.fql import create
from integration_tests.harness.moments import Moments, is_documents
from integration_tests.harness.tunings import PAGES_OF_TWO
from local_fauna import LocalFauna

pytestmark = pytest.mark.local_only

HOUR = 3600.0
TOLD = "seconds behind a time that it told before"


@pytest.fixture
def moments(fauna: Fauna, local: LocalFauna) -> Moments:
    """A collection of seven documents, and a clock that steps back by an hour before the third page of it."""
    fauna.collection("foo")
    fauna.write(*(create("foo", number) for number in range(1, 8)))
    made = Moments()
    made.before(is_documents, lambda: local.clock.rewind(seconds=HOUR), nth=3)
    return made


def test_clock_that_stays_behind_is_told_and_no_document_is_accused(fauna: Fauna, moments: Moments) -> None:
    run = full_refresh(fauna.config(concurrency=1), tuning=moments.tuning(PAGES_OF_TWO))
    run.fail(TOLD, "look at the clocks of its nodes", failure_type="transient_error")
    assert run.refs() == ["1", "2", "3", "4"]
    assert all(TOLD in warning for warning in run.logs("WARN"))
    assert all('"size": 1,' not in str(expression) for expression, _ in moments.sent)


def test_read_goes_on_when_the_clock_has_caught_up(fauna: Fauna, local: LocalFauna, moments: Moments) -> None:
    moments.before(is_documents, lambda: local.clock.advance(seconds=HOUR), nth=6)
    run = full_refresh(fauna.config(concurrency=1), tuning=moments.tuning(PAGES_OF_TWO)).succeed()
    assert run.refs() == [str(number) for number in range(1, 8)]
    assert any(TOLD in warning for warning in run.logs("WARN"))
