"""What the examples of frameworks serve, by the plain decorator."""

from base64 import b64encode

from supertokens_lambda import verify_session

HTML = {"content-type": "text/html; charset=utf-8"}


@verify_session()
def handler(event, context, session):
    match event["rawPath"].removeprefix("/reports/"):
        case "latest":
            return {"statusCode": 302, "headers": {"location": "/reports/2026"}, "body": ""}
        case "table.csv":
            headers = {"content-type": "text/csv; charset=utf-8"}
            return {"statusCode": 200, "headers": headers, "body": "0123456789" * 100_000}
        case "chart.png":
            content = b64encode(bytes(range(256))).decode()
            headers = {"content-type": "image/png"}
            return {"statusCode": 200, "headers": headers, "body": content, "isBase64Encoded": True}
        case "columns":
            cookies = [f"column{number}=shown; Path=/" for number in range(10)]
            return {"statusCode": 200, "headers": HTML, "body": "<h1>Columns</h1>", "cookies": cookies}
        case name:
            body = f"<h1>Report {name}</h1><p>{session.get_user_id()}</p>"
            return {"statusCode": 200, "headers": HTML, "body": body}


@verify_session(check_database=True)
def account(event, context, session):
    return {"statusCode": 200, "headers": HTML, "body": f"<h1>Account</h1><p>{session.get_user_id()}</p>"}
