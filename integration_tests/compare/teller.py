"""What a story knows of the answers so far, and the odd values that it asks with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeAlias, TypeVar

from integration_tests.compare.stories import Part, Question, Story
from integration_tests.replay_mapping import text_of

T = TypeVar("T")

SECOND = 1_000_000
SETTLE_SECONDS = 0.5
"""How long a real server may go by an older schema, or older rights, than it has."""
BUILD_SECONDS = 3.0
"""How long a real server builds an index over several sources; until then it is not active."""

_DAY = 86_400 * SECOND
_IDS = ("1", "2", "3", "4", "5", "20", "9223372036854775807", "0")
_NEGATIVE_IDS = ("-1", "-5", "-9223372036854775808")
_ODD_IDS: tuple[Any, ...] = (
    "007", "", "x", "1.5", "99999999999999999999", 3, -2, 1.0, None, True, ["1"], {"object": {}},
)  # fmt: skip
_SIZES = (1, 2, 3, 5, 64, 100)
_ODD_SIZES = (0, -1, 100_000, 1_000_000, 2**40, 1.5, "2", None, True, [1])
_FIXED_TIMES = (0, 1000, -5, {"@ts": "2010-01-01T00:00:00Z"}, {"@ts": "2041-06-01T00:00:00Z"}, {"now": None})
_NO_TIMES: tuple[Any, ...] = (
    "x", 1.5, None, True, [], {"object": {}}, {"@date": "2020-01-01"}, {"@ts": "hello"}, {"@ts": 5},
)  # fmt: skip


class Teller:
    """The memory and the chance of one story. Whatever it chooses follows from its chance and the answers."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.times: list[int] = []
        """Times in microseconds that the answers showed, in the order of the answers; it may have one twice."""
        self.present = 0
        """The `x-txn-time` of the last answer."""
        self.cursors: list[tuple[str, Any]] = []
        """Cursors that pages showed: (`after` or `before`, its value)."""
        self._settles = 0.0

    def ask(
        self, request: Any, *, as_: str = "admin", saves_secret: str | None = None, pause_seconds: float = 0.0
    ) -> Part:
        """Ask a question, and remember what its answer shows."""
        pause = self._settles + pause_seconds
        self._settles = 0.0
        answer = yield Question(request=request, as_=as_, saves_secret=saves_secret, pause_seconds=pause)
        self.present = answer.txn_time
        self._remember(answer.content)
        return answer

    def change(self, request: Any, *, as_: str = "admin", seconds: float = SETTLE_SECONDS) -> Part:
        """Ask for a change of schema or rights: if it is made, the next question waits so long for it to count."""
        answer = yield from self.ask(request, as_=as_)
        self._settles = seconds if answer.ok else 0.0
        return answer

    def key(self, name: str, role: Any) -> Part:
        """Make a key, whose secret is named so from here on."""
        return (yield from self.ask({"create_key": {"object": {"role": role}}}, saves_secret=name))

    def _remember(self, content: Any) -> None:
        if isinstance(content, list):
            for each in content:
                self._remember(each)
        elif isinstance(content, dict):
            for name, each in content.items():
                if name in ("after", "before") and "data" in content:
                    self.cursors.append((name, each))
                self._remember(each)
        elif isinstance(content, int) and abs(content - self.present) < _DAY:
            self.times.append(content)

    def maybe(self, share: float) -> bool:
        """True in this share of all cases."""
        return self.chance.random() < share

    def one(self, choices: Sequence[T]) -> T:
        """One of them."""
        return self.chance.choice(choices)

    def some(self, choices: Sequence[T], *, least: int = 0, most: int = 3) -> list[T]:
        """Some of them, each at most once."""
        return self.chance.sample(choices, min(self.chance.randint(least, most), len(choices)))

    def known_time(self) -> int:
        """A time in microseconds at or next to one that an answer showed; the latest come most often."""
        late = self.times[-12:] if self.maybe(0.7) else self.times
        return self.one(late) + self.one((0, 0, 0, 1, -1))

    def time(self, *, odd: float = 0.15) -> Any:
        """A time as `at` takes it: a known one, one a while before or ahead, a fixed one, or none at all.

        History that is not kept ends 15 minutes ago: that many minutes, and some more, are among the times.
        """
        if self.maybe(odd):
            return self.one((*_FIXED_TIMES, *_NO_TIMES))
        micros = self.known_time()
        if self.maybe(0.15):
            micros += self.one((-5, 5, 3600, -14 * 60, -16 * 60, -16 * 60, -20 * 3600)) * SECOND
        return self.one((micros, micros, {"@ts": text_of(micros)}, {"epoch": micros, "unit": "microsecond"}))

    def size(self, *, odd: float = 0.15) -> Any:
        """A size of a page."""
        return self.one(_ODD_SIZES if self.maybe(odd) else _SIZES)

    def id(self, *, odd: float = 0.05, negative: float = 0.1) -> Any:
        """An id of a document, of few, so that many requests meet."""
        if self.maybe(odd):
            return self.one(_ODD_IDS)
        return self.one(_NEGATIVE_IDS if self.maybe(negative) else _IDS[:5] if self.maybe(0.8) else _IDS)

    def scalar(self) -> Any:
        """A value that an index can hold, in wire form."""
        return self.one(SCALARS)

    def value(self, *, depth: int = 2) -> Any:
        """A value of any type, in wire form."""
        kind = self.chance.randrange(6) if depth else 0
        if kind == 1:
            return [self.value(depth=depth - 1) for _ in range(self.chance.randrange(3))]
        if kind == 2:
            names = self.some(("a", "b", "@c", "ts", ""), most=3)
            return {"object": {name: self.value(depth=depth - 1) for name in names}}
        return self.scalar()

    def with_options(self, form: dict[str, Any], **options: Any) -> dict[str, Any]:
        """The form with some of the optional arguments."""
        return form | {name: value for name, value in options.items() if self.maybe(0.5)}


SCALARS: tuple[Any, ...] = (
    0, 1, -1, 2, 2**53, 9223372036854775807, -9223372036854775808, 0.0, -0.0, 1.0, 1.5, -2.5, 1e300, 5e-324,
    "", "a", "A", "ab", "b", "ä", "Z", "ß", "ss", "я", "1", "\u0000", "日本", True, False, None,
    {"@ts": "2020-01-01T00:00:00Z"}, {"@ts": "2020-01-01T00:00:00.000000001Z"}, {"@date": "2020-01-01"},
    {"@bytes": "AQID"}, {"@bytes": ""}, {"@uuid": "5f1c3b1a-0000-4000-8000-000000000001"},
    {"ref": {"collection": "c"}, "id": "1"}, {"ref": {"collection": "c"}, "id": "-1"},
    {"collection": "c"}, {"index": "i"},
)  # fmt: skip
"""Values of every type but arrays and objects; `c` is a collection of most stories, `i` an index."""


Topic: TypeAlias = Callable[[Teller], Story]
"""Begins a story about one thing; each begins with an empty database."""
