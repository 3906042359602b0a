"""The files that a command gets: config, catalog and saved state.

A file that cannot be read or understood is a config error with the name of the file, not a fault of the connector.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.models import ConfiguredAirbyteCatalog, ConfiguredAirbyteCatalogSerializer
from serpyco_rs import SchemaValidationError

from source_fauna.errors.errors import ConfigError

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_json(path: str, *, called: str) -> Any:
    """The JSON value of a file, None if it is empty. Raises a config error that calls the file `called`."""
    try:
        content = _utf_8(Path(path).read_bytes()).strip()
    except UnicodeDecodeError:
        raise ConfigError(
            f"The file of the {called} cannot be read: it is not in the encoding that it begins with"
        ) from None
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "the path is not valid").lower()
        raise ConfigError(f"The file of the {called} cannot be read: {why}") from None
    try:
        return orjson.loads(content) if content else None
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ConfigError(f"The file of the {called} is not JSON ({where})") from None


def _utf_8(content: bytes) -> bytes:
    """The content as UTF-8, without a byte order mark. On Windows, PowerShell's `>` writes UTF-16 with such a mark.

    Raises ValueError if the content is not in the encoding that its mark stands for.
    """
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding).encode()
    return content


def read_config(path: str) -> dict[str, Any]:
    """The config as it was saved. Raises a config error if the file holds no object."""
    config = read_json(path, called="config")
    if not isinstance(config, dict):
        raise ConfigError("The file of the config holds no object: it must be the source's settings")
    return config


def read_catalog(path: str) -> ConfiguredAirbyteCatalog:
    """The configured catalog. Raises a config error that names the first key that is wrong."""
    catalog = read_json(path, called="catalog")
    try:
        return ConfiguredAirbyteCatalogSerializer.load(catalog)
    except SchemaValidationError as error:
        place = error.errors[0].instance_path.replace("/", ".")
    what = f"{place} is missing or has a value that is not allowed" if place else "it is no configured catalog"
    raise ConfigError(f"The catalog cannot be understood: {what}. Refresh the source's schema, then sync again.")
