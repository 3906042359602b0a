"""The options of a read, checked as the config of the connector is, under the names that Spark's users gave them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from source_fauna.config.config import Config, parse_config
from source_fauna.errors.errors import ConfigError
from source_fauna.parts.arrow import DELETED_AT, micros

SECRET_VARIABLE = "FAUNA_SECRET"  # noqa: S105 - its name
MOST_PARTITIONS = 100_000

KNOWN = frozenset(
    {
        "domain", "port", "scheme", "secret", "collection", "num_partitions", "snapshot", "columns", "data",
        "deletions", "index", "lost_history", "ca_certificate", "page_size", "concurrency", "max_documents_per_batch",
        "sample_size",
    }
)  # fmt: skip

_BY_LETTERS = {each.replace("_", ""): each for each in KNOWN}

FOUND = "found"
"""What the option `columns` says when the columns are to be found: the config then has a sample size."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Valid options. `snapshot` is in microseconds; `columns` are the columns that were given, in DDL.

    `partitions` and `most_documents` (of a batch of a stream) are None where nothing was said.
    """

    config: Config
    partitions: int | None
    snapshot: int | None
    columns: str
    most_documents: int | None
    warnings: tuple[str, ...]

    @property
    def collection(self) -> str:
        """The name of the collection."""
        assert self.config.collection_name is not None  # noqa: S101 - it is required
        return self.config.collection_name


def parse_options(given: Mapping[str, str]) -> Options:
    """The options as Spark hands them over: texts. Raises a config error, in the user's words."""
    options = {_name(key): value for key, value in given.items()}
    config = _config(options)
    return Options(
        config=config,
        partitions=_whole(options, "num_partitions", most=MOST_PARTITIONS),
        snapshot=_snapshot(options.get("snapshot", "")),
        columns="" if config.sample_size is not None else _columns(options),
        most_documents=_whole(options, "max_documents_per_batch", most=2**63 - 1),
        warnings=(*config.warnings, *_unknown(options)),
    )


def _name(key: str) -> str:
    """What an option is called here: names have no case, and numPartitions means num_partitions."""
    return _BY_LETTERS.get(key.lower().replace("_", ""), key.lower())


def _config(options: Mapping[str, str]) -> Config:
    secret = options.get("secret") or os.environ.get(SECRET_VARIABLE, "")
    if not secret.strip():
        raise ConfigError(f"The option secret is missing, and so is the variable {SECRET_VARIABLE} of the environment")
    if not options.get("collection", "").strip():
        raise ConfigError("The option collection is missing: it names the collection to read")
    collection: dict[str, Any] = {
        "name": options["collection"],
        "data_column": _boolean(options, "data", otherwise=True),
        "deletions": _deletions(options),
    }
    if _columns(options).lower() == FOUND:
        collection["columns"] = {"column_mode": "found"}
        if (sample_size := _whole(options, "sample_size", most=2**31)) is not None:
            collection["columns"]["sample_size"] = sample_size
    if "index" in options:
        collection["index"] = options["index"]
    if (size := _whole(options, "page_size", most=2**31)) is not None:
        collection["page_size"] = size
    raw: dict[str, Any] = {
        "domain": options.get("domain", ""),
        "port": _whole(options, "port", most=65_535) or 443,
        "scheme": options.get("scheme", "https"),
        "secret": secret,
        "collection": collection,
    }
    if (concurrency := _whole(options, "concurrency", most=2**31)) is not None:
        raw["concurrency"] = concurrency
    if options.get("ca_certificate"):
        raw["tls"] = {"ca_certificate": options["ca_certificate"]}
    try:
        return parse_config(raw)
    except ConfigError as error:
        raise ConfigError(_in_options(error.message)) from None


def _in_options(message: str) -> str:
    """A message of the config, whose keys have shorter names here."""
    for key in ("collection.deletions.", "collection.columns.", "collection.", "tls."):
        message = message.replace(key, "")
    return message


def _columns(options: Mapping[str, str]) -> str:
    return options.get("columns", "").strip()


def _deletions(options: Mapping[str, str]) -> dict[str, str]:
    if not _boolean(options, "deletions", otherwise=False):
        return {"deletion_mode": "ignore"}
    return {
        "deletion_mode": "deleted_field",
        "column": DELETED_AT,
        "lost_history": options.get("lost_history", "fail"),
    }


def _boolean(options: Mapping[str, str], name: str, *, otherwise: bool) -> bool:
    value = options.get(name, str(otherwise)).strip().lower()
    if value not in ("true", "false"):
        raise ConfigError(f"{name} is '{value}', but it must be true or false")
    return value == "true"


def _whole(options: Mapping[str, str], name: str, *, most: int) -> int | None:
    if name not in options:
        return None
    value = options[name].strip()
    if value.isdecimal() and 1 <= int(value) <= most:
        return int(value)
    raise ConfigError(f"{name} is '{value}', but it must be a whole number from 1 to {most}")


def _snapshot(value: str) -> int | None:
    """Microseconds since 1970, or a time such as 2026-11-29T08:00:00Z."""
    text = value.strip()
    if not text:
        return None
    found = int(text) if text.isdecimal() else micros(text)
    if found is None or found <= 0:
        example = datetime(2026, 11, 29, 8, tzinfo=timezone.utc)
        raise ConfigError(
            f"snapshot is '{text}', but it must be a time such as {example:%Y-%m-%dT%H:%M:%SZ}, or microseconds since "
            "1970"
        )
    return found


def _unknown(options: Mapping[str, str]) -> tuple[str, ...]:
    unknown = sorted(options.keys() - KNOWN)
    return (f"These options are not known and have no effect: {', '.join(unknown)}",) if unknown else ()
