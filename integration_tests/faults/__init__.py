"""Every fault a sync may meet, and what users are told of it.

`python -m integration_tests.faults` prints what each command makes of each fault.
"""
