import os


def handler(event, context):
    body = f'<h1>{os.environ.get("TITLE", "")}</h1><p><a href="/reports/latest">The latest report</a></p>'
    return {"statusCode": 200, "headers": {"content-type": "text/html; charset=utf-8"}, "body": body}
