"""All users of an app: looked up, added and changed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import StatusError
from supertokens_lambda_local.core.java import trimmed
from supertokens_lambda_local.core.tables import Table
from supertokens_lambda_local.core.users.ids import UserIds
from supertokens_lambda_local.core.users.rows import LoginMethod, User


class Accounts:
    """The users of an app; each method that takes an id takes it as the core or the application knows it."""

    def __init__(self, config: CoreConfig, table: Table[LoginMethod], ids: UserIds) -> None:
        self._config = config
        self._ids = ids
        self.table = table

    def find(self, user_id: str) -> User | None:
        """Return the user that has an id, or a login method of it."""
        internal = self._ids.internal(user_id)
        method = self.table.get(internal)
        if method is not None and not method.is_primary:
            return User(internal, (method,))
        return self._user(internal if method is None else method.user_id)

    def get(self, user_id: str) -> User:
        """Return a user.

        Raises
        ------
        StatusError
            No user has the id.
        """
        user = self.find(user_id)
        if user is None:
            raise StatusError("UNKNOWN_USER_ID_ERROR")
        return user

    def method(self, recipe_user_id: str, recipe_id: str | None = None) -> LoginMethod:
        """Return a login method, of a recipe if one is given.

        Raises
        ------
        StatusError
            There is none of that id.
        """
        method = self.table.get(self._ids.internal(recipe_user_id))
        if method is None or recipe_id not in (None, method.recipe_id):
            raise StatusError("UNKNOWN_USER_ID_ERROR")
        return method

    def user_of(self, method: LoginMethod) -> User:
        """Return the user of a login method."""
        user = self._user(method.user_id)
        if user is None:
            raise LookupError(method.recipe_user_id)
        return user

    def at(self, tenant_id: str, recipe_id: str, **info: object) -> LoginMethod | None:
        """Return the login method of a recipe that has some account info at a tenant."""
        methods = self.table.where(recipe_id=recipe_id, **info)
        return next((method for method in methods if tenant_id in method.tenant_ids), None)

    def of_tenant(self, tenant_id: str | None, matches: Callable[[LoginMethod], bool] = lambda _: True) -> list[User]:
        """Return the users with a matching login method at a tenant or, if it is None, at any; the oldest first."""
        user_ids = dict.fromkeys(
            method.user_id
            for method in self.table
            if (method.tenant_ids if tenant_id is None else tenant_id in method.tenant_ids) and matches(method)
        )
        groups: dict[str, list[LoginMethod]] = {user_id: [] for user_id in user_ids}
        for method in self.table:
            if method.user_id in groups:
                groups[method.user_id].append(method)
        return _oldest_first(_grouped(user_id, methods) for user_id, methods in groups.items())

    def add(self, recipe_id: str, tenant_id: str, **info: Any) -> LoginMethod:
        """Add a login method as a separate user."""
        user_id = str(uuid4())
        method = LoginMethod(user_id, recipe_id, user_id, False, self._config.now(), (tenant_id,), **info)
        self.table.put(method)
        return method

    def change(self, method: LoginMethod, **fields: Any) -> LoginMethod:
        """Replace fields of a login method, and return it."""
        changed = replace(method, **fields)
        self.table.put(changed)
        return changed

    def primary_user_with(self, tenant_ids: Iterable[str], own_id: str, **info: object) -> User | None:
        """Return a primary user, other than that of an id, who has some account info and is at one of some tenants."""
        wanted = set(tenant_ids)
        for method in self.table.where(is_primary=True, **info):
            user = self.user_of(method)
            if user.id != own_id and wanted.intersection(user.tenant_ids):
                return user
        return None

    def _user(self, user_id: str) -> User | None:
        methods = self.table.where(user_id=user_id)
        return _grouped(user_id, methods) if methods else None


def normalised_email(email: str) -> str:
    """Return an e-mail address as the core keeps it."""
    return trimmed(email).lower()


def _grouped(user_id: str, methods: Iterable[LoginMethod]) -> User:
    return User(user_id, tuple(sorted(methods, key=lambda method: method.time_joined)))


def _oldest_first(users: Iterable[User]) -> list[User]:
    return sorted(users, key=lambda user: user.time_joined)
