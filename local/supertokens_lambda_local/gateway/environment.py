"""The environment variables of a function's process."""

import os
import sys
from collections.abc import Mapping

from supertokens_lambda_local.template.model import Function

_INHERITED = {"HOME", "LANG", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "TZ"}
_INHERITED_PREFIXES = ("LC_", "PYTHON")
_REGION = "us-east-1"
_TOOLKIT_PREFIX = "SUPERTOKENS_"
# Where the cloud keeps the core's key, and the results of refreshes; on this machine SUPERTOKENS_API_KEY holds the key
# itself, and a file the results.
_CLOUD_ONLY = {"SUPERTOKENS_API_KEY_PARAMETER", "SUPERTOKENS_API_KEY_SECRET", "SUPERTOKENS_REFRESH_TABLE"}

CONNECTION_URI = "SUPERTOKENS_CONNECTION_URI"
# E-mails go to nobody from this machine, so that they need no identity of SES.
_SENDER = {"SUPERTOKENS_EMAIL_SENDER": "no-reply@localhost"}


def given_environment(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the developer sets: this process's own ``SUPERTOKENS_*``, then those chosen."""
    own = {name: value for name, value in os.environ.items() if name.startswith(_TOOLKIT_PREFIX)}
    return {**own, **chosen}


def toolkit_environment(core: str, url: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that all functions share: where the core and the application are.

    Parameters
    ----------
    core : str
        Where the core is.
    url : str
        Where the application is.
    given : mapping of str to str
        Variables that come before these.
    """
    domains = {"SUPERTOKENS_API_DOMAIN": url, "SUPERTOKENS_WEBSITE_DOMAIN": url}
    return {CONNECTION_URI: core, **domains, **given}


def process_environment(function: Function, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a function's process, without the others of this machine.

    The names are those of "Using Lambda environment variables". The credentials are no one's, so that boto3 neither
    looks for this machine's nor reaches anyone's account.

    Parameters
    ----------
    function : Function
        The function.
    extra : mapping of str to str
        Variables that come before the function's own.
    """
    inherited = {
        name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith(_INHERITED_PREFIXES)
    }
    return {
        **inherited,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": _REGION,
        "AWS_DEFAULT_REGION": _REGION,
        # With it the toolkit prepares in the init phase what the first request would wait for.
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        # With this variable the tracer of Powertools, and others, work without AWS.
        "AWS_SAM_LOCAL": "true",
        "LAMBDA_TASK_ROOT": str(function.code_uri),
        "_HANDLER": function.handler,
        **_SENDER,
        **{
            name: value
            for name, value in function.environment.items()
            if name not in _CLOUD_ONLY and (value or name not in _SENDER)
        },
        **extra,
    }
