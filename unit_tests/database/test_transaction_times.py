"""The transaction time of an answer goes out with later requests, if it is one."""

from __future__ import annotations

import pytest
import requests_mock

from source_fauna.tuning import Tuning
from unit_tests.configs import URL
from unit_tests.served import GOOD, client


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        ("1700000000000000", "1700000000000000"),
        ("9" * 18, "9" * 18),
        ("9" * 19, None),
        ("9" * 5_000, None),
        ("-1", None),
        ("1.5", None),
    ],
    ids=["a time", "the longest", "longer", "too long for Python", "negative", "a fraction"],
)
def test_what_is_no_time_does_not_go_out(told: str, sent: str | None) -> None:
    with requests_mock.Mocker() as server:
        server.post(URL, **{**GOOD, "headers": {"x-txn-time": told}})
        asking = client(tuning=Tuning())
        assert [asking.query(1), asking.query(1)] == [7, 7]
        assert server.request_history[1].headers.get("X-Last-Seen-Txn") == sent
