"""Pages of sets and the cursors around them (recordings `documents`, `index`)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from local_fauna.errors import internal, not_implemented, undefined_ref
from local_fauna.sets.sources import SetValue, cursor_of, element, refuse_to_encode
from local_fauna.store.entities import SINGULAR
from local_fauna.values import ABSENT, DocRef, Page, Query, SchemaRef, as_list

if TYPE_CHECKING:
    from local_fauna.errors import Position
    from local_fauna.sets.reader import Reader
    from local_fauna.store.entries import Entry
    from local_fauna.values import Value

DEFAULT_SIZE = 64
LARGEST_SIZE = 100_000


@dataclass(frozen=True)
class Cursor:
    """Where a page begins (`after`, inclusive) or ends (`before`, exclusive), as the request said it."""

    value: Value
    position: Position
    backward: bool


def empty_page(cursor: Cursor | None, echo: Value, size: int) -> Page:
    """What size 0 and negative sizes give: no elements; size 0 echoes the cursor on both sides."""
    if cursor is None:
        return Page([])
    if size == 0:
        return Page([], before=echo, after=echo)
    return Page([], after=echo) if cursor.backward else Page([], before=echo)


def check_bound(value: Value, position: Position) -> None:
    """Raise FaunaError for a cursor or bound that holds a ref of an unknown name (recording `dropped`).

    Bare, it is refused by name; within an array the server fails (a 500).
    """
    for part in as_list(value):
        if isinstance(part, SetValue):
            refuse_to_encode(part)
        if isinstance(part, Query):
            raise not_implemented(position, "A lambda as a cursor")
        named = part.collection if isinstance(part, DocRef) else part
        if isinstance(named, SchemaRef) and not named.named:
            if part is value:
                raise undefined_ref(position, SINGULAR[named.kind], named.name)
            raise internal(f"fauna.ast.UnresolvedRefL$IRException: Unresolved ref '{named.name}' cannot be encoded")


def page_of_set(source: SetValue, reader: Reader, cursor: Cursor | None, size: int, *, with_sources: bool) -> Page:
    """One page of a set. The reply's cursors: the next row after the page, and the request's own cursor echoed."""
    echo: Value = ABSENT
    start = None
    if cursor is not None:
        echo = as_list(cursor.value)
        check_bound(cursor.value, cursor.position)
        # What stands behind the ref in a cursor is not read.
        start = source.keys(echo[: source.longest_cursor])
    if size <= 0:
        for collection in source.sources():
            reader.check_history(collection)
        return empty_page(cursor, echo, size)
    size = min(size, LARGEST_SIZE)

    def shown(entry: Entry) -> Value:
        return {"value": element(entry), "sources": source.leaves(reader, entry)} if with_sources else element(entry)

    def place(entry: Entry) -> Value:
        cursor = cursor_of(entry)
        return {"value": cursor, "sources": source.leaves(reader, entry)} if with_sources else cursor

    if cursor is not None and cursor.backward:
        rows = list(islice(source.descending(reader, start), size + 1))
        more = len(rows) > size
        rows = rows[:size]
        before = cursor_of(rows[-1]) if more else ABSENT
        rows.reverse()
        return Page([shown(entry) for entry in rows], before=before, after=echo, rows=rows, cursor_at=place)
    walk = source.ascending(reader, start)
    if start is not None and 0 < source.values == len(start):
        bound = start
        walk = (entry for entry in walk if not source.is_under(bound, entry))
    rows = list(islice(walk, size + 1))
    after: Value = ABSENT
    if len(rows) > size:
        after = cursor_of(rows.pop())
    return Page([shown(entry) for entry in rows], before=echo, after=after, rows=rows, cursor_at=place)
