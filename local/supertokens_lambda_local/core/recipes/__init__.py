"""The recipes of the core, each a module or two with its rows and its routes."""

from supertokens_lambda_local.core.recipes import (
    accountlinking,
    coreconfig,
    dashboard,
    emailpassword,
    emailverification,
    jwt,
    multitenancy,
    multitenancy_apps,
    multitenancy_users,
    passwordless,
    passwordreset,
    recipeuser,
    service,
    session,
    session_data,
    thirdparty,
    thirdparty_config,
    totp,
    useridmapping,
    usermetadata,
    userroles,
    users,
)

_MODULES = (
    service,
    session,
    session_data,
    jwt,
    users,
    useridmapping,
    usermetadata,
    emailpassword,
    passwordreset,
    passwordless,
    thirdparty,
    recipeuser,
    emailverification,
    userroles,
    totp,
    accountlinking,
    multitenancy,
    multitenancy_users,
    multitenancy_apps,
    thirdparty_config,
    dashboard,
    coreconfig,
)

ROUTES = tuple(route for module in _MODULES for route in module.routes)
"""All routes of the core."""
