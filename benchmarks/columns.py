"""CPU time of the connector per document with found columns, in pairs with a read without them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

import orjson

from benchmarks.database import PROPERTIES, Database, prepared
from benchmarks.documents import COLLECTION, FIRST_ID, wire_documents
from benchmarks.tables import Table, times
from source_fauna.records.inference import choose, infer
from source_fauna.records.layout import Layout
from source_fauna.records.names import column_names

FOUND = {"collection": {"columns": {"column_mode": "found"}}}


def columns(*, quick: bool) -> Table:
    """User and system time of the process, without its start, as a ratio of the pair: the median of all rounds."""
    documents, rounds = (20_000, 3) if quick else (100_000, 9)
    found = choose(infer(orjson.loads(b"[%s]" % wire_documents([FIRST_ID]))), column_names()).columns
    shapes = {
        "data and columns": Layout(found=found).schema["properties"],
        "columns, data deselected": Layout(data=False, found=found).schema["properties"],
        "data, no column": Layout().schema["properties"],
    }
    ratios: dict[str, list[float]] = {name: [] for name in shapes}
    costs: dict[str, list[float]] = {name: [] for name in shapes}
    with prepared(documents) as database:
        for _ in range(rounds):
            for name, properties in shapes.items():
                without = _micros(database, documents)
                cost = _micros(database, documents, properties=properties, **FOUND)
                ratios[name].append(cost / without)
                costs[name].append(cost)
    rows = [
        [name, f"{min(costs[name]):.1f}", times(statistics.median(ratios[name])), times(min(ratios[name]))]
        for name in shapes
    ]
    return Table(
        title="CPU a document with found columns",
        about=(
            f"{documents:,} documents with {len(found)} fields, {rounds} rounds of pairs: a read without found "
            "columns, and right behind it one with them, each with one walker, from a server that answers with "
            "prepared bytes."
        ),
        header=["records hold", "least µs", "against without, median", "least"],
        rows=rows,
        wanted="at most 1.50x with data and columns, 1.20x with columns alone.",
    )


def _micros(database: Database, documents: int, properties: Mapping[str, Any] = PROPERTIES, **root: Any) -> float:
    return database.read([COLLECTION], properties=properties, concurrency=1, **root).cpu / documents * 1e6
