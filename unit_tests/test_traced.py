"""An error in the user's words becomes Airbyte's, with its failure type and without losing its place."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_fauna.errors.errors import ConfigError, SystemFailure, TransientError, UserError
from source_fauna.traced import raising_traced, traced


@pytest.mark.parametrize(
    ("error", "failure_type"),
    [
        (ConfigError("Mend it."), FailureType.config_error),
        (TransientError("Wait."), FailureType.transient_error),
        (SystemFailure("Nobody can."), FailureType.system_error),
    ],
)
def test_message_and_failure_type_are_kept(error: UserError, failure_type: FailureType) -> None:
    told = traced(error)
    assert (told.message, told.internal_message, told.failure_type) == (error.message, error.message, failure_type)


def test_the_stack_trace_shows_where_it_was_raised() -> None:
    with pytest.raises(AirbyteTracedException, match=r"Mend it\.") as caught, raising_traced():
        raise ConfigError("Mend it.", internal="place")
    trace = caught.value.as_airbyte_message().trace
    assert trace is not None
    assert trace.error is not None
    assert trace.error.internal_message == "place"
    assert "test_the_stack_trace_shows_where_it_was_raised" in (trace.error.stack_trace or "")


def test_another_error_passes() -> None:
    with pytest.raises(KeyError), raising_traced():
        raise KeyError
