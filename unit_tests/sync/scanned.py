"""A scan of updates in a database of local_fauna, page by page."""

from __future__ import annotations

from source_fauna.state.state import Position
from source_fauna.sync.updates import UpdateScan
from unit_tests.local_fauna.fauna import SECRET, Fauna
from unit_tests.refs import id_of
from unit_tests.sync.direct import DirectFetcher, drive, stream_run
from unit_tests.things import COLLECTION, INDEX, indexed, things


def changed(*ids: int) -> Fauna:
    """A database whose documents are all younger than its index."""
    fauna = indexed(things())
    for document_id in ids:
        fauna.create(document_id, collection=COLLECTION)
    return fauna


def start(fauna: Fauna) -> Position:
    """The position of a stream that was read when the database was empty."""
    return Position(ts=int(fauna.ask({"get": {"index": INDEX}})["ts"]))


class Scanned:
    """A scan of updates, and what it is answered by."""

    def __init__(
        self,
        fauna: Fauna,
        *,
        position: Position | None = None,
        snapshot: int | None = None,
        page_size: int = 64,
        deletions: bool = False,
        secret: str = SECRET,
    ) -> None:
        self.fetcher = DirectFetcher(fauna, secret=secret)
        self.scan = UpdateScan(
            run=stream_run(self.fetcher, page_size=page_size, deletions=deletions),
            index=INDEX,
            position=position or start(fauna),
            snapshot=snapshot,
        )

    def page(self) -> list[int]:
        return [id_of(document) for document in drive(self.scan.next_page(), self.fetcher)]

    def all(self) -> list[int]:
        found = []
        while not self.scan.done:
            found += self.page()
        return found
