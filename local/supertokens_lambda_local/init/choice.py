"""The choices for a template, and the functions and routes that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supertokens_lambda.sign_in import ROUTES
from supertokens_lambda_local.init.survey import OURS

if TYPE_CHECKING:
    from supertokens_lambda_local.init.apis import Api

LAYER = f"{OURS}Layer"
SIGN_IN, AUTH, REFRESH = f"{OURS}SignInFunction", f"{OURS}AuthFunction", f"{OURS}RefreshFunction"
FOLDERS = {SIGN_IN: "functions/sign_in", AUTH: "functions/auth", REFRESH: "functions/refresh_session"}
LAYER_FOLDER = "layers/session"


@dataclass(frozen=True)
class Choice:
    """The choices for a template.

    Attributes
    ----------
    api : Api
        Where the routes are added.
    guarded : tuple of str
        The functions that get the layer.
    architecture : str
        The processor of these functions.
    roles : mapping of str to str
        For each function with permissions, a reference to its role as YAML.
    folder : str
        The folder around the folders of code, with a slash at the end; empty for none.
    recipes : tuple of str
        The recipes of the application; most add pages.
    auth_path, refresh_path, signed_in_path : str
        The paths of the settings.
    validators : str
        The claim validators that the recipes register, with commas; empty for none.
    """

    api: Api
    guarded: tuple[str, ...]
    architecture: str
    roles: dict[str, str]
    recipes: tuple[str, ...]
    folder: str = ""
    auth_path: str = "/auth"
    refresh_path: str = "/refresh-session"
    signed_in_path: str = "/"
    validators: str = ""

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that are added: none behind Function URLs, where one function serves all."""
        return () if self.api.kind == "url" else (SIGN_IN, AUTH, REFRESH)


def routes_of(function: str, choice: Choice) -> tuple[tuple[str, str], ...]:
    """Return the method and path of each route of a function that is added."""
    auth, refresh = choice.auth_path, choice.refresh_path
    return {
        SIGN_IN: tuple(
            (method, auth + path) for recipe in ("session", *choice.recipes) for method, path in ROUTES.get(recipe, ())
        ),
        AUTH: (("ANY", f"{auth}/{{proxy+}}"),),
        REFRESH: (
            ("GET", refresh),
            ("GET", f"{auth}/session/refresh"),
            ("POST", f"{auth}/session/refresh"),
        ),
    }[function]
