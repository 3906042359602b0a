"""The CPU time of each stage of a document, measured alone on the output of the stage before."""

from __future__ import annotations

import gc
import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import requests
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import StreamDescriptor

from benchmarks.database import Database, prepared
from benchmarks.documents import COLLECTION
from benchmarks.tables import Table
from source_fauna.config.config import parse_config
from source_fauna.database import fql, queries
from source_fauna.database.transport import receive
from source_fauna.garbage import COLLECT_AFTER
from source_fauna.records.layout import declared
from source_fauna.records.records import Records
from source_fauna.sync import messages

PAGE = 2_000


def stages(*, quick: bool) -> Table:
    """The least CPU time of each stage over some pages."""
    rounds = 5 if quick else 25
    least: dict[str, float] = defaultdict(lambda: float("inf"))
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    with prepared(PAGE) as database, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        steps = _steps(database, nowhere.write)
        for _ in range(rounds):
            made: Any = None
            for name, step in steps:
                began = time.process_time()
                made = step(made)
                least[name] = min(least[name], (time.process_time() - began) / PAGE * 1e6)
    whole = sum(least.values())
    rows = [[name, f"{micros:.1f}", f"{micros / whole:.0%}"] for name, micros in [*least.items(), ("sum", whole)]]
    return Table(
        title="Where it goes",
        about=f"Each stage alone on a page of {PAGE:,} documents, the least of {rounds} rounds.",
        header=["", "µs a document", "share"],
        rows=rows,
    )


def _steps(database: Database, write: Callable[[str], Any]) -> Sequence[tuple[str, Callable[[Any], Any]]]:
    records = Records(layout=declared(parse_config(database.config())), null=messages.NULL)
    descriptor = StreamDescriptor(name=COLLECTION)
    body = fql.wire(queries.at(1, queries.documents_page(COLLECTION, 0, None, PAGE)))
    session = requests.Session()
    counts: Any = defaultdict(float)

    def fetch(_: None) -> bytes:
        return receive(session, url=database.url, body=body, headers={}, connect_seconds=5.0, answer_seconds=60.0)[2]

    def parse(page: bytes) -> Any:
        return orjson.loads(page)["resource"]["data"]

    def decode(documents: Any) -> Any:
        return [records.live(document)[0] for document in documents]

    def message(decoded: Any) -> Any:
        return [messages.record(descriptor, data, emitted_at=1) for data in decoded]

    def serialise(made: Any) -> list[str]:
        return [
            AirbyteEntrypoint.airbyte_message_to_string(AirbyteEntrypoint.handle_record_counts(each, counts))
            for each in made
        ]

    def out(lines: list[str]) -> None:
        for line in lines:
            write(line + "\n")

    return (
        ("fetch", fetch),
        ("parse (orjson)", parse),
        ("decode", decode),
        ("message", message),
        ("serialise (CDK)", serialise),
        ("write", out),
    )
