"""DuckDB as the destination: the statements that make tables and views of records, shown as they run."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RECORDS = """
    CREATE TABLE IF NOT EXISTS {stream}_records (
        emitted BIGINT, {columns}
    );
"""
"""What a destination holds of a stream: its records as they came, `emitted` counting them."""

LOAD = """
    INSERT INTO {stream}_records
    SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {{
        emitted: 'BIGINT', {columns}
    }});
"""

VIEWS = {
    "authors": """
        CREATE OR REPLACE VIEW authors AS
        SELECT ref, name, born, titles->>0 AS first_title
        FROM {source};
    """,
    "books": """
        CREATE OR REPLACE VIEW books AS
        SELECT ref, title, binding, in_stock, pages, (price->>'amount')::DECIMAL(8, 2) AS price, author->>'id' AS author
        FROM {source};
    """,
    "orders": """
        CREATE OR REPLACE VIEW orders AS
        SELECT number, placed, status, shipped_on, customer->>'$.address.city' AS city,
               json_array_length(lines) AS lines, ttl
        FROM {source};
    """,
}
"""What to query: the documents of a stream, made of its records after a full refresh, else of `CURRENT`."""

OUT_OF_DATA = {
    "books": """
        SELECT ref, data->>'title' AS title, data->>'binding' AS binding, (data->>'in_stock')::BOOLEAN AS in_stock,
               (data->>'pages')::BIGINT AS pages, (data->>'$.price.amount')::DECIMAL(8, 2) AS price,
               data->>'$.author.id' AS author
        FROM {source}
    """,
    "orders": """
        SELECT data->>'number' AS number, (data->>'placed')::TIMESTAMPTZ AS placed, data->>'status' AS status,
               (data->>'shipped_on')::DATE AS shipped_on, data->>'$.customer.address.city' AS city,
               json_array_length(data->'lines') AS lines, ttl
        FROM {source}
    """,
}
"""The same as the views, without found columns."""

PLAIN = """
    SELECT status, count(*) AS orders, min(placed) AS first_placed, max(shipped_on) AS last_shipped
    FROM orders_records GROUP BY status ORDER BY orders DESC;
"""
"""A query on found columns. They have the right types, so nothing has to be extracted from JSON."""

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
"""An expired document causes no event, so the view drops its row by the ttl."""


_KINDS = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "object": "JSON", "array": "JSON"}
_TEXTS = {"date-time": "TIMESTAMPTZ", "date": "DATE"}


def _type(declared: Any) -> str:
    """The type in DuckDB of a column of a catalog."""
    kinds = declared["type"] if isinstance(declared["type"], list) else [declared["type"]]
    (kind,) = (each for each in kinds if each != "null")
    return _KINDS.get(kind) or _TEXTS.get(declared.get("format"), "VARCHAR")


def _listed(columns: Iterable[str]) -> str:
    """Columns with commas between, in lines that a terminal holds."""
    lines = textwrap.wrap(", ".join(column.replace(" ", _JOINED) for column in columns), _WIDTH, break_on_hyphens=False)
    return "\n        ".join(lines).replace(_JOINED, " ")


_WIDTH = 98
_JOINED = "\0"
"""It replaces the blank between a name and its type, so that no line ends there."""


class Warehouse:
    """A new DuckDB file, which replaces an existing one."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._columns: dict[str, list[tuple[str, str]]] = {}
        self._database = duckdb.connect(str(path))
        self._database.execute("SET TimeZone = 'UTC'")

    def close(self) -> None:
        """Write everything to the file."""
        self._database.close()

    def make(self, stream: str, schema: Any) -> str:
        """Make the table of a stream by the JSON schema of its records, and give the statement."""
        properties = schema["properties"].items()
        self._columns[stream] = [(name, _type(declared)) for name, declared in properties]
        columns = _listed(f"{name} {kind}" for name, kind in self._columns[stream])
        statement = RECORDS.format(stream=stream, columns=columns)
        self.run(statement)
        return statement

    def loading(self, stream: str, file: str) -> str:
        """The statement that adds the records of a file, one JSON object a line, to those that are there."""
        columns = _listed(f"{name}: '{kind}'" for name, kind in self._columns[stream])
        return LOAD.format(stream=stream, file=file, columns=columns)

    def load(self, stream: str, file: Path) -> None:
        """Add the records of a file."""
        if file.exists():
            self.run(self.loading(stream, str(file)))

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
