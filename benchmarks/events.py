"""What an HTTP API hands over when a browser opens a page (payload format 2.0)."""

from base64 import b64encode
from typing import Any

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
OTHER_COOKIES = ["theme=dark", "_ga=GA1.1.1234567890.1700000000", "consent=necessary%2Canalytics"]
_FRONT_TOKEN = b64encode(b'{"ate":1700003600000,"uid":"00000000-0000-4000-8000-000000000000","up":{}}').decode()

EVENT: dict[str, Any] = {
    "version": "2.0",
    "routeKey": "GET /dashboard",
    "rawPath": "/dashboard",
    "rawQueryString": "tab=orders&page=2",
    "headers": {
        "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "accept-encoding": "gzip, deflate, br, zstd",
        "accept-language": "en-GB,en;q=0.9,de;q=0.8",
        "content-length": "0",
        "host": "app.example.com",
        "referer": "https://app.example.com/",
        "sec-ch-ua": '"Chromium";v="140", "Not=A?Brand";v="24"',
        "sec-ch-ua-mobile": "?0",
        "sec-ch-ua-platform": '"Linux"',
        "sec-fetch-dest": "document",
        "sec-fetch-mode": "navigate",
        "sec-fetch-site": "same-origin",
        "sec-fetch-user": "?1",
        "upgrade-insecure-requests": "1",
        "user-agent": _BROWSER,
        "x-amzn-trace-id": "Root=1-5e6a879e-c6af9ac67b6111e69a4193e8",
        "x-forwarded-for": "203.0.113.9",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    },
    "queryStringParameters": {"tab": "orders", "page": "2"},
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "a1b2c3d4e5",
        "domainName": "app.example.com",
        "domainPrefix": "app",
        "http": {
            "method": "GET",
            "path": "/dashboard",
            "protocol": "HTTP/1.1",
            "sourceIp": "203.0.113.9",
            "userAgent": _BROWSER,
        },
        "requestId": "JKJaXmPLvHcESHA=",
        "routeKey": "GET /dashboard",
        "stage": "$default",
        "time": "12/Mar/2020:19:03:58 +0000",
        "timeEpoch": 1584039838390,
    },
    "isBase64Encoded": False,
}


def cookies(token: str | None) -> list[str]:
    """Return the cookies that a browser sends, with an access token or without a session."""
    if token is None:
        return OTHER_COOKIES
    session = [f"sAccessToken={token}", f"sFrontToken={_FRONT_TOKEN}", "st-last-access-token-update=1700000000000"]
    return OTHER_COOKIES + session


def with_cookies(token: str | None) -> dict[str, Any]:
    """Return a whole event."""
    return EVENT | {"cookies": cookies(token)}
