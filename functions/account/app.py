"""/account and /admin: routes of the Event Handler in Powertools behind a session, with Logger, Metrics and Tracer."""

import traceback
from typing import Any

import account  # noqa: F401 - registers routes, as the next ones do
import admin  # noqa: F401
import deletion  # noqa: F401
import password  # noqa: F401
import sessions  # noqa: F401
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.logging.utils import copy_config_to_registered_loggers
from aws_lambda_powertools.utilities.typing import LambdaContext
from web import router, show

from supertokens_lambda.handlers import prepare_sdk
from supertokens_lambda.settings import settings

logger = Logger()
metrics = Metrics()
tracer = Tracer()
app = APIGatewayHttpResolver(strip_prefixes=list(filter(None, [settings().api_gateway_path])))
app.include_router(router)

# The records of the toolkit get the name of the service and the correlation id too.
copy_config_to_registered_loggers(source_logger=logger, include={"supertokens_lambda"})
prepare_sdk()


@app.not_found
def not_found(error: NotFoundError) -> Response[Any]:
    return show("Page not found", "<p>There is no page at this address.</p>", status=404)


@app.exception_handler(Exception)  # type: ignore[untyped-decorator]  # it has no types
def failed(error: Exception) -> Response[Any]:
    # Without the message, which may quote what the visitor typed.
    where = traceback.format_tb(error.__traceback__)
    logger.error("the page failed", extra={"error": type(error).__name__, "where": where})
    metrics.add_metric(name="PagesFailed", unit="Count", value=1)
    return show("Something is wrong here", "<p>This page has a fault. You are still signed in.</p>", status=500)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@tracer.capture_lambda_handler(capture_response=False)  # the response is the visitor's page
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
