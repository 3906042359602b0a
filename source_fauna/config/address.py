"""The address of the server as users type it: scheme and host. No message repeats a password from it."""

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
    """A setting in the form in which a message may show it.

    An address with a login, such as user:password@host, is masked completely.
    """
    return "****" if "@" in value else value


def without_login(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config with each login masked in settings that must be numbers.

    Airbyte's error message quotes a value of the wrong type, such as an address with a login as the port.
    """
    return {key: shown(value) if key in _NUMBERS and isinstance(value, str) else value for key, value in config.items()}


def lowered_if_known(scheme: str) -> str:
    """A known scheme in lower case, and any other text unchanged.

    The text may be the secret, pasted into the wrong field. Airbyte masks a secret only if its case is unchanged.
    """
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
