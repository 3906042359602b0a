"""A long check or discover logs its progress now and then."""

from __future__ import annotations

import logging

import pytest

from source_fauna.schema.progress import Progress
from unit_tests.clock import Clock
from unit_tests.told import logged


def test_a_line_comes_when_the_last_one_is_long_enough_ago(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    progress = Progress(every_seconds=5.0, clock=clock)
    for done in range(1, 14):
        clock.now += 1.0
        progress.tell("Asking which indexes the key may read", done, 20)
    assert logged(caplog) == [
        "INFO Asking which indexes the key may read: 5 of 20.",
        "INFO Asking which indexes the key may read: 10 of 20.",
    ]


def test_a_total_that_is_not_known_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    progress = Progress(every_seconds=5.0, clock=clock)
    clock.now += 5.0
    progress.tell("Reading the definitions of indexes", 3000)
    assert logged(caplog) == ["INFO Reading the definitions of indexes: 3000 so far."]
