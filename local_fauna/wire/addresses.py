"""The addresses of a server, and what the ones that local_fauna does not have answer."""

from __future__ import annotations

import re

from local_fauna.errors import fault, not_implemented

_METHODS = {"/": ("GET", "POST"), "": ("GET", "POST"), "/linearized": ("POST",), "/ping": ("GET",)}
_OTHER = re.compile(
    r"/stream|/error|/authorized|/query/1|/environment/1|/stream/1|/changefeed/1|/schema/1.*|/export/1.*|/feed/1"
    r"|/(databases|classes|collections|indexes|functions|roles|access_providers|keys|tokens|credentials)(/.*)?"
)
"""Streams, FQL v10, the health of a node, and refs as addresses: a real server answers all of them."""


def methods_of(path: str) -> tuple[str, ...]:
    """The methods that an address takes. Raises FaunaError: 404 for an unknown one, 501 for one that is left out."""
    methods = _METHODS.get(path)
    if methods is None:
        raise (
            not_implemented(None, f"The address {path}")
            if _OTHER.fullmatch(path)
            else fault("not found", "Not Found", None)
        )
    return methods
