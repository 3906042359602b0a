"""Airbyte source connector that reads a Fauna database through FQL v4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from source_fauna.source import SourceFauna

__all__ = ["SourceFauna"]


def __getattr__(name: str) -> Any:
    """Import the connector when it is asked for: the CDK takes two seconds, in which a signal must end the command."""
    if name == "SourceFauna":
        from source_fauna.source import SourceFauna  # noqa: PLC0415

        return SourceFauna
    raise AttributeError(f"module 'source_fauna' has no attribute '{name}'")
