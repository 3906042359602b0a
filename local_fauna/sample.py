"""Sample databases: realistic generated data, the same at every start except for timestamps.

`bookshop` has data like a Fauna in use: references, times, dates, bytes, sets, nested objects, some ttls, and changes
and deletions in the history (kept for 30 days). Its `authors` have no [ts, ref] index, so that they can be read only by
full refresh.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from local_fauna.bookshelf import AUTHORS
from local_fauna.faults import JSON

Query = Callable[[JSON], JSON]
"""Runs one query in wire JSON as admin and gives its resource, as `LocalFauna.query` does."""

_SEED = 1813
_DEFAULT_DOCUMENTS = 3_000
_BOOKS_SHARE = 0.3
_BATCH_DOCUMENTS = 250
_HISTORY_DAYS = 30
_BASKET_MICROS = 30 * 86_400 * 1_000_000
_OPENED = datetime(2024, 3, 1, 9, 0, tzinfo=timezone.utc)
_FIRST_BOOK_ID = 337_898_800_783_819_264
_FIRST_ORDER_ID = 345_112_704_901_382_144
_CITIES = ("Lisbon", "Łódź", "Malmö", "Oaxaca", "Osaka", "Porto Alegre", "Tromsø", "Zürich")
_BINDINGS = (("paperback", 9.5), ("hardcover", 24.0), ("audiobook", 18.25), ("e-book", 6.99))


@dataclass(frozen=True)
class _Wire:
    """An expression inside of data, sent as it is."""

    expression: JSON


def bookshop(query: Query, *, documents: int | None = None) -> None:
    """Create the collections authors, books and orders with about this many documents in all."""
    wanted = _DEFAULT_DOCUMENTS if documents is None else max(documents, len(AUTHORS) + 10)
    books = int((wanted - len(AUTHORS)) * _BOOKS_SHARE)
    numbers = random.Random(_SEED)  # noqa: S311 - believable, not secret
    _create_schema(query)
    _create(query, "authors", _authors())
    _create(query, "books", _books(numbers, books))
    _create(query, "orders", _orders(numbers, wanted - len(AUTHORS) - books, books=books))
    _change(query, numbers, books=books)


SAMPLES: Mapping[str, Callable[..., None]] = {"bookshop": bookshop}
"""The samples that `python -m local_fauna --sample` knows."""


def _create_schema(query: Query) -> None:
    for name in ("authors", "books", "orders"):
        query({"create_collection": {"object": {"name": name, "history_days": _HISTORY_DAYS}}})
    for name in ("books", "orders"):
        query(_index(f"{name}_by_ts", name, values=[{"field": ["ts"]}, {"field": ["ref"]}]))
    query(_index("books_by_author", "books", terms=[{"field": ["data", "author"]}]))


def _index(name: str, collection: str, **fields: list[JSON]) -> JSON:
    listed = {key: [{"object": one} for one in value] for key, value in fields.items()}
    return {"create_index": {"object": {"name": name, "source": {"collection": collection}, **listed}}}


def _ref(collection: str, document_id: int) -> _Wire:
    return _Wire({"ref": {"collection": collection}, "id": str(document_id)})


def _authors() -> Iterator[tuple[int, dict[str, Any]]]:
    for number, author in enumerate(AUTHORS, start=1):
        works = {"match": {"index": "books_by_author"}, "terms": _ref("authors", number).expression}
        yield (
            number,
            {
                "name": author.name,
                "born": author.born,
                "language": author.language,
                "titles": [title for title, _ in author.works],
                "works": _Wire(works),
            },
        )


def _books(numbers: random.Random, count: int) -> Iterator[tuple[int, dict[str, Any]]]:
    works = [(number, *work) for number, author in enumerate(AUTHORS, start=1) for work in author.works]
    for edition in range(count):
        author, title, written = works[edition % len(works)]
        binding, price = _BINDINGS[numbers.randrange(len(_BINDINGS))]
        book = {
            "title": title,
            "author": _ref("authors", author),
            "first_published": written,
            "isbn": f"978{numbers.randrange(10**9, 10**10)}",
            "binding": binding,
            "price": {"amount": round(price * numbers.uniform(0.8, 1.6), 2), "currency": "EUR"},
            "pages": numbers.randrange(90, 1_200),
            "released": date(2015, 1, 1) + timedelta(days=numbers.randrange(3_200)),
            "in_stock": numbers.random() < 0.9,
        }
        if numbers.random() < 0.3:
            book["cover_thumbnail"] = b"\x89PNG\r\n\x1a\n" + numbers.randbytes(24)
        if numbers.random() < 0.5:
            book["ratings"] = {"count": numbers.randrange(1, 900), "mean": round(numbers.uniform(2.5, 5), 1)}
        yield _FIRST_BOOK_ID + edition * 1_048_576, book


def _orders(numbers: random.Random, count: int, *, books: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for number in range(count):
        placed = _OPENED + timedelta(seconds=number * 1_800 + numbers.randrange(1_700), microseconds=number)
        status = numbers.choices(("delivered", "shipped", "paid", "open"), weights=(70, 12, 10, 8))[0]
        order = {
            "number": f"B-{number + 1:06d}",
            "placed": placed,
            "status": status,
            "customer": {
                "number": f"C-{numbers.randrange(1, 900):04d}",
                "address": {"city": numbers.choice(_CITIES), "postcode": f"{numbers.randrange(10**5):05d}"},
                "newsletter": numbers.random() < 0.4,
            },
            "lines": [_line(numbers, books) for _ in range(numbers.choices((1, 2, 3, 5), (60, 25, 10, 5))[0])],
        }
        if status in ("delivered", "shipped"):
            order["shipped_on"] = (placed + timedelta(days=numbers.randrange(1, 5))).date()
            order["label"] = numbers.randbytes(12)
        yield _FIRST_ORDER_ID + number * 524_288, order


def _line(numbers: random.Random, books: int) -> dict[str, Any]:
    book = _FIRST_BOOK_ID + numbers.randrange(books) * 1_048_576
    return {"book": _ref("books", book), "quantity": numbers.randrange(1, 4), "gift": numbers.random() < 0.1}


def _create(query: Query, collection: str, documents: Iterator[tuple[int, dict[str, Any]]]) -> None:
    now: int = query({"to_micros": {"now": None}})
    lapses = {"epoch": now + _BASKET_MICROS, "unit": "microsecond"}
    writes = [_write("create", collection, number, data, lapses) for number, data in documents]
    for start in range(0, len(writes), _BATCH_DOCUMENTS):
        query({"do": writes[start : start + _BATCH_DOCUMENTS]})


def _write(form: str, collection: str, document_id: int, data: dict[str, Any], lapses: JSON = None) -> JSON:
    params = {"data": _literal(data)}
    if lapses is not None and data.get("status") == "open":
        # A basket without a payment expires.
        params["ttl"] = lapses
    return {form: _ref(collection, document_id).expression, "params": {"object": params}}


def _change(query: Query, numbers: random.Random, *, books: int) -> None:
    """Make some history: prices that changed, books that sold out, and books withdrawn from sale."""
    chosen = numbers.sample(range(books), k=max(2, books // 10))
    withdrawn, repriced = chosen[: len(chosen) // 3], chosen[len(chosen) // 3 :]
    price = {"price": {"amount": 4.99}, "in_stock": False}
    ids = [_FIRST_BOOK_ID + edition * 1_048_576 for edition in repriced]
    query({"do": [_write("update", "books", one, price) for one in ids]})
    for edition in withdrawn:
        query({"delete": _ref("books", _FIRST_BOOK_ID + edition * 1_048_576).expression})


def _literal(value: Any) -> JSON:
    """Write plain Python data in wire form, as the requests of the recording `values` have it."""
    if isinstance(value, _Wire):
        return value.expression
    if isinstance(value, dict):
        return {"object": {key: _literal(member) for key, member in value.items()}}
    if isinstance(value, list):
        return [_literal(element) for element in value]
    return _scalar(value)


def _scalar(value: Any) -> JSON:
    if isinstance(value, datetime):
        return {"@ts": value.isoformat().replace("+00:00", "Z")}
    if isinstance(value, date):
        return {"@date": value.isoformat()}
    if isinstance(value, bytes):
        return {"@bytes": base64.b64encode(value).decode("ascii")}
    return value
