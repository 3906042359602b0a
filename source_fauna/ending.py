"""How a command ends: its last messages and its exit code.

The CDK leaves errors to an exception hook, which logs a traceback and shows the text of any exception. The hook does
not treat `check` specially: if the config cannot be read, a check would end without a connection status.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence

from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.models import AirbyteMessage, FailureType
from airbyte_cdk.sources import Source
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_fauna.errors.errors import unexpected
from source_fauna.traced import traced

logger = logging.getLogger("airbyte")


def execute(source: Source, args: Sequence[str]) -> None:
    """Run one command. Raises SystemExit unless it succeeds, and OSError if its output cannot be written."""
    command = args[0] if args else "--help"
    error = _error_of(source, [command, *args[1:]])
    is_answer = error is None or (command == "check" and error.failure_type is FailureType.config_error)
    if not is_answer:
        logger.critical("%s", error)
    for message in [] if error is None else _last_words(error, fails_check=is_answer):
        sys.stdout.write(AirbyteEntrypoint.airbyte_message_to_string(message) + "\n")
    sys.stdout.flush()
    if not is_answer:
        raise SystemExit(1)


def _error_of(source: Source, args: list[str]) -> AirbyteTracedException | None:
    try:
        launch(source, args)
    except AirbyteTracedException as error:
        return error
    except Exception as error:  # noqa: BLE001 - the user is told, and the exit code is 1
        return traced(unexpected(error, doing=f"running {args[0]}"))
    return None


def _last_words(error: AirbyteTracedException, *, fails_check: bool) -> Iterator[AirbyteMessage]:
    yield error.as_sanitized_airbyte_message()
    status = error.as_connection_status_message() if fails_check else None
    if status is not None:
        yield status
