"""The apps of a core, each with separate users, sessions and tenants."""

import base64
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from supertokens_lambda_local.core.call import PUBLIC
from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.database import Database
from supertokens_lambda_local.core.sessions.issuer import Issuer
from supertokens_lambda_local.core.sessions.keys import KeyRow, SigningKeys
from supertokens_lambda_local.core.sessions.refresh_tokens import RefreshTokens
from supertokens_lambda_local.core.sessions.rotation import Rotation
from supertokens_lambda_local.core.sessions.rows import Session, Sessions
from supertokens_lambda_local.core.settings import IN_EFFECT, SETTINGS
from supertokens_lambda_local.core.tables import Row, RowT, Table
from supertokens_lambda_local.core.tenants import Tenant
from supertokens_lambda_local.core.users.accounts import Accounts
from supertokens_lambda_local.core.users.activity import Activity, LastActive
from supertokens_lambda_local.core.users.ids import IdMapping, UserIds
from supertokens_lambda_local.core.users.rows import LoginMethod


@dataclass(frozen=True)
class AppRow(Row):
    """That an app exists, and what seals its refresh tokens."""

    KEY: ClassVar = ("app_id",)

    app_id: str
    refresh_key: str = field(repr=False)


class App:
    """The state of one app."""

    def __init__(self, row: AppRow, config: CoreConfig, database: Database) -> None:
        self.id = row.app_id
        self.config = config
        self._database = database
        self.ids = UserIds(self.table(IdMapping))
        self.accounts = Accounts(config, self.table(LoginMethod), self.ids)
        self.activity = Activity(config, self.table(LastActive))
        self.keys = SigningKeys(config, self.table(KeyRow))
        self.sessions = Sessions(config, self.table(Session))
        refresh_tokens = RefreshTokens(base64.b64decode(row.refresh_key))
        issuer = Issuer(config, self.keys, refresh_tokens, self.primary_id)
        self.rotation = Rotation(config, self.keys, self.sessions, issuer)
        if not len(self.table(Tenant)):
            self.table(Tenant).put(Tenant(PUBLIC, None))

    def table(self, kind: type[RowT]) -> Table[RowT]:
        """Return the table of one kind of rows."""
        return self._database.table(self.id, kind)

    def primary_id(self, recipe_user_id: str) -> str:
        """Return the id, as callers see it, of the user that a login method belongs to."""
        user = self.accounts.find(recipe_user_id)
        return recipe_user_id if user is None else self.ids.external(user.id)

    def setting(self, tenant_id: str, name: str) -> Any:
        """Return the value of a setting at a tenant."""
        tenant = self.table(Tenant).get(tenant_id)
        if tenant is not None and name in tenant.core_config:
            return tenant.core_config[name]
        known = {"access_token_validity": self.config.access_token_validity, **IN_EFFECT, **self.config.settings}
        return known.get(name, SETTINGS[name].default)


class Apps:
    """All apps; the one called public is there from the start."""

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        self._database = Database(config.data)
        self._rows = self._database.table("", AppRow)
        self._apps: dict[str, App] = {}
        self.transaction = self._database.transaction
        with self.transaction():
            self.create(PUBLIC)
            self.find(PUBLIC)

    def ids(self) -> list[str]:
        """Return the ids of all apps."""
        return [row.app_id for row in self._rows]

    def find(self, app_id: str) -> App | None:
        """Return an app."""
        row = self._rows.get(app_id)
        if row is None:
            return None
        if app_id not in self._apps:
            self._apps[app_id] = App(row, self._config, self._database)
        return self._apps[app_id]

    def create(self, app_id: str) -> bool:
        """Create an app, and return whether there was none of that id."""
        if self._rows.get(app_id) is not None:
            return False
        key = AESGCM.generate_key(bit_length=256)
        self._rows.put(AppRow(app_id, base64.b64encode(key).decode()))
        return True

    def remove(self, app_id: str) -> bool:
        """Remove an app, and return whether there was one."""
        if self._rows.remove(app_id) is None:
            return False
        self._apps.pop(app_id, None)
        self._database.drop(app_id)
        return True
