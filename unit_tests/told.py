"""Assertions about messages for users: config errors and log lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from source_fauna.errors.errors import UserError
from source_fauna.errors.table import Failure


@contextmanager
def raises_config_error(message: str) -> Iterator[None]:
    """Expect a config error with this message, the whole of it."""
    with pytest.raises(UserError) as caught:
        yield
    assert (caught.value.message, caught.value.failure) == (message, Failure.CONFIG)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the log so far, each behind its level."""
    return [f"{record.levelname} {record.getMessage()}" for record in caplog.records]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings of the log so far."""
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
