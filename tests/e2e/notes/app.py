"""GET and POST /notes: forms that need no script, and what was sent with them, for visitors who are signed in."""

from base64 import b64decode, b64encode

from supertokens_lambda import verify_session
from supertokens_lambda.pages import page

FORMS = """
<form method="post" action="/notes?draft=1&amp;q=a%20b" id="plain">
<label>Title <input name="title"></label>
<label>Text <textarea name="text" aria-label="Text"></textarea></label>
<input type="checkbox" name="again" value="1" checked aria-label="One">
<input type="checkbox" name="again" value="2" checked aria-label="Two">
<input type="hidden" name="&lt;&quot;&amp;'&gt;" value="kept">
<label>Password <input name="password" type="password"></label>
<button name="action" value="save">Save</button>
</form>
<form method="post" action="/notes" enctype="multipart/form-data" id="files">
<input type="file" name="file" aria-label="File">
<button>Send the file</button>
</form>
<form method="post" action="/notes" id="button"><button>Do it</button></form>
"""


@verify_session()
def save(event, context, session):
    body = b64decode(event["body"]) if event["isBase64Encoded"] else (event.get("body") or "").encode()
    sent = f"{event['rawPath']}?{event['rawQueryString']}"
    return page("Saved", f'<p id="to">{sent}</p><p id="body">{b64encode(body).decode()}</p>')


def handler(event, context):
    if event["requestContext"]["http"]["method"] == "POST":
        return save(event, context)
    answer = page("Notes", FORMS)
    return {"statusCode": 200, "headers": dict(answer.headers), "body": answer.body}
