"""A Fauna database as a function from request to reply: everything but sockets (recording `errors`)."""

from __future__ import annotations

import logging
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson

import local_fauna.query.forms  # noqa: F401 - registers every form
from local_fauna.access.keys import KeyRing, secret_of
from local_fauna.errors import FaunaError, fault, in_older_words, internal
from local_fauna.query.calls import run_stored
from local_fauna.query.compiler import Compiler
from local_fauna.query.context import Context, Run
from local_fauna.store.database import Database, IdGenerator
from local_fauna.store.indexes import IndexBuild
from local_fauna.store.transaction import Transaction
from local_fauna.store.version import Version
from local_fauna.values import Document
from local_fauna.wire.addresses import methods_of
from local_fauna.wire.encode import Encoder
from local_fauna.wire.headers import LEGACY_VERSIONS, Options, read_options, reply_headers
from local_fauna.wire.json_in import parse_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_fauna.access.auth import Authority
    from local_fauna.clock import Clock
    from local_fauna.errors import ErrorItem
    from local_fauna.store.entities import Entity
    from local_fauna.store.indexes import Index

logger = logging.getLogger("local_fauna")
INTERNAL_ERROR = 500
LARGEST_BODY = 8 * 1024 * 1024
_SCOPES = {"write": "write", "global": "write", "read": "read", "local": "read", "all": "all"}
# A query may nest 500 levels and call 200 functions; each level takes a few Python frames.
_STACK = 20_000


