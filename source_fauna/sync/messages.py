"""The Airbyte messages of a read, made in one place."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from airbyte_cdk.models import (
    AirbyteEstimateTraceMessage,
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteStreamStatus,
    AirbyteStreamStatusReason,
    AirbyteStreamStatusReasonType,
    AirbyteTraceMessage,
    EstimateType,
    StreamDescriptor,
    TraceType,
    Type,
)
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_protocol_dataclasses.models import (  # type: ignore[import-untyped]
    AirbyteRecordMessageMeta,
    AirbyteRecordMessageMetaChange,
    Change,
    Reason,
)

NULL: Final = orjson.Fragment(b"null")
"""A null that is written. The CDK leaves out members of a record that are None, so the column would be missing."""


def now_milliseconds() -> int:
    """The wall clock in milliseconds since 1970, as in `emitted_at`."""
    return time.time_ns() // 1_000_000


def record(
    descriptor: StreamDescriptor, data: dict[str, Any], *, emitted_at: int, nulled: Sequence[str] = ()
) -> AirbyteMessage:
    """A RECORD. A null column is NULL in `data`; `meta` names the columns whose value was nulled."""
    return AirbyteMessage(
        type=Type.RECORD,
        record=AirbyteRecordMessage(
            stream=descriptor.name,
            namespace=descriptor.namespace,
            data=data,
            emitted_at=emitted_at,
            meta=_nulled_meta(nulled) if nulled else None,
        ),
    )


def _nulled_meta(columns: Sequence[str]) -> AirbyteRecordMessageMeta:
    return AirbyteRecordMessageMeta(
        changes=[
            AirbyteRecordMessageMetaChange(field=name, change=Change.NULLED, reason=Reason.SOURCE_SERIALIZATION_ERROR)
            for name in columns
        ]
    )


def state(descriptor: StreamDescriptor, blob: Mapping[str, Any]) -> AirbyteMessage:
    """A STATE of one stream; the CDK adds the count of the records before it."""
    return AirbyteMessage(
        type=Type.STATE,
        state=AirbyteStateMessage(
            type=AirbyteStateType.STREAM,
            stream=AirbyteStreamState(stream_descriptor=descriptor, stream_state=AirbyteStateBlob(blob)),
        ),
    )


def status(
    descriptor: StreamDescriptor,
    current: AirbyteStreamStatus,
    reasons: Sequence[AirbyteStreamStatusReason] = (),
) -> AirbyteMessage:
    """A stream status."""
    return as_airbyte_message(descriptor, current, list(reasons) or None)


def rate_limited(descriptor: StreamDescriptor) -> AirbyteMessage:
    """RUNNING, but waiting because the server asked for fewer requests."""
    reason = AirbyteStreamStatusReason(type=AirbyteStreamStatusReasonType.RATE_LIMITED)
    return status(descriptor, AirbyteStreamStatus.RUNNING, [reason])


def estimate(descriptor: StreamDescriptor, rows: int) -> AirbyteMessage:
    """How many records the stream will have in this sync, once that is known."""
    return AirbyteMessage(
        type=Type.TRACE,
        trace=AirbyteTraceMessage(
            type=TraceType.ESTIMATE,
            emitted_at=now_milliseconds(),
            estimate=AirbyteEstimateTraceMessage(
                name=descriptor.name,
                namespace=descriptor.namespace,
                type=EstimateType.STREAM,
                row_estimate=rows,
            ),
        ),
    )
