"""The core, put together."""

from starlette.applications import Starlette
from starlette.routing import Mount

from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.keys import SigningKeys
from supertokens_lambda_local.core.metadata import UserMetadata
from supertokens_lambda_local.core.password_resets import PasswordResets
from supertokens_lambda_local.core.rotation import Rotation
from supertokens_lambda_local.core.service_api import ServiceApi
from supertokens_lambda_local.core.session_api import SessionApi
from supertokens_lambda_local.core.sessions import Sessions
from supertokens_lambda_local.core.transport import Transport
from supertokens_lambda_local.core.user_api import UserApi
from supertokens_lambda_local.core.users import Users


def create_core(config: CoreConfig) -> Starlette:
    """Make a core with nothing in it.

    Parameters
    ----------
    config
        How long its tokens live, and who may call it.

    Returns
    -------
    Starlette
        An ASGI application that needs no lifespan. It is to be run in one event loop and one thread.
    """
    keys = SigningKeys(config)
    sessions = Sessions(config)
    transport = Transport(
        (
            *ServiceApi(keys).apis(),
            *SessionApi(Rotation(config, keys, sessions), sessions).apis(),
            *UserApi(Users(config), PasswordResets(config), UserMetadata()).apis(),
        ),
        config.api_keys,
    )
    return Starlette(routes=[Mount("/", transport)])
