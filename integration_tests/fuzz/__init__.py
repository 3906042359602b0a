"""Configs, catalogs and states as nobody should write them, by the thousand: each is answered in words, or rightly.

`python -m integration_tests.fuzz --n 2000` tries so many in total, new ones each time.
"""
