"""The SQL that leaves the newest record of each document in a table, for destinations that do not look at a cursor.

A document that was deleted and created again between two syncs gives two records: one with `deleted_at`, and a later
one with its data. The record with the greatest `ts` is right. At equal `ts` it is the one that was loaded later.
"""

KEEP_NEWEST = """
    DELETE FROM "{table}" WHERE _airbyte_raw_id NOT IN (
        SELECT _airbyte_raw_id FROM "{table}"
        QUALIFY 1 = row_number() OVER (
            PARTITION BY ref ORDER BY ts DESC, _airbyte_extracted_at DESC, _airbyte_raw_id DESC
        )
    )
"""
"""For DuckDB, Snowflake, BigQuery and others that know QUALIFY. PyAirbyte's ids of rows rise with time."""
