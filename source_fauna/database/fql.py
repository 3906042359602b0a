"""The driver's query builders, and the encoding of their expressions as the body of a request."""

from __future__ import annotations

import warnings
from typing import Any, TypeAlias

import orjson

with warnings.catch_warnings():
    # On import, the driver warns that its vendor has dropped FQL v4. Self-hosted databases still have it.
    warnings.filterwarnings("ignore", message="Fauna is decommissioning FQL v4", category=DeprecationWarning)
    from faunadb import query as q
    from faunadb.objects import Ref

__all__ = ["NULL", "Expression", "Ref", "q", "wire"]

Expression: TypeAlias = Any
"""An expression of the driver, or a plain JSON value."""


class _Null:
    """Null as an argument. The driver treats None as an argument that was left out."""

    def to_fauna_json(self) -> None:
        """The JSON value that the driver sends."""


NULL: Expression = _Null()


def wire(expression: Expression) -> bytes:
    """The request body of an expression: its JSON."""
    return orjson.dumps(expression, default=_unwrap)


def _unwrap(expression: Any) -> Any:
    return expression.to_fauna_json()
