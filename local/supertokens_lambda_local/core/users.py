"""Users who sign in with an e-mail address and a password (SuperTokens core, EmailPassword and AuthRecipe)."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile
from uuid import uuid4

from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import (
    EmailAlreadyExistsError,
    PaginationTokenError,
    UnknownUserIdError,
    WrongCredentialsError,
)
from supertokens_lambda_local.core.passwords import PasswordHash


@dataclass
class User:
    """A user with one login method.

    Parameters
    ----------
    id
        A UUID, of the user and of the recipe user.
    email
        In lower case, without space around it.
    password_hash
        The hash of the password, which itself is never kept.
    time_joined
        Milliseconds since the epoch.
    """

    id: str
    email: str
    password_hash: PasswordHash
    time_joined: int


class Users:
    """All users, in the order in which they joined."""

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        self._by_id: dict[str, User] = {}

    def sign_up(self, email: str, password: str) -> User:
        """Make a user.

        Raises
        ------
        EmailAlreadyExistsError
            Another user has this e-mail address.
        """
        if self.by_email(email) is not None:
            raise EmailAlreadyExistsError
        user = User(str(uuid4()), _normalised(email), PasswordHash.of(password), self._config.now())
        self._by_id[user.id] = user
        return user

    def sign_in(self, email: str, password: str) -> User:
        """Return the user of these credentials.

        Raises
        ------
        WrongCredentialsError
            There is none.
        """
        user = self.by_email(email)
        if user is None or not user.password_hash.matches(password):
            raise WrongCredentialsError
        return user

    def by_id(self, user_id: str) -> User:
        """Return the user of an id.

        Raises
        ------
        UnknownUserIdError
            There is none.
        """
        try:
            return self._by_id[user_id]
        except KeyError:
            raise UnknownUserIdError from None

    def by_email(self, email: str) -> User | None:
        """Return the user of an e-mail address, however it is written."""
        wanted = _normalised(email)
        return next((user for user in self._by_id.values() if user.email == wanted), None)

    def update(self, user_id: str, email: str | None, password: str | None) -> None:
        """Change a user's e-mail address, password, or both.

        Raises
        ------
        UnknownUserIdError
            No user has this id.
        EmailAlreadyExistsError
            Another user has this e-mail address; nothing is changed.
        """
        user = self.by_id(user_id)
        if email is not None:
            if self.by_email(email) not in (None, user):
                raise EmailAlreadyExistsError
            user.email = _normalised(email)
        if password is not None:
            user.password_hash = PasswordHash.of(password)

    def count(self) -> int:
        """Return how many users there are."""
        return len(self._by_id)

    def search(self, emails: Iterable[str]) -> list[User]:
        """Return the users whose e-mail address, or the domain of it, begins with one of these, oldest first."""
        tags = [_normalised(tag) for tag in emails]
        return [
            user
            for user in self._by_id.values()
            if any(user.email.startswith(tag) or f"@{tag}" in user.email for tag in tags)
        ]

    def page(
        self, limit: int, *, newest_first: bool = False, pagination_token: str | None = None
    ) -> tuple[list[User], str | None]:
        """Return a page of the list of users by the time they joined, and the token of the next page.

        Raises
        ------
        PaginationTokenError
            The token is not one of this list.
        """
        users = list(self._by_id.values())
        if newest_first:
            users.reverse()
        if pagination_token is not None:
            first = _user_id(pagination_token)
            users = list(dropwhile(lambda user: user.id != first, users))
        page, rest = users[:limit], users[limit:]
        return page, _pagination_token(rest[0]) if rest else None


def _normalised(email: str) -> str:
    """Return an e-mail address as the core keeps it."""
    return email.strip().lower()


def _pagination_token(user: User) -> str:
    return base64.b64encode(f"{user.id};{user.time_joined}".encode()).decode()


def _user_id(pagination_token: str) -> str:
    try:
        user_id, _ = base64.b64decode(pagination_token, validate=True).decode().split(";")
    except ValueError:
        raise PaginationTokenError from None
    return user_id
