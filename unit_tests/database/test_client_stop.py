"""A client that is told to stop waits no longer, and asks no more."""

from __future__ import annotations

import pytest
import requests_mock

from source_fauna.interruption import Interrupted, Interruption
from source_fauna.tuning import Tuning
from unit_tests.configs import URL
from unit_tests.served import GOOD, client, refused

OVERLOADED = refused(503, "unavailable", "Overload.")


def test_a_stop_ends_the_wait() -> None:
    interruption = Interruption()

    def stop() -> float:
        """The longest wait, right before which the client is told to stop."""
        interruption.request(143)
        return 1.0

    with requests_mock.Mocker() as server:
        server.post(URL, [OVERLOADED, GOOD])
        stopped = client(tuning=Tuning(random=stop), interruption=interruption)
        with pytest.raises(Interrupted):
            stopped.query(1)
        assert server.call_count == 1


def test_nothing_is_asked_behind_a_stop_however_the_time_passes() -> None:
    interruption = Interruption()
    with requests_mock.Mocker() as server:
        server.post(URL, [OVERLOADED, GOOD])
        stopped = client(tuning=Tuning(sleep=lambda _: interruption.request(143)), interruption=interruption)
        with pytest.raises(Interrupted):
            stopped.query(1)
        assert server.call_count == 1
