"""Secrets: made, hashed, found again, and scoped (recording `keys`)."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_fauna.access.auth import BUILT_IN_ROLES, Authority
from local_fauna.errors import not_implemented
from local_fauna.store.database import Database
from local_fauna.store.entities import Entity
from local_fauna.values import SchemaRef, as_list

if TYPE_CHECKING:
    from local_fauna.values import Value


_SEGMENT = re.compile("[^,()&=:]+")
_ROLE = "@role/"
_DOCUMENTS = ("@doc/", "classes/", "collections/")
_BY_LENGTH = sorted(BUILT_IN_ROLES, key=len, reverse=True)


@dataclass(frozen=True)
class _Key:
    home: Database
    """Where the key's own document is kept."""
    number: int


def hashed(secret: str) -> str:
    """What a key document shows of its secret, in the shape of the database's own hashes."""
    digest = base64.b64encode(hashlib.sha256(secret.encode()).digest() + b"local_fauna").decode()
    return "$2a$05$" + digest.replace("+", ".").replace("=", "")[:53]


def secret_of(authorization: str | None) -> str | None:
    """The secret in an Authorization header: Bearer, or Basic with or without the colon. None if malformed."""
    scheme, _, rest = (authorization or "").partition(" ")
    if scheme == "Bearer" and rest:
        return rest
    if scheme == "Basic" and rest:
        try:
            text = base64.b64decode(rest, validate=True).decode()
        except ValueError:
            return None
        return text.removesuffix(":") or None
    return None


class KeyRing:
    """Every secret that opens something. A key dies with its document or with its database."""

    def __init__(self, *, root: Database, secret: str) -> None:
        self._root = root
        self._admin = secret
        self._keys: dict[str, _Key] = {}

    @staticmethod
    def new_secret() -> str:
        """A secret that nobody can guess."""
        return "fn" + secrets.token_urlsafe(30)[:38]

    def add(self, secret: str, *, home: Database, number: int) -> None:
        """Let a committed key open its database. What it may do is read from its document each time."""
        self._keys[secret] = _Key(home, number)

    def authority(self, secret: str, now: int) -> Authority | None:
        """What the secret may do at `now` (micros), None if nothing: unknown, deleted, expired."""
        key, colon, scope = secret.partition(":")
        owner = self._plain(key, now)
        return _scoped(owner, scope) if owner is not None and colon else owner

    def _plain(self, secret: str, now: int) -> Authority | None:
        if secret == self._admin:
            return Authority(self._root, "admin")
        key = self._keys.get(secret)
        record = None if key is None else key.home.native["keys"].records.get(key.number)
        version = None if record is None else record.visible(now, now)
        if key is None or version is None:
            return None
        ref = version.fields.get("database")
        target = ref.entity if isinstance(ref, SchemaRef) else key.home
        if not isinstance(target, Database) or target.gone:
            return None
        return _authority(target, version.fields["role"])


def _authority(database: Database, role: Value) -> Authority:
    if isinstance(role, str):
        return Authority(database, role)
    entities = (ref.entity for ref in as_list(role) if isinstance(ref, SchemaRef))
    return Authority(database, None, tuple(entity for entity in entities if isinstance(entity, Entity)))


def _scoped(owner: Authority, scope: str) -> Authority | None:
    """The rights of a key whose secret has this text after its colon. None if it opens nothing.

    `role` and `path/of/databases:role` narrow an admin key. Any other text is ignored: the key keeps all its rights.
    """
    path, role = _database_and_rest(scope)
    builtin = next((name for name in _BY_LENGTH if role.startswith(name)), None)
    named = _SEGMENT.match(role.removeprefix(_ROLE)) if role.startswith(_ROLE) else None
    if any(role.startswith(prefix) and role != prefix for prefix in _DOCUMENTS):
        raise not_implemented(None, "A secret that is scoped to a document")
    if builtin is None and named is None:
        return owner
    if role not in (builtin, f"{_ROLE}{named[0] if named else ''}") or not owner.is_admin:
        return None
    database = owner.database.descend(path.rstrip("/").split("/")) if path else owner.database
    if database is None or builtin is not None:
        return None if database is None else Authority(database, builtin)
    entity = database.lookup("roles", role.removeprefix(_ROLE))
    return None if entity is None else Authority(database, None, (entity,))


def _database_and_rest(scope: str) -> tuple[str, str]:
    match = _SEGMENT.match(scope)
    if match and scope[match.end() : match.end() + 1] == ":":
        return match[0], scope[match.end() + 1 :]
    return "", scope
