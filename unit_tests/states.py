"""Any state that the connector saves, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from source_fauna.state.state import FullSyncState, IdRange, IncrementalState, Position, WalkState, in_order

timestamps = st.integers(0, 2**63 - 2)
ids = st.integers(0, 2**63 - 1)
ranges = st.lists(
    st.one_of(
        st.builds(IdRange, low=ids),
        st.lists(ids, min_size=2, max_size=2).map(lambda ends: IdRange(low=min(ends), high=max(ends))),
    ),
    min_size=1,
    max_size=4,
).map(in_order)
positions = st.builds(Position, ts=timestamps, document_id=st.none() | ids)
walks = st.builds(WalkState, ranges=ranges, since=st.none() | timestamps)
incremental_states = st.one_of(
    st.builds(IncrementalState, walk=st.none() | walks, updates=positions, deletions=st.none() | timestamps),
    st.builds(IncrementalState, updates=st.none() | positions, deletions=st.just(0), passed=timestamps),
)
full_states = st.one_of(
    st.just(FullSyncState()),
    st.builds(FullSyncState, snapshot=timestamps, ranges=ranges),
    st.builds(FullSyncState, done=st.integers(0, 2**62), done_at=st.none() | timestamps),
)
