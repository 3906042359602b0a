"""Tries a property on many inputs that hypothesis makes up, and counts what became of them."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration_tests.fuzz.judge import Bench
from integration_tests.fuzz.properties import Property


def tried(bench: Bench, prop: Property, *, number: int, reproducible: bool) -> Counter[str]:
    """How many inputs came to what. Raises on the first that is answered badly, with the smallest such input."""
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
