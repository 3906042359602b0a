"""The document that every program reads: 690 bytes on the wire, eleven fields, a reference and a time among them."""

from __future__ import annotations

import random
from collections.abc import Iterable

COLLECTION = "orders"

FIRST_ID = 345_112_704_901_382_144
"""An id as the server gives it: 18 digits, so that every document on the wire is of one length."""

TIMESTAMP = 1_700_000_000_000_000

_TEXT = "Left with the neighbour on the second floor, who was told so by telephone on the evening before. "


def collection_names(count: int) -> list[str]:
    """`orders`, `orders_1`, `orders_2` and so on."""
    return [COLLECTION if number == 0 else f"{COLLECTION}_{number}" for number in range(count)]


def wire_documents(ids: Iterable[int]) -> bytes:
    """The documents of these ids as the server sends them, with commas between."""
    return b",".join([_HEAD % document_id + _TAIL for document_id in ids])


_HEAD = b'{"ref":{"@ref":{"id":"%d","collection":{"@ref":{"id":"orders","collection":{"@ref":{"id":"collections"}}}}}},'
_TAIL = (
    b'"ts":1700000000000000,"data":{"number":"B-000017","customer":{"@ref":{"id":"337898800783819264","collection":'
    b'{"@ref":{"id":"customers","collection":{"@ref":{"id":"collections"}}}}}},"placed":{"@ts":"2024-03-01T09:00:00'
    b'.000001Z"},"status":"delivered","total":149.9,"quantity":3,"gift":false,"tags":["fragile","express","repeat"],'
    b'"address":{"street":"Rua Augusta 24","city":"Porto Alegre","postcode":"90010"},"note":"' + _TEXT.encode() + b'",'
    b'"reference":"7d1fbe42-4b1c-4e0c-9d3c-2f6f0a8a1b55"}}'
)
WIRE_BYTES = len(wire_documents([FIRST_ID]))
"""The length of one document on the wire."""


def bursts(count: int) -> list[int]:
    """Ids as a grown collection has them: 1 to 1,000 given by hand, and `count` of 18 digits in three bursts."""
    numbers = random.Random(7)
    starts = (300_112_704_901_382_144, FIRST_ID, 391_112_704_901_382_144)
    share = -(-count // len(starts))
    clustered = [start + 1_000 * number + numbers.randrange(1_000) for start in starts for number in range(share)]
    return [*range(1, 1_001), *clustered[:count]]
