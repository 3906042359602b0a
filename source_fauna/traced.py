"""Conversion of our UserError to Airbyte's exception. No other module does this."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_fauna.errors.errors import UserError


def traced(error: UserError) -> AirbyteTracedException:
    """The same error for Airbyte: its message, its failure type, and the stack trace of where it was raised."""
    return AirbyteTracedException(
        message=error.message,
        internal_message=error.internal,
        failure_type=FailureType(error.failure.value),
        exception=error,
    )


@contextmanager
def raising_traced() -> Iterator[None]:
    """A context manager that converts a UserError to Airbyte's exception."""
    try:
        yield
    except UserError as error:
        raise traced(error) from error
