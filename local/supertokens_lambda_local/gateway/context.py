"""The second argument of a handler ("Using the Lambda context object to retrieve Python function information")."""

import os
import time


class LambdaContext:
    """The context of an invocation, with the names that Lambda uses.

    Parameters
    ----------
    aws_request_id : str
        The id of the invocation.
    deadline : float
        When the invocation's time is up, on the clock of `time.monotonic`.
    """

    def __init__(self, aws_request_id: str, deadline: float) -> None:
        self.aws_request_id = aws_request_id
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.invoked_function_arn = (
            f"arn:aws:lambda:{os.environ['AWS_REGION']}:123456789012:function:{self.function_name}"
        )
        self.identity = None
        self.client_context = None
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that are left before the invocation is ended."""
        return max(0, round((self._deadline - time.monotonic()) * 1000))
