"""DuckDB as the destination: the statements that make tables and views of records, shown as they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = """
    CREATE TABLE IF NOT EXISTS {stream}_records (
        emitted BIGINT, ref VARCHAR, ts BIGINT, data JSON, ttl TIMESTAMPTZ, deleted_at TIMESTAMPTZ
    );
"""
"""What a destination holds of a stream: its records as they came, `emitted` counting them."""

LOAD = """
    INSERT INTO {stream}_records
    SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {{
        emitted: 'BIGINT', ref: 'VARCHAR', ts: 'BIGINT', data: 'JSON',
        ttl: 'TIMESTAMPTZ', deleted_at: 'TIMESTAMPTZ'
    }});
"""

VIEWS = {
    "authors": """
        CREATE OR REPLACE VIEW authors AS
        SELECT ref, data->>'name' AS name, (data->>'born')::DATE AS born, data->>'$.titles[0]' AS first_title
        FROM {source};
    """,
    "books": """
        CREATE OR REPLACE VIEW books AS
        SELECT ref, data->>'title' AS title, data->>'binding' AS binding,
               (data->>'$.price.amount')::DECIMAL(8, 2) AS price, data->>'$.author.id' AS author
        FROM {source};
    """,
    "orders": """
        CREATE OR REPLACE VIEW orders AS
        SELECT data->>'number' AS number, (data->>'placed')::TIMESTAMPTZ AS placed, data->>'status' AS status,
               data->>'$.customer.address.city' AS city, json_array_length(data->'lines') AS lines, ttl
        FROM {source};
    """,
}
"""What to query: the documents of a stream, made of its records after a full refresh, else of `CURRENT`."""

CLEAR = """
    DELETE FROM {stream}_records;
"""

CURRENT = """
    CREATE OR REPLACE VIEW {stream}_now AS
    SELECT * FROM (
        SELECT * FROM {stream}_records
        -- the greatest ts wins; at equal ts the row that was emitted later
        QUALIFY row_number() OVER (PARTITION BY ref ORDER BY ts DESC, emitted DESC) = 1
    )
    WHERE deleted_at IS NULL AND (ttl IS NULL OR ttl > now());
"""
"""An expired document sends no event, so its row is dropped by its own ttl."""


class Warehouse:
    """A DuckDB file that is made anew."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._database = duckdb.connect(str(path))
        self._database.execute("SET TimeZone = 'UTC'")

    def close(self) -> None:
        """Write everything to the file."""
        self._database.close()

    def load(self, stream: str, file: Path) -> None:
        """Add the records of a file, one JSON object a line, to those that are there."""
        self.run(RECORDS.format(stream=stream))
        if file.exists():
            self.run(LOAD.format(stream=stream, file=file))

    def run(self, statement: str) -> None:
        """Run one statement."""
        self._database.execute(statement)

    def rows(self, question: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Give the header and the rows of an answer."""
        cursor = self._database.execute(question)
        header = [column[0] for column in cursor.description or ()]
        return header, cursor.fetchall()

    def number(self, question: str) -> int:
        """Give the one number that a question asks for."""
        ((value,),) = self.rows(question)[1]
        return int(value)
