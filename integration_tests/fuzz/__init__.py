"""Thousands of malformed configs, catalogs and states. Each must lead to a clear error or to a correct result.

`python -m integration_tests.fuzz --n 2000` tries so many in total, new ones each time.
"""
