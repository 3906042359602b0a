"""The connector's modules of queries: the one place of this package that knows where they are."""

from __future__ import annotations

from source_fauna.database import queries, questions
from source_fauna.database.fql import wire

__all__ = ["queries", "questions", "wire"]
