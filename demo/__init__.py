"""`python -m demo`: a sample Fauna, the real connector, and its records in DuckDB, step by step."""
