"""Keys, roles and privileges (recordings `keys`, `conditional`, `rights_lists`, `rights_writing`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from local_fauna.values import FOREVER, NativeRef, Query, SchemaRef, as_list

if TYPE_CHECKING:
    from local_fauna.store.database import Database
    from local_fauna.store.entities import Entity
    from local_fauna.values import Value

Rule: TypeAlias = "bool | list[Query]"
"""Allowed, refused, or allowed where one of these predicates is true."""

BUILT_IN_ROLES = ("admin", "server", "server-readonly", "client")
_READ_ACTIONS = {"read", "history_read", "unrestricted_read"}
_ADMIN_KINDS = {"keys", "databases", "roles"}


@dataclass(frozen=True)
class Authority:
    """What a secret may do: a built-in role, or the union of the user's own `roles`."""

    database: Database
    built_in: str | None
    roles: tuple[Entity, ...] = ()

    @property
    def is_admin(self) -> bool:
        """Whether this is an admin key: the only kind whose secret can be scoped."""
        return self.built_in == "admin"

    def rule(self, resource: SchemaRef | NativeRef, action: str) -> Rule:
        """What a privilege says of an action (`read`, `create`, …) on a resource."""
        if self.built_in is not None:
            return self._built_in_rule(resource, action)
        predicates: list[Query] = []
        for role in self.roles:
            for privilege in _privileges(self.database, role):
                if privilege.get("resource") != resource:
                    continue
                granted = (privilege.get("actions") or {}).get(action)
                if granted is True:
                    return True
                if isinstance(granted, Query):
                    predicates.append(granted)
        return predicates or False

    def _built_in_rule(self, resource: SchemaRef | NativeRef, action: str) -> bool:
        if self.built_in == "admin":
            return True
        if self.built_in == "client" or (isinstance(resource, NativeRef) and resource.kind in _ADMIN_KINDS):
            return False
        return self.built_in == "server" or action in _READ_ACTIONS or action == "call"


def predicate_argument(action: str, arguments: list[Value], query: Query) -> Value:
    """What a predicate is applied to: the only argument, or the array of all of them.

    A predicate of `write` gets the ref only if it takes three, one of `create_with_id` only if it takes two.
    """
    arity = len(query.params) if isinstance(query.params, list) else 1
    if action == "write":
        return arguments if arity == len(arguments) else arguments[:2]
    if action == "create_with_id":
        return arguments[0] if arity == 1 else arguments
    return arguments if action == "history_write" else arguments[0]


def _privileges(database: Database, role: Entity) -> list[dict[str, Value]]:
    return as_list(database.fields(role, FOREVER).get("privileges", []))
