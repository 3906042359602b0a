"""Tests a property on many inputs from hypothesis, and counts the results."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration_tests.fuzz.judge import Bench
from integration_tests.fuzz.properties import Property


def tried(bench: Bench, prop: Property, *, number: int, reproducible: bool) -> Counter[str]:
    """The number of inputs for each result. Raises for the first input with a wrong result, shrunk to the smallest."""
    became: Counter[str] = Counter()

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=reproducible,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def one(data: st.DataObject) -> None:
        became[prop(bench, data)] += 1

    one()
    return became
