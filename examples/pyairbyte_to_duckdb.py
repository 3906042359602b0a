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
import duckdb
from airbyte.strategies import WriteStrategy
from newest_rows import KEEP_NEWEST


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
    tables = {stream.name: cache[stream.name].to_sql_table() for stream in streams}
    columns = {name: set(table.columns.keys()) for name, table in tables.items()}
    schema = cache.schema_name
    # DuckDB lets one connection write at a time.
    cache.get_sql_engine().dispose()
    with duckdb.connect(str(database)) as connection:
        connection.execute(f'USE "{schema}"')
        for name, table in tables.items():
            if name in incremental:
                connection.execute(KEEP_NEWEST.format(table=table.name))
            show(connection, name, table.name, has_deletions="deleted_at" in columns[name])


def show(connection: duckdb.DuckDBPyConnection, stream: str, table: str, *, has_deletions: bool) -> None:
    """Count the rows of a stream's table, and those of deleted documents."""
    # Where deletions were switched on later, a table gets the column with its next record, not before.
    deleted = "count(deleted_at)" if has_deletions else "0"
    counted = connection.execute(f'SELECT count(*), {deleted} FROM "{table}"').fetchall()  # noqa: S608
    print(f"{stream}: {counted[0][0]} rows, {counted[0][1]} of them of deleted documents")


if __name__ == "__main__":
    sync(Path(sys.argv[1]), Path(sys.argv[2]), *(sys.argv[3:] or ["source-fauna"]))
