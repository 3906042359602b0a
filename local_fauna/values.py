"""The values of FQL v4 as Python objects (recording `values`).

null, booleans, int64 integers, doubles, strings, arrays and objects are Python's own; bytes are `bytes`; the rest are
the small classes of this module. A value is never changed once made: nodes of a query and stored versions share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Value: TypeAlias = Any
"""Any value of FQL: the classes of this module and Python's own."""

PLAIN = frozenset({str, int, bool, type(None)})
"""The types that the wire shows as they are."""

FOREVER = 2**63 - 1
"""Later than every transaction, in microseconds."""


def as_list(value: Value) -> list[Value]:
    """An array as it is, anything else as a list of one."""
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True, slots=True)
class Time:
    """A point in time, `@ts`: nanoseconds since 1970 UTC."""

    nanos: int

    @property
    def micros(self) -> int:
        """Microseconds since 1970 UTC, cut down."""
        return self.nanos // 1000


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar day, `@date`: days since 1970-01-01."""

    days: int


@dataclass(frozen=True, slots=True)
class Uuid:
    """A UUID in its canonical text, `@uuid`."""

    text: str


class Query:
    """A stored lambda, `@query`: the wire JSON of its lambda, and the API version it was written in."""

    __slots__ = ("api_version", "body", "closes_over", "params", "program")

    def __init__(self, api_version: str, params: Any, body: Any) -> None:
        self.api_version = api_version
        self.params = params
        self.body = body
        self.closes_over = False
        """Whether it uses variables from outside, which its text does not tell."""
        self.program: object = None
        """What it compiles to, kept once compiled."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and (other.params, other.body) == (self.params, self.body)

    def __hash__(self) -> int:
        return hash(str(self.params))


@dataclass(frozen=True, slots=True)
class NativeRef:
    """The ref of a native collection, such as `{"@ref":{"id":"collections"}}`; also the set of its documents."""

    kind: str


class Named(Protocol):
    """What a ref by name stands for: an entity of the schema. Numbers rise in order of creation."""

    name: str
    number: int
    deleted: bool
    published: bool


class SchemaRef:
    """The ref of a collection, index, database, role or function.

    `entity` is None if no such name was known: such a ref echoes, and fails where it must be resolved.
    """

    __slots__ = ("_name", "entity", "kind")

    def __init__(self, kind: str, name: str, entity: Named | None) -> None:
        self.kind = kind
        self._name = name
        self.entity = entity

    @property
    def name(self) -> str:
        """The name of the present: a rename shows in every ref that was made before it."""
        return self._name if self.entity is None else self.entity.name

    @property
    def known(self) -> bool:
        """Whether the name stands for something, whose schema document can be read."""
        return self.entity is not None and not self.entity.deleted

    @property
    def named(self) -> bool:
        """Whether the name stood for something when the ref was made: what is gone is still shown, and read At."""
        return self.entity is not None

    @property
    def usable(self) -> bool:
        """Whether what it stands for can be used; the query that creates it cannot yet."""
        return self.entity is not None and self.entity.published and not self.entity.deleted

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, SchemaRef)
            and other.kind == self.kind
            and other.entity is self.entity
            and (self.entity is not None or other.name == self._name)
        )

    def __hash__(self) -> int:
        return hash((self.kind, self._name if self.entity is None else self.entity.number))


class DocRef:
    """The ref of a document: the ref of its collection and an int64 id. Keys are documents of `keys`."""

    __slots__ = ("collection", "id")

    def __init__(self, collection: SchemaRef | NativeRef, number: int) -> None:
        self.collection = collection
        self.id = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DocRef) and other.id == self.id and other.collection == self.collection

    def __hash__(self) -> int:
        return hash((self.id, self.collection))


Ref = (DocRef, SchemaRef, NativeRef)
"""For isinstance: any ref."""


class StoredVersion(Protocol):
    """What a document shows of its version: `fields` are its members except ref, ts and ttl."""

    ts: int
    fields: dict[str, Value]
    ttl: Time | None
    wire: tuple[int, object] | None
    """The encoded document, kept by the encoder."""


class Document:
    """A document as a query sees it: ref, ts and the stored fields (`data`, `ttl`; for a schema its own fields)."""

    __slots__ = ("created", "extra", "ref", "version")

    def __init__(
        self,
        ref: DocRef | SchemaRef,
        version: StoredVersion,
        *,
        created: bool = False,
        extra: dict[str, Value] | None = None,
    ) -> None:
        self.ref = ref
        self.version = version
        self.created = created
        """True for the very value that `create` returned: it makes the status 201."""
        self.extra = extra
        """Members that only this answer shows, such as the secret of a new key."""

    def members(self) -> dict[str, Value]:
        """Every member of the document, as the wire shows them."""
        version = self.version
        shown: dict[str, Value] = {"ref": self.ref, "ts": version.ts, **version.fields}
        if version.ttl is not None:
            shown["ttl"] = version.ttl
        if self.extra:
            shown.update(self.extra)
        return shown


class Event:
    """One event of a history. `data` is absent (`NO_DATA`) in events of Documents(c)."""

    __slots__ = ("action", "data", "ref", "ts")

    def __init__(self, ts: int, action: str, ref: DocRef | SchemaRef | None, data: Value) -> None:
        self.ts = ts
        self.action = action
        self.ref = ref
        self.data = data

    @property
    def of_document(self) -> bool:
        """Whether it is one of a document's own history, not of a set. As a cursor it shows no data."""
        return self.action in ("create", "update", "delete")

    def members(self) -> dict[str, Value]:
        """The members that the wire shows (in API version 4)."""
        shown: dict[str, Value] = {"ts": self.ts, "action": self.action}
        if self.ref is not None:
            shown["document"] = self.ref
        if self.data is not NO_DATA:
            shown["data"] = self.data
        return shown


class Action(str):
    """The action of an event, such as `add`: equal to a text, but of a type of its own."""

    __slots__ = ()


NO_DATA = object()
ABSENT = object()
"""The cursor that a page does not have."""


class Page:
    """A page: its elements, and the cursors before and after it (`ABSENT` if there is none).

    `rows` are what its elements were made of, each of which `cursor_at` turns into the cursor of its place.
    """

    __slots__ = ("after", "before", "cursor_at", "data", "rows")

    def __init__(
        self,
        data: list[Value],
        *,
        before: Value = ABSENT,
        after: Value = ABSENT,
        rows: Sequence[Any] = (),
        cursor_at: Callable[[Any], Value] | None = None,
    ) -> None:
        self.data = data
        self.before = before
        self.after = after
        self.rows = rows
        self.cursor_at = cursor_at

    def with_data(self, data: list[Value], rows: Sequence[Any] | None = None) -> Page:
        """The same cursors around other elements: what map makes of a page, and filter, which drops `rows` too."""
        kept = self.rows if rows is None else rows
        return Page(data, before=self.before, after=self.after, rows=kept, cursor_at=self.cursor_at)

    def place(self, number: int) -> Value:
        """The cursor of the row with this number; `ABSENT` if there is none."""
        if self.cursor_at is None or not 0 <= number < len(self.rows):
            return ABSENT
        return self.cursor_at(self.rows[number])

    def members(self) -> dict[str, Value]:
        """The members that the wire shows."""
        shown: dict[str, Value] = {}
        if self.before is not ABSENT:
            shown["before"] = self.before
        if self.after is not ABSENT:
            shown["after"] = self.after
        shown["data"] = self.data
        return shown
