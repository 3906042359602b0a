"""The values that a setting may have, and the error for any other value."""

from __future__ import annotations

from typing import Final, Literal, TypeVar

from source_fauna.config.address import shown
from source_fauna.errors.errors import ConfigError

CONCURRENCY: Final = (1, 16)
"""The minimum and maximum number of concurrent requests."""

SAMPLE_SIZE: Final = (10, 10_000)
"""The minimum and maximum number of documents in the sample that the columns of a collection are found from."""

LOST_HISTORY: Final[tuple[Literal["fail"], Literal["warn"]]] = ("fail", "warn")
"""What a sync can do when it may have missed deletions."""

Choice = TypeVar("Choice", bound=str)


def within(key: str, value: int, least: int, most: int) -> int:
    """The value of a key. Raises ConfigError unless it lies from `least` to `most`."""
    if least <= value <= most:
        return value
    raise ConfigError(f"{key} is {value}, but it must be from {least} to {most}")


def one_of(key: str, value: str, choices: tuple[Choice, ...]) -> Choice:
    """The value of a key. Raises ConfigError unless it is one of the choices."""
    for choice in choices:
        if value == choice:
            return choice
    raise ConfigError(f"{key} is '{shown(value)}', but it must be {' or '.join(choices)}")
