"""GET /sdk: a page of the tests' own, on which SuperTokens' browser SDK runs and does nothing by itself."""

import os
from pathlib import Path


def handler(event, context):
    if event["rawPath"].endswith(".js"):
        script = Path(os.environ["SDK_PAGE_SCRIPT"]).read_text()
        return {"statusCode": 200, "headers": {"content-type": "text/javascript"}, "body": script}
    html = (
        '<!doctype html><link rel="icon" href="data:,"><title>SDK</title>'
        f'<script src="/sdk/script.js" data-cookie-domain="{os.environ["SUPERTOKENS_COOKIE_DOMAIN"]}"></script>'
    )
    return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": html}
