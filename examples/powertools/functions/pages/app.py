"""GET /orders/{proxy+} and /about: routes of the Event Handler in Powertools, with Logger, Metrics and Tracer."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.logging.utils import copy_config_to_registered_loggers
from aws_lambda_powertools.utilities.typing import LambdaContext

from supertokens_lambda.metrics import count_sessions
from supertokens_lambda.pages import page
from supertokens_lambda.powertools import SessionMiddleware, powertools_response

logger = Logger()
metrics = Metrics()
tracer = Tracer()
app = APIGatewayHttpResolver()

# The toolkit's own records get the service's name and the correlation id too; its verdicts become metrics.
copy_config_to_registered_loggers(source_logger=logger, include={"supertokens_lambda"})
count_sessions(metrics)


@app.get("/orders/<number>", middlewares=[SessionMiddleware()])
@tracer.capture_method(capture_response=False)  # the response is the visitor's page
def order(number: str) -> Response[Any]:
    logger.info("order shown", extra={"order": number})
    return powertools_response(page(f"Order {number}", "<p>It is on its way.</p>"))


@app.get("/about", middlewares=[SessionMiddleware(session_required=False)])
def about() -> Response[Any]:
    visitor = app.context["session"]
    body = "<p>Welcome back.</p>" if visitor else '<p><a href="/orders/1">Your order</a></p>'
    return powertools_response(page("About", body))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
