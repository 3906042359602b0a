"""The address of the server as users type it: scheme and host. No message repeats a password that stands in it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from source_fauna.errors.errors import ConfigError

SCHEMES = ("https", "http")

_NUMBERS = ("port", "concurrency")

_HOST = re.compile(r"(?!.{254})([^\s\x00-\x20/:?#@\[\]\\%.]{1,63}\.)*[^\s\x00-\x20/:?#@\[\]\\%.]{1,63}\.?")


def shown(value: str) -> str:
    """A setting as a message may repeat it. An address with a login, such as user:password@host, is masked whole."""
    return "****" if "@" in value else value


def without_login(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config with an address that stands where a number belongs masked: Airbyte quotes values of a wrong type."""
    return {key: shown(value) if key in _NUMBERS and isinstance(value, str) else value for key, value in config.items()}


def small_letters(scheme: str) -> str:
    """A known scheme in small letters, anything else as it is: Airbyte masks a secret only as it was typed."""
    return scheme.lower() if scheme.lower() in SCHEMES else scheme


def domain(value: str) -> str:
    """The host name or address, an IPv6 address without brackets. Raises a config error."""
    host = value.strip()
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if ":" in bare and _is_ipv6(bare):
        if "%" in bare:
            raise ConfigError(
                f"domain is '{shown(value)}', but an address with a zone (behind the %) counts on one machine only: "
                "give another address of the server"
            )
        return bare
    if _HOST.fullmatch(host):
        return host
    raise ConfigError(
        f"domain is '{shown(value)}', but it must be a host name only, such as db.example.com: "
        "scheme and port have fields of their own, and there is no path"
    )


def _is_ipv6(value: str) -> bool:
    try:
        ipaddress.IPv6Address(value)
    except ValueError:
        return False
    return True
