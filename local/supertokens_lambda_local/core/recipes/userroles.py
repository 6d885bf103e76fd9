"""Roles, their permissions, and which user has which role at which tenant."""

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.java import trimmed
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.tables import Row

routes = Routes()


@dataclass(frozen=True)
class Role(Row):
    """A role and its permissions, which all tenants share."""

    KEY: ClassVar = ("role",)

    role: str
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class UserRole(Row):
    """That a user has a role at a tenant; the user need not exist."""

    KEY: ClassVar = ("tenant_id", "user_id", "role")

    tenant_id: str
    user_id: str
    role: str


@routes("PUT", "/recipe/role", Scope.APP)
def create_role(call: Call) -> Response:
    """Create a role, or add permissions to it."""
    name, permissions = call.body.name("role"), _permissions(call) or []
    role = call.app.table(Role).get(name)
    before = () if role is None else role.permissions
    call.app.table(Role).put(Role(name, tuple(dict.fromkeys([*before, *permissions]))))
    return ok(createdNewRole=role is None)


@routes("GET", "/recipe/roles", Scope.APP)
def list_roles(call: Call) -> Response:
    """List all roles."""
    return ok(roles=sorted(role.role for role in call.app.table(Role)))


@routes("GET", "/recipe/role/permissions", Scope.APP)
def list_permissions(call: Call) -> Response:
    """List the permissions of a role."""
    return ok(permissions=sorted(_role(call, call.query.name("role")).permissions))


@routes("POST", "/recipe/role/permissions/remove", Scope.APP)
def remove_permissions(call: Call) -> Response:
    """Remove permissions from a role, all of them if none is named."""
    name, removed = call.body.name("role"), _permissions(call)
    role = _role(call, name)
    left = () if removed is None else tuple(one for one in role.permissions if one not in removed)
    call.app.table(Role).put(Role(role.role, left))
    return ok()


@routes("GET", "/recipe/permission/roles", Scope.APP)
def list_roles_with_permission(call: Call) -> Response:
    """List the roles that have a permission."""
    permission = call.query.name("permission")
    return ok(roles=sorted(role.role for role in call.app.table(Role) if permission in role.permissions))


@routes("POST", "/recipe/role/remove", Scope.APP)
def remove_role(call: Call) -> Response:
    """Remove a role, also from all users."""
    name = call.body.name("role")
    call.app.table(UserRole).remove_where(role=name)
    return ok(didRoleExist=call.app.table(Role).remove(name) is not None)


@routes("PUT", "/recipe/user/role", Scope.TENANT)
def add_user_role(call: Call) -> Response:
    """Add a role to a user."""
    row = _user_role(call)
    had_role = call.app.table(UserRole).get(*row.key()) is not None
    call.app.table(UserRole).put(row)
    return ok(didUserAlreadyHaveRole=had_role)


@routes("POST", "/recipe/user/role/remove", Scope.TENANT)
def remove_user_role(call: Call) -> Response:
    """Remove a role from a user."""
    row = _user_role(call)
    return ok(didUserHaveRole=call.app.table(UserRole).remove(*row.key()) is not None)


@routes("GET", "/recipe/user/roles", Scope.TENANT)
def list_user_roles(call: Call) -> Response:
    """List the roles of a user."""
    rows = call.app.table(UserRole).where(tenant_id=call.tenant_id, user_id=call.query.text("userId"))
    return ok(roles=sorted(row.role for row in rows))


@routes("GET", "/recipe/role/users", Scope.TENANT)
def list_users_with_role(call: Call) -> Response:
    """List the users that have a role."""
    role = _role(call, call.query.name("role"))
    rows = call.app.table(UserRole).where(tenant_id=call.tenant_id, role=role.role)
    return ok(users=sorted(row.user_id for row in rows))


def _role(call: Call, name: str) -> Role:
    role = call.app.table(Role).get(name)
    if role is None:
        raise StatusError("UNKNOWN_ROLE_ERROR")
    return role


def _user_role(call: Call) -> UserRole:
    user_id, name = call.body.text("userId"), call.body.name("role")
    return UserRole(call.tenant_id, user_id, _role(call, name).role)


def _permissions(call: Call) -> list[str] | None:
    permissions = call.body.optional_texts("permissions")
    if permissions is None:
        return None
    names = [trimmed(permission) for permission in permissions]
    if not all(names):
        raise InputError("Field name 'permissions' cannot contain an empty string")
    return names
