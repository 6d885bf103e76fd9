"""The list of users, page by page, and the search in it."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from supertokens_lambda_local.core.errors import InputError
from supertokens_lambda_local.core.users.rows import LoginMethod, User


@dataclass(frozen=True)
class Search:
    """What to search for: beginnings of e-mail addresses or their domains, of phone numbers and of providers' ids."""

    emails: tuple[str, ...]
    phone_numbers: tuple[str, ...]
    providers: tuple[str, ...]

    def matches(self, method: LoginMethod) -> bool:
        """Check whether a login method is one of a recipe that has all that is searched for, and has one of each."""
        return (
            (not self.emails or self._has_email(method))
            and (not self.phone_numbers or self._has_phone_number(method))
            and (not self.providers or self._has_provider(method))
        )

    def _has_email(self, method: LoginMethod) -> bool:
        email = method.email
        return email is not None and any(like(email, tag) or like(email, f"%@{tag}") for tag in self.emails)

    def _has_phone_number(self, method: LoginMethod) -> bool:
        number = method.phone_number
        return number is not None and any(like(number, tag) for tag in self.phone_numbers)

    def _has_provider(self, method: LoginMethod) -> bool:
        return method.third_party is not None and any(like(method.third_party[0], tag) for tag in self.providers)


@dataclass(frozen=True)
class Page:
    """Where a page of the list begins."""

    user_id: str
    time_joined: int

    @classmethod
    def of(cls, token: str) -> Self:
        """Read a pagination token.

        Raises
        ------
        InputError
            It was not made by the list of users.
        """
        try:
            user_id, time_joined = base64.b64decode(token, validate=True).decode().split(";")
            return cls(user_id, int(time_joined))
        except ValueError:
            raise InputError("invalid pagination token") from None

    def token(self) -> str:
        """Return the pagination token."""
        return base64.b64encode(f"{self.user_id};{self.time_joined}".encode()).decode()


def page(
    users: Iterable[User], limit: int, *, newest_first: bool, start: Page | None
) -> tuple[list[User], Page | None]:
    """Return a page of users, and where the next one begins."""
    listed = sorted(users, key=lambda user: user.id, reverse=True)
    listed.sort(key=lambda user: user.time_joined, reverse=newest_first)
    if start is not None:
        listed = [user for user in listed if not _precedes(user, start, newest_first=newest_first)]
    following = listed[limit] if len(listed) > limit else None
    return listed[:limit], None if following is None else Page(following.id, following.time_joined)


def like(text: str, tag: str) -> bool:
    """Check whether a text begins with a tag, in which ``%`` and ``_`` stand for any text and any character."""
    pattern = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in tag)
    return re.match(pattern, text, re.IGNORECASE | re.DOTALL) is not None


def _precedes(user: User, start: Page, *, newest_first: bool) -> bool:
    if user.time_joined == start.time_joined:
        return user.id > start.user_id
    return (user.time_joined > start.time_joined) == newest_first
