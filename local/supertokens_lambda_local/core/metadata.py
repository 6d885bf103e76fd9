"""Metadata of users: a JSON object for each user id, known to the core or not."""

from supertokens_lambda_local.core.jwt import JsonObject


class UserMetadata:
    """The metadata of all users."""

    def __init__(self) -> None:
        self._by_user_id: dict[str, JsonObject] = {}

    def get(self, user_id: str) -> JsonObject:
        """Return a user's metadata; that of a stranger is empty."""
        return self._by_user_id.get(user_id, {})

    def update(self, user_id: str, update: JsonObject) -> JsonObject:
        """Merge into a user's metadata, key by key at the top level, null taking a key away (SuperTokens core)."""
        merged = {**self.get(user_id), **update}
        self._by_user_id[user_id] = {key: value for key, value in merged.items() if value is not None}
        return self._by_user_id[user_id]

    def remove(self, user_id: str) -> None:
        """Forget a user's metadata."""
        self._by_user_id.pop(user_id, None)
