"""The core, put together."""

from starlette.applications import Starlette
from starlette.routing import Mount

from supertokens_lambda_local.core.apps import Apps
from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.connections import ClosingConnections
from supertokens_lambda_local.core.recipes import ROUTES
from supertokens_lambda_local.core.transport import Transport


def create_core(config: CoreConfig) -> Starlette:
    """Build a core with nothing in it but what its data file holds.

    Parameters
    ----------
    config
        How long its tokens live, who may call it, and where it keeps its state.

    Returns
    -------
    Starlette
        An ASGI application that needs no lifespan. It is to be run in one event loop and one thread.

    Raises
    ------
    DataFileError
        The data file cannot be used.
    """
    core = Transport(ROUTES, Apps(config), config)
    if config.requests_per_connection is None:
        return Starlette(routes=[Mount("/", core)])
    return Starlette(routes=[Mount("/", ClosingConnections(core, config.requests_per_connection))])
