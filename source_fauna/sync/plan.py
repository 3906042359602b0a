"""The plan of a read: each configured stream becomes a job that starts from its saved state."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    StreamDescriptor,
    SyncMode,
)

from source_fauna.config.config import Config
from source_fauna.errors.errors import ConfigError, UserError
from source_fauna.records.layout import configured as configured_layout
from source_fauna.records.records import Records
from source_fauna.schema.streams import Stream
from source_fauna.state.state import FullSyncState, parse_full, parse_incremental
from source_fauna.sync.confirmation import guarded
from source_fauna.sync.fetch import PageSource
from source_fauna.sync.full import FullRefresh
from source_fauna.sync.incremental import IncrementalSync
from source_fauna.sync.messages import NULL
from source_fauna.sync.reader import Job, Refused
from source_fauna.sync.retries import of_this_job
from source_fauna.sync.stream import StreamRun
from source_fauna.tuning import Tuning

logger = logging.getLogger("airbyte.source_fauna")


def plan(
    *,
    catalog: ConfiguredAirbyteCatalog,
    state: Sequence[AirbyteStateMessage],
    found: Sequence[Stream],
    config: Config,
    pages: PageSource,
    tuning: Tuning,
) -> list[Job | Refused]:
    """The jobs in the order of the catalog. If one stream cannot be read, only its own job is refused."""
    known = {stream.name: stream for stream in found}
    saved = {_key(each.stream.stream_descriptor): each.stream.stream_state for each in state if each.stream}
    now = int(tuning.wall_clock() * 1_000_000)
    jobs: dict[tuple[str, str | None], Job | Refused] = {}
    for configured in catalog.streams:
        descriptor = StreamDescriptor(name=configured.stream.name, namespace=configured.stream.namespace)
        if _key(descriptor) in jobs:
            logger.warning("Stream '%s' stands twice in the catalog: it is read once.", descriptor.name)
            continue
        stream = known.get(descriptor.name)
        if stream is None:
            jobs[_key(descriptor)] = Refused(descriptor=descriptor, problem=_unknown(descriptor.name, config))
            continue
        run = StreamRun(
            stream=stream,
            descriptor=descriptor,
            config=config,
            records=Records(layout=configured_layout(config, configured.stream.json_schema), null=NULL),
            deletions=config.deletions if _is_incremental(configured) else None,
            pages=pages,
            tuning=tuning,
        )
        jobs[_key(descriptor)] = _job(configured, run, _blob(configured, saved), now)
    return list(jobs.values())


def _blob(
    configured: ConfiguredAirbyteStream, saved: Mapping[tuple[str, str | None], AirbyteStateBlob | None]
) -> Mapping[str, Any]:
    """The saved state of a stream as JSON. It is empty if none was saved."""
    key = configured.stream.name, configured.stream.namespace or None
    blob = saved.get(key) or saved.get((configured.stream.name, None))
    return dict(blob.__dict__) if blob else {}


def _job(configured: ConfiguredAirbyteStream, run: StreamRun, blob: Mapping[str, Any], now: int) -> Job | Refused:
    try:
        if _is_incremental(configured):
            incremental = parse_incremental(run.name, blob)
            flow = IncrementalSync(run=run, state=incremental).flow()
        elif configured.sync_mode is SyncMode.full_refresh:
            full = of_this_job(run.name, parse_full(run.name, blob), sync_id=configured.sync_id, now=now)
            flow = FullRefresh(run=run, state=full, sync_id=configured.sync_id).flow()
        else:
            flow = _in_full(run).flow()
    except UserError as error:
        return Refused(descriptor=run.descriptor, problem=error)
    return Job(run=run, flow=guarded(run, flow))


def _is_incremental(configured: ConfiguredAirbyteStream) -> bool:
    modes = configured.stream.supported_sync_modes
    return configured.sync_mode is SyncMode.incremental and SyncMode.incremental in modes


def _in_full(run: StreamRun) -> FullRefresh:
    """A full refresh of a stream that is configured for a mode that it does not have, as PyAirbyte does.

    It takes no saved state and saves none, because the next sync has to read the stream again.
    """
    logger.warning(
        "Stream '%s' has no incremental mode: it is read in full. Create an index on ts and ref, and refresh the "
        "source's schema.",
        run.name,
    )
    return FullRefresh(run=run, state=FullSyncState(), sync_id=None)


def _key(descriptor: StreamDescriptor) -> tuple[str, str | None]:
    """The key of a stream. Our streams have no namespace, which some tools write as an empty text."""
    return descriptor.name, descriptor.namespace or None


def _unknown(name: str, config: Config) -> UserError:
    if config.collection_name is not None and config.collection_name != name:
        return ConfigError(
            f"Stream '{name}' is in the catalog, but the source is set to export collection '{config.collection_name}' "
            "only: refresh the source's schema, or clear the source's Collection Name."
        )
    return ConfigError(
        f"Stream '{name}' is in the catalog, but the database has no collection of that name: it was deleted or "
        "renamed. Refresh the source's schema and save the connection again."
    )
