"""Airbyte source connector that reads a Fauna database through FQL v4."""

from source_fauna.source import SourceFauna

__all__ = ["SourceFauna"]
