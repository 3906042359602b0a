"""The connector with measurements: `python -m benchmarks.shapes [--serial] [--pages N] read …`.

It runs the command as `source-fauna` does. Its last line on standard error is a `Report` as JSON. This says what the
read itself took, from the time when the CDK has parsed its input to the end of the process.
"""

from __future__ import annotations

import argparse
import atexit
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConnectorSpecification,
    StreamDescriptor,
)

import source_fauna.source
import source_fauna.sync.stream
from benchmarks.busy import Busy, watched_client, watched_fetcher, watched_walkers
from benchmarks.report import Report, peak
from source_fauna.config.config import parse_config
from source_fauna.database import queries
from source_fauna.database.client import Client
from source_fauna.interruption import Interruption
from source_fauna.records.layout import declared
from source_fauna.records.records import Records
from source_fauna.run import run
from source_fauna.source import SourceFauna
from source_fauna.sync import messages
from source_fauna.tuning import Tuning


class Measured(SourceFauna):
    """The connector, which prints its report at the end of the process."""

    def __init__(self, *, tuning: Tuning, interruption: Interruption, busy: Busy) -> None:
        super().__init__(tuning=tuning, interruption=interruption)
        self._busy = busy

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        """The connector's: the CDK looks for it in the package of the class."""
        return SourceFauna().spec(logger)

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """The messages of the connector."""
        self._begin()
        yield from super().read(logger, config, catalog, state)

    def _begin(self) -> None:
        atexit.register(self._tell, time.monotonic(), time.process_time())

    def _tell(self, wall: float, cpu: float) -> None:
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        report = Report(wall=wall, cpu=cpu, peak=peak(), requests=self._busy.requests, idle=self._busy.idle)
        sys.stderr.write("\n" + orjson.dumps(report).decode())


class Serial(Measured):
    """The shape of the released connector: one page is asked for and written, and then the next one is asked for."""

    def read(
        self,
        logger: logging.Logger,  # noqa: ARG002 - the CDK's
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,  # noqa: ARG002 - the CDK's
    ) -> Iterator[AirbyteMessage]:
        """The documents of each collection, without any state."""
        self._begin()
        parsed = parse_config(config)
        records = Records(layout=declared(parsed), null=messages.NULL)
        with self._client(parsed, outage_seconds=60.0) as client:
            for configured in catalog.streams:
                name = configured.stream.name
                for documents in _pages(client, name, parsed.page_size):
                    emitted_at = messages.now_milliseconds()
                    for document in documents:
                        data, _ = records.live(document)
                        yield messages.record(StreamDescriptor(name=name), data, emitted_at=emitted_at)


def _pages(client: Client, collection: str, size: int) -> Iterator[list[dict[str, Any]]]:
    first = client.query(queries.page_at(None, queries.documents_page(collection, 0, None, size)))
    page = first["page"]
    yield page["data"]
    while "after" in page:
        low = int(page["after"][0]["@ref"]["id"])
        page = client.query(queries.at(first["ts"], queries.documents_page(collection, low, None, size)))
        yield page["data"]


def main() -> None:
    """Run the command line's command in the shape that its first arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serial", action="store_true", help="neither look-ahead nor ranges")
    parser.add_argument("--pages", type=int, default=Tuning().page_most_documents, help="the most documents of a page")
    options, command = parser.parse_known_args()
    busy = Busy()

    def source(*, interruption: Interruption) -> Measured:
        shape = Serial if options.serial else Measured
        return shape(tuning=Tuning(page_most_documents=options.pages), interruption=interruption, busy=busy)

    for module, name, watched in (
        (source_fauna.source, "SourceFauna", source),
        (source_fauna.source, "Client", watched_client(busy)),
        (source_fauna.source, "Fetcher", watched_fetcher(busy)),
        (source_fauna.sync.stream, "Walkers", watched_walkers(busy)),
    ):
        setattr(module, name, watched)
    run(command)


if __name__ == "__main__":
    main()
