"""Read a Fauna database into DuckDB with PyAirbyte: everything the first time, then only what changed.

    pip install -r requirements-pyairbyte.txt          (an environment of its own: it is 780 MB)
    python pyairbyte_to_duckdb.py config.json fauna.duckdb [path of source-fauna]

The cache of PyAirbyte keeps the state in the same DuckDB file, so the next run goes on from there. Each run appends the
records that are new, then removes all but the newest of each document. PyAirbyte's own MERGE would not do: it takes no
notice of the cursor, so of a document that was deleted and created again it may keep the record of the deletion.

With deletions switched on in the config, a row of a deleted document stays, with the time of its deletion. Collections
without an index for incremental syncs are read anew in each run.
"""

import json
import os
import sys
from pathlib import Path

# The connector is a command of this machine: the registry of connectors has nothing to tell.
os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")

import airbyte as ab
from airbyte.strategies import WriteStrategy
from newest_rows import KEEP_NEWEST
from sqlalchemy import text


def sync(config: Path, database: Path, executable: str) -> None:
    """Sync all streams, and show what their tables hold."""
    source = ab.get_source(
        "source-fauna",
        config=json.loads(config.read_text(encoding="utf-8")),
        local_executable=executable,
    )
    source.check()
    cache = ab.DuckDBCache(db_path=database)
    streams = source.discovered_catalog.streams
    incremental = [one.name for one in streams if "incremental" in {mode.value for mode in one.supported_sync_modes}]
    others = [one.name for one in streams if one.name not in incremental]
    if incremental:
        source.read(cache=cache, streams=incremental, write_strategy=WriteStrategy.APPEND)
    if others:
        source.read(cache=cache, streams=others, write_strategy=WriteStrategy.REPLACE, force_full_refresh=True)
    for stream in streams:
        table = cache[stream.name].to_sql_table()
        if stream.name in incremental:
            with cache.get_sql_engine().begin() as connection:
                connection.execute(text(KEEP_NEWEST.format(table=table.name)))
        # Where deletions were switched on later, a table gets the column with its next record, not before.
        deleted = "count(deleted_at)" if "deleted_at" in table.columns else "0"
        (row,) = cache.run_sql_query(f'SELECT count(*) AS total, {deleted} AS deleted FROM "{table.name}"')  # noqa: S608
        print(f"{stream.name}: {row['total']} rows, {row['deleted']} of them of deleted documents")


if __name__ == "__main__":
    sync(Path(sys.argv[1]), Path(sys.argv[2]), *(sys.argv[3:] or ["source-fauna"]))
