"""A sorted list in chunks: adding, removing and seeking in the square root of its length."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")
_CHUNK = 1024


class SortedList(Generic[T]):
    """Items in ascending order. Items must be comparable with each other and with the keys that are sought."""

    def __init__(self, items: Iterable[T] = ()) -> None:
        ordered: list[Any] = sorted(items)
        self._chunks: list[list[Any]] = [ordered[i : i + _CHUNK] for i in range(0, len(ordered), _CHUNK)]
        self._greatest = [chunk[-1] for chunk in self._chunks]

    def __len__(self) -> int:
        return sum(map(len, self._chunks))

    def add(self, item: T) -> None:
        """Put an item where it belongs."""
        if not self._chunks:
            self._chunks.append([item])
            self._greatest.append(item)
            return
        index = min(bisect_left(self._greatest, item), len(self._chunks) - 1)
        chunk = self._chunks[index]
        insort(chunk, item)
        if len(chunk) > 2 * _CHUNK:
            self._chunks.insert(index + 1, chunk[_CHUNK:])
            del chunk[_CHUNK:]
            self._greatest.insert(index, chunk[-1])
            index += 1
        self._greatest[index] = self._chunks[index][-1]

    def remove(self, item: T) -> None:
        """Take an item out; nothing happens if it is not there."""
        index = bisect_left(self._greatest, item)
        if index == len(self._chunks):
            return
        chunk = self._chunks[index]
        place = bisect_left(chunk, item)
        if chunk[place] != item:
            return
        del chunk[place]
        if chunk:
            self._greatest[index] = chunk[-1]
        else:
            del self._chunks[index]
            del self._greatest[index]

    def ascending(self, start: object = None) -> Iterator[T]:
        """The items not below `start`, in ascending order."""
        index, place = (0, 0) if start is None else self._seek(start)
        for number in range(index, len(self._chunks)):
            chunk = self._chunks[number]
            yield from chunk[place:] if place else chunk
            place = 0

    def descending(self, stop: object = None) -> Iterator[T]:
        """The items below `stop`, in descending order."""
        index, place = (len(self._chunks), 0) if stop is None else self._seek(stop)
        if index < len(self._chunks):
            yield from reversed(self._chunks[index][:place])
        for number in range(index - 1, -1, -1):
            yield from reversed(self._chunks[number])

    def _seek(self, key: Any) -> tuple[int, int]:
        index = bisect_left(self._greatest, key)
        if index == len(self._chunks):
            return index, 0
        return index, bisect_left(self._chunks[index], key)