@dataclass(frozen=True)
class Request:
    """One HTTP request. `query` is the raw query string; header names are lower-case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One HTTP reply. Header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Engine:
    """An empty database whose admin key has this secret. Thread-safe: one query runs at a time."""

    def __init__(self, *, secret: str, clock: Clock) -> None:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _STACK))
        self._clock = clock
        self._secret = secret
        self._lock = threading.Lock()
        self._root = Database("local", 0, parent=None, global_id="ylocal", ids=IdGenerator())
        self._keys = KeyRing(root=self._root, secret=secret)
        self.index_build = IndexBuild()
        """How fast indexes fill that are not built at their creation; at once unless a test says otherwise."""

    def type_collection(self, name: str, *, fields: Mapping[str, Any], wildcard: str | None = None) -> None:
        """Give a collection the typed fields that FQL v10 would: `{"name": {"signature": "String"}}`.

        v4 shows `fields` and `wildcard` in the definition and cannot set them. KeyError for an unknown name.
        """
        with self._lock:
            collection = self._root.lookup("collections", name)
            if collection is None:
                raise KeyError(name)
            typed = {"fields": dict(fields)} | ({} if wildcard is None else {"wildcard": wildcard})
            self._redefine(self._root, collection, typed)

    def query(
        self,
        expression: Any,
        *,
        secret: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send the wire JSON of a query as `POST /` in API version 4, with the admin key unless another is given."""
        sent = {
            "authorization": f"Bearer {self._secret if secret is None else secret}",
            "x-faunadb-api-version": "4",
            **(headers or {}),
        }
        return self.handle(Request("POST", "/", "", sent, orjson.dumps(expression)))

    def handle(self, request: Request) -> Reply:
        """Answer a request. Errors are replies too; nothing is raised.

        A bug of this program is answered with a 500, like one of the real server, and logged with its traceback.
        """
        with self._lock:
            try:
                return self._route(request)
            except FaunaError as error:
                return self._failure(error, request)
            except RecursionError:
                return self._failure(internal("java.lang.StackOverflowError"), request)
            except Exception as error:
                logger.exception("local_fauna failed on a request")
                return self._failure(internal(f"{type(error).__name__}: {error}"), request)

    def _route(self, request: Request) -> Reply:
        options = read_options(request.headers)
        if len(request.body) > LARGEST_BODY:
            raise fault("request too large", "Request entity is too large", None)
        methods = methods_of(request.path)
        pings = request.path == "/ping"
        authority = None if pings else self._authority(request, self._clock.now())
        if authority is None and not pings:
            return self._unauthorized()
        if request.method not in methods and not (pings and request.method == "HEAD"):
            allowed = ", ".join(methods)
            error = fault("method not allowed", f"Allowed methods are {allowed}.", None)
            return self._failure(error, request, {"allow": allowed})
        if authority is None:
            return self._ping(request)
        self._advance_builds(self._root)
        read_only = request.method == "GET"
        expression = parse_body(_asked(request.query) if read_only else request.body)
        return self._answer(expression, authority, options, read_only=read_only, size=len(request.body))

    def _ping(self, request: Request) -> Reply:
        scope = _SCOPES.get(parse_qs(request.query).get("scope", ["write"])[0], "node")
        body = orjson.dumps({"resource": f"Scope {scope} is OK"})
        return Reply(200, reply_headers(self._clock.now(), bytes_in=len(request.body), bytes_out=len(body)), body)

    def _authority(self, request: Request, now: int) -> Authority | None:
        secret = secret_of(request.headers.get("authorization"))
        return None if secret is None else self._keys.authority(secret, now)

    def _unauthorized(self) -> Reply:
        headers = reply_headers(self._clock.now()) | {"www-authenticate": 'Basic realm="Unauthorized"'}
        items = fault("unauthorized", "Unauthorized", None).items
        return Reply(401, headers, _error_body(items))

    def _failure(self, error: FaunaError, request: Request, extra: Mapping[str, str] | None = None) -> Reply:
        body = _error_body(error.items)
        counted = None if error.status == INTERNAL_ERROR else len(request.body)
        headers = reply_headers(self._clock.now(), bytes_in=counted, bytes_out=len(body)) | dict(extra or {})
        return Reply(error.status, headers, body)

    def _answer(
        self,
        expression: Any,
        authority: Authority,
        options: Options,
        *,
        read_only: bool,
        size: int,
    ) -> Reply:
        try:
            return self._run(expression, authority, options, read_only=read_only, size=size)
        except FaunaError as error:
            if options.api_version in LEGACY_VERSIONS:
                raise FaunaError(tuple(map(in_older_words, error.items))) from None
            raise

    def _run(self, expression: Any, authority: Authority, options: Options, *, read_only: bool, size: int) -> Reply:
        compiler = Compiler(api_version=options.api_version)
        node = compiler.compile(expression, {}, ())
        compiler.raise_if_wrong()
        snapshot, starved = self._snapshot(options)
        run = Run(
            database=authority.database,
            snapshot=snapshot,
            transaction=Transaction(clock=self._clock),
            api_version=options.api_version,
            keys=self._keys,
            apply=run_stored,
            starved=starved,
        )
        context = Context(run, authority, env=[None] * compiler.slots, no_writes="get requests" if read_only else None)
        began = time.monotonic()
        try:
            value = node(context)
            options.refuse_if_late(time.monotonic() - began)
            run.transaction.commit()
        except BaseException:
            run.transaction.roll_back()
            raise
        # After the commit, so that the answer shows the names that it gave (recording `renames`).
        body = Encoder(api_version=options.api_version, renames=run.database.renames).dumps(value)
        moment = run.transaction.ts if run.transaction.written else snapshot
        status = 201 if isinstance(value, Document) and value.created else 200
        return Reply(status, reply_headers(moment, bytes_in=size, bytes_out=len(body)), body)

    def _snapshot(self, options: Options) -> tuple[int, bool]:
        """(snapshot, whether it lies further ahead than the query may wait)."""
        seen = options.last_seen_txn
        snapshot = self._clock.now()
        if seen <= snapshot:
            return snapshot, False
        if seen - snapshot > options.timeout_ms * 1000:
            return seen, True
        self._clock.raise_to(seen)
        return max(self._clock.now(), seen), False

    def _advance_builds(self, database: Database) -> None:
        for build in list(database.builds):
            if build.advance(self._clock.now(), self.index_build.rate):
                database.builds.remove(build)
                self._activate(database, build.index)
        for child in database.children():
            self._advance_builds(child)

    def _activate(self, database: Database, index: Index) -> None:
        if not index.active:
            index.active = True
            self._redefine(database, index, {"active": True})

    def _redefine(self, database: Database, entity: Entity, members: dict[str, Any]) -> None:
        """Write a version of a schema document with other members, outside any query."""
        fields = database.fields(entity, self._clock.now()) | members
        version = Version(self._clock.commit(), fields)
        database.native[entity.kind].splice(entity.number, version.ts, [version])


def _asked(query: str) -> bytes:
    """The expression of a GET request; nothing if there is none, a blank if it is empty."""
    given = parse_qs(query, keep_blank_values=True).get("q")
    return b"" if given is None else given[0].encode() or b" "


def _error_body(items: tuple[ErrorItem, ...]) -> bytes:
    return orjson.dumps({"errors": [item.wire() for item in items]})
