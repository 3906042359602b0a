"""Whether the collection with a stream's name is still the one that was read before.

People replace a collection by filling a new one and swapping the names. The server resolves names at present, also
under At, so pages at a snapshot of the old collection then show the documents of the new one. Therefore each page
carries a proof in its own query: the collection of this name existed at an earlier time, and had this name then.
"""

from __future__ import annotations

from source_fauna.database import questions
from source_fauna.database.fql import Expression
from source_fauna.errors.errors import FaunaError
from source_fauna.errors.table import Kind
from source_fauna.rules.confirmation import is_replaced
from source_fauna.sync.stream import StreamRun

_DEFINITION_OF_PAGE = ("in", "object", "page", "expr", *questions.DEFINITION)
"""Where in a page that pins or tells its snapshot the server sees an error that concerns the definition."""


class CollectionReplaced(Exception):
    """The collection that was read at the time `then` (microseconds) is gone, and another one has its name.

    `name_then` is what the present one was called at that time; None: it did not exist.
    """

    def __init__(self, *, then: int, name_then: str | None) -> None:
        super().__init__(then, name_then)
        self.then = then
        self.name_then = name_then


def replacement(error: FaunaError, *, then: int) -> CollectionReplaced | None:
    """What an error says of the collection's identity at a time; None if it says nothing of it."""
    if not is_replaced(error):
        return None
    return CollectionReplaced(then=then, name_then=error.description if error.kind is Kind.RENAMED else None)


class Identity:
    """The proof in the pages of one scan or walk.

    `since` is the time (microseconds) since when the collection must be the same; None: the snapshot of each page.
    Where the key may not read the definition of the collection, the rest of the scan or walk goes without proof.
    """

    def __init__(self, *, run: StreamRun, since: int | None) -> None:
        self._run = run
        self._since = since
        self._then: int | None = None
        self._reads_definition = True

    def proven(self, page: Expression, snapshot: int | None) -> Expression:
        """The page with its proof. A page that pins its own snapshot needs none where nothing was read before."""
        then = snapshot if self._since is None else self._since
        if then is None or not self._reads_definition:
            return page
        self._then = then
        return questions.identified(self._run.collection, then, page)

    def asks_again(self, error: FaunaError) -> bool:
        """Whether a page failed of its proof alone and is to be asked for again: the next proof asks for less.

        Raises CollectionReplaced. A collection that was created after `since` has no document that is older, so all of
        it is still read: only the snapshot is proven from then on.
        """
        if error.kind is Kind.FORBIDDEN and error.position[: len(_DEFINITION_OF_PAGE)] == _DEFINITION_OF_PAGE:
            self._reads_definition = False
            self._run.warn_of_closed_definition()
            return True
        # A page without a proof says nothing of the collection's identity, whatever its error.
        replaced = None if self._then is None else replacement(error, then=self._then)
        if replaced is None:
            return False
        if replaced.name_then is not None or self._since is None:
            raise replaced
        self._since = None
        return True
