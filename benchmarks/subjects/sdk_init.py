"""SuperTokens' SDK, started as its documentation starts it."""

import os

from supertokens_python import InputAppInfo, SupertokensConfig, init
from supertokens_python.recipe import emailpassword, session


def start() -> None:
    """Start it with sessions and e-mail and password sign-in."""
    init(
        app_info=InputAppInfo(
            app_name="benchmarks",
            api_domain=os.environ["SUPERTOKENS_API_DOMAIN"],
            website_domain=os.environ["SUPERTOKENS_WEBSITE_DOMAIN"],
            api_base_path="/auth",
            website_base_path="/auth",
        ),
        supertokens_config=SupertokensConfig(
            connection_uri=os.environ["SUPERTOKENS_CONNECTION_URI"], api_key=os.environ.get("SUPERTOKENS_API_KEY")
        ),
        framework="fastapi",
        recipe_list=[session.init(), emailpassword.init()],
        mode="asgi",
    )
