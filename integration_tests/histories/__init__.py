"""Random histories of a database, read by a connector that is killed and resumed. They test that no change is lost.

history         one history: syncs, kills, and what happens to the database meanwhile; judged at its end
profiles        what kinds of histories there are
writers         who writes while the connector reads; `operations` is what they write
incidents       what happens to the database beside writes: clock, index, collection, role
schedule        at which request of a run it happens
table           the destination: a table that keeps the newest row of each ref
settings        the settings and tuning of the connector in one sync
judge           what must hold of a run and at the end
runs            the connector as a child process; `kills` says when it is killed
fork_server     the warmed parent of these children; `seeded_faults` breaks one rule of the connector in a child

`python -m integration_tests.histories --help` runs any number of them.
"""
