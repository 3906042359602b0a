"""Histories with ids below zero, read as the real server does: in partitions, page by page.

The server keeps a set in partitions, each in the order of ids without their sign, and merges them in the order of ids
with it. So the events of a transaction that has ids of both signs come interleaved, in an order that depends on the
size of the page, and a page may fail (recordings `mixed_signs`, `negative_ids`).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from local_fauna.errors import internal
from local_fauna.store.ordering import signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_fauna.store.ordering import Key

_BROKEN = "java.lang.IllegalArgumentException: requirement failed: next cursor must be a subset of the logical cursor."
_OVERFETCH = 1.2
_REFILL = 5
"""When a partition has run out, those with so few events left are read on as well."""
_SEED = 0x3C074A61
_ENCODED_ID = 256
"""The server hashes the buffer around an encoded id, zeros included."""
_UINT32 = 0xFFFFFFFF


def _scrambled(block: int) -> int:
    block = block * 0xCC9E2D51 & _UINT32
    return ((block << 15 | block >> 17) & _UINT32) * 0x1B873593 & _UINT32


def _murmur3(data: bytes) -> int:
    """MurmurHash3 (x86, 32 bits) of bytes whose number is divisible by four, as a signed integer."""
    state = _SEED
    for start in range(0, len(data), 4):
        state ^= _scrambled(int.from_bytes(data[start : start + 4], "little"))
        state = ((state << 13 | state >> 19) & _UINT32) * 5 + 0xE6546B64 & _UINT32
    state ^= len(data)
    state = (state ^ state >> 16) * 0x85EBCA6B & _UINT32
    state = (state ^ state >> 13) * 0xC2B2AE35 & _UINT32
    state ^= state >> 16
    return state - (1 << 32) if state >> 31 else state


@lru_cache(maxsize=1 << 16)
def partition_of(doc: Key, partitions: int) -> int:
    """The partition of a document, by the sort key of its ref."""
    encoded = b"\x4a" + doc[1].to_bytes(8, "big") + doc[2].to_bytes(2, "big")
    return abs(_murmur3(encoded.ljust(_ENCODED_ID, b"\0"))) % partitions


def _merge_key(event: Any) -> tuple[Any, ...]:
    return event[0], event[1], signed(event[2]), event[3]


class _Partitions:
    """Events handed out to their partitions as they come, so that no more are read than somebody asks for."""

    def __init__(self, stored: Iterator[Any], partitions: int) -> None:
        self._stored = stored
        self._waiting: list[deque[Any]] = [deque() for _ in range(partitions)]

    def page(self, partition: int, size: int) -> deque[Any]:
        """The next `size` events of a partition, or what is left of it."""
        waiting = self._waiting[partition]
        self._wait_for(waiting, size)
        return deque(waiting.popleft() for _ in range(min(size, len(waiting))))

    def following(self, partition: int) -> Any | None:
        """The first event of the next page of a partition; None if there is none."""
        waiting = self._waiting[partition]
        self._wait_for(waiting, 1)
        return waiting[0] if waiting else None

    def _wait_for(self, waiting: deque[Any], size: int) -> None:
        while len(waiting) < size and (event := next(self._stored, None)) is not None:
            self._waiting[partition_of(event[2], len(self._waiting))].append(event)


@dataclass
class _Stream:
    """The rest of one page of a partition, and whether the page behind it is still to be read."""

    events: deque[Any]
    partition: int
    goes_on: bool


class PartitionedWalk:
    """The stored events of a history from a cursor on, in the order in which the server comes upon them.

    `start` is the cursor as the key of an event, None without one. Raises FaunaError (500) where the server fails.
    """

    def __init__(self, *, partitions: int, size: int, start: tuple[Any, ...] | None, backward: bool) -> None:
        self._number = partitions
        self._page = size if partitions == 1 else math.ceil(size / partitions * _OVERFETCH)
        self._start = start
        self._backward = backward

    def over(self, stored: Iterator[Any]) -> Iterator[Any]:
        """Walk over events that come in stored order, or against it for a walk backwards."""
        partitions = _Partitions(stored, self._number)
        streams = [self._opened(partitions, number) for number in range(self._number)]
        while streams:
            ended = next((stream for stream in streams if not stream.events), None)
            if ended is None:
                yield self._first(streams).events.popleft()
                continue
            streams.remove(ended)
            if ended.goes_on:
                streams = [*self._refilled(partitions, streams), self._opened(partitions, ended.partition)]

    def _first(self, streams: list[_Stream]) -> _Stream:
        choose = max if self._backward else min
        return choose(streams, key=lambda stream: _merge_key(stream.events[0]))

    def _refilled(self, partitions: _Partitions, streams: list[_Stream]) -> list[_Stream]:
        """The streams with the next pages of those that run low: from then on these are merged side by side."""
        refilled = []
        for stream in streams:
            refilled.append(stream)
            if stream.goes_on and len(stream.events) <= _REFILL:
                refilled.append(self._opened(partitions, stream.partition))
                stream.goes_on = False
        return refilled

    def _opened(self, partitions: _Partitions, number: int) -> _Stream:
        """The next page of a partition."""
        events = partitions.page(number, self._page)
        following = partitions.following(number)
        if following is not None and self._start is not None:
            key = _merge_key(following)[: len(self._start)]
            if (key > self._start) if self._backward else (key < self._start):
                raise internal(_BROKEN)
        return _Stream(events, number, goes_on=following is not None)
