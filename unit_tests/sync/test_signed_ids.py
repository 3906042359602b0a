"""Updates of transactions with ids of both signs. In an index, negative ids come after all others of their ts."""

from __future__ import annotations

import pytest

from source_fauna.state.state import IncrementalState, parse_incremental
from unit_tests.local_fauna.fauna import ref
from unit_tests.sync.scanned import Scanned, changed, start
from unit_tests.things import COLLECTION

SIGNED = [0, 1, 5, 2**63 - 1, -(2**63) + 1, -5, -2, -1]
"""Ids in the order in which an index has them at one ts."""


@pytest.mark.parametrize("page_size", range(1, 9))
@pytest.mark.parametrize("kills", [False, True], ids=["in one go", "from every position"])
def test_ids_below_zero_come_behind_all_others_of_their_transaction(page_size: int, *, kills: bool) -> None:
    """If -1 is treated as smaller than 0, the position after -1 restarts the transaction, for ever."""
    fauna = changed()
    begun = start(fauna)
    fauna.ask([{"create": ref(each, COLLECTION), "params": {"object": {}}} for each in SIGNED])
    fauna.create(7, collection=COLLECTION)
    scanned, found = Scanned(fauna, position=begun, page_size=page_size), []
    while not scanned.scan.done:
        found += scanned.page()
        if kills:
            saved = IncrementalState(updates=scanned.scan.position).dump()
            resumed = parse_incremental(COLLECTION, saved).updates
            scanned.scan.position = resumed or begun
            assert scanned.scan.position.dump() == saved["updates_cursor"]
    assert found == [*SIGNED, 7]
    assert scanned.fetcher.asked <= 12
