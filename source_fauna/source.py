"""SourceFauna with its four commands: spec, check, discover, read. It only connects the modules that do the work."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    Status,
    SyncMode,
)
from airbyte_cdk.sources import Source
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_fauna.catalog import discover
from source_fauna.check import check
from source_fauna.config.address import without_login
from source_fauna.config.cleaning import clean_config
from source_fauna.config.config import Config, parse_config
from source_fauna.database.client import Client
from source_fauna.errors.errors import FaunaError, UserError, explained
from source_fauna.input_files import read_catalog, read_config
from source_fauna.interruption import Interruption
from source_fauna.schema.listing import read_definitions
from source_fauna.schema.progress import Progress
from source_fauna.schema.streams import streams, with_rights
from source_fauna.state.file import read_state
from source_fauna.sync.fetch import Fetcher
from source_fauna.sync.plan import plan
from source_fauna.sync.reader import Reader
from source_fauna.traced import raising_traced
from source_fauna.tuning import Tuning


class SourceFauna(Source):
    """The connector. Tests set `tuning`. An `interruption` ends a read early, with the interruption's exit code."""

    def __init__(self, *, tuning: Tuning | None = None, interruption: Interruption | None = None) -> None:
        self._tuning = tuning or Tuning()
        self._interruption = interruption or Interruption()

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:  # noqa: ARG002 - the CDK's
        """The cleaned config. The CDK masks the secret exactly as this returns it. Nothing is written to disk."""
        with raising_traced():
            return without_login(clean_config(config))

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Whether a sync with this config can read its data."""
        try:
            parsed = _parsed(config, logger)
            with self._client(parsed, outage_seconds=self._tuning.first_success_seconds) as client:
                check(client, parsed, progress=self._progress())
        except UserError as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=filter_secrets(str(error)))
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """The streams of the database. Raises every error: an empty catalog would mean that all streams are gone."""
        with raising_traced():
            parsed = _parsed(config, logger)
            with self._client(parsed, outage_seconds=self._tuning.first_success_seconds) as client:
                return discover(client, parsed, progress=self._progress())

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Records, states and statuses of the configured streams."""
        with raising_traced():
            yield from self._messages(_parsed(config, logger), catalog, state or [])
        if self._interruption.exit_code is not None:
            raise SystemExit(self._interruption.exit_code)

    def _messages(
        self, parsed: Config, catalog: ConfiguredAirbyteCatalog, state: list[AirbyteStateMessage]
    ) -> Iterator[AirbyteMessage]:
        with self._client(parsed, outage_seconds=self._tuning.outage_seconds) as client:
            progress = self._progress()
            definitions = read_definitions(client, chosen_index=parsed.index_name, progress=progress)
            incremental = {each.stream.name for each in catalog.streams if each.sync_mode is SyncMode.incremental}
            definitions = with_rights(client, definitions, parsed, names=incremental, progress=progress)
            fetcher = Fetcher(client=client, threads=parsed.concurrency, interruption=self._interruption)
            try:
                jobs = plan(
                    catalog=catalog,
                    state=state,
                    found=streams(definitions, parsed),
                    config=parsed,
                    pages=fetcher,
                    tuning=self._tuning,
                )
                yield from Reader(jobs=jobs, pages=fetcher).messages()
            finally:
                fetcher.close()

    @staticmethod
    def read_config(config_path: str) -> dict[str, Any]:
        """The config in the file. Raises a config error if the file cannot be read as one."""
        with raising_traced():
            return read_config(config_path)

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        """The configured catalog in the file. Raises a config error if the file cannot be read as one."""
        with raising_traced():
            return read_catalog(catalog_path)

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        """The saved states in the file, in any known format. Raises a config error if the format is unknown."""
        with raising_traced():
            return read_state(state_path)

    def _progress(self) -> Progress:
        return Progress(every_seconds=self._tuning.schema_progress_seconds, clock=self._tuning.clock)

    @contextmanager
    def _client(self, config: Config, *, outage_seconds: float) -> Iterator[Client]:
        client = Client(
            config=config, tuning=self._tuning, outage_seconds=outage_seconds, interruption=self._interruption
        )
        try:
            yield client
        except FaunaError as error:
            raise explained(error, doing=f"asking the database at {config.url}") from error
        finally:
            client.close()


def _parsed(config: Mapping[str, Any], logger: logging.Logger) -> Config:
    """The config. Logs its warnings. Raises a config error."""
    parsed = parse_config(config)
    for warning in parsed.warnings:
        logger.warning("%s", warning)
    return parsed
