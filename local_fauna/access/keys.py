"""Secrets: made, hashed, found again, and scoped (recording `keys`)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_fauna.access.auth import BUILT_IN_ROLES, Authority
from local_fauna.store.entities import Entity
from local_fauna.values import SchemaRef, as_list

if TYPE_CHECKING:
    from local_fauna.store.database import Database
    from local_fauna.values import Value


@dataclass(frozen=True)
class _Key:
    home: Database
    """Where the key's own document is kept."""
    number: int
    target: Database
    role: Value


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

    def add(self, secret: str, *, home: Database, number: int, target: Database, role: Value) -> None:
        """Let a committed key open its database."""
        self._keys[secret] = _Key(home, number, target, role)

    def authority(self, secret: str, now: int) -> Authority | None:
        """What the secret may do at `now` (micros), None if nothing: unknown, deleted, expired."""
        found = self._plain(secret, now)
        if found is not None:
            return found
        admin, _, scope = secret.partition(":")
        owner = self._plain(admin, now)
        return _scoped(owner, scope) if owner is not None and owner.is_admin and scope else None

    def _plain(self, secret: str, now: int) -> Authority | None:
        if secret == self._admin:
            return Authority(self._root, "admin")
        key = self._keys.get(secret)
        if key is None or key.target.gone:
            return None
        record = key.home.native["keys"].records.get(key.number)
        if record is None or record.visible(now, now) is None:
            return None
        return _authority(key.target, key.role)


def _authority(database: Database, role: Value) -> Authority:
    if isinstance(role, str):
        return Authority(database, role)
    entities = (ref.entity for ref in as_list(role) if isinstance(ref, SchemaRef))
    return Authority(database, None, tuple(entity for entity in entities if isinstance(entity, Entity)))


def _scoped(owner: Authority, scope: str) -> Authority | None:
    path, _, role = scope.rpartition(":")
    database = owner.database.descend(path.split("/")) if path else owner.database
    if database is None:
        return None
    if role in BUILT_IN_ROLES:
        return Authority(database, role)
    name = role.removeprefix("@role/")
    entity = database.lookup("roles", name) if name != role else None
    return None if entity is None else Authority(database, None, (entity,))
