"""The pages, by Django: all of them for visitors who are signed in."""

import secrets
from html import escape

from django.conf import settings as django_settings
from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.urls import path
from supertokens_lambda.asgi import SessionMiddleware, asgi_handler, session_of
from supertokens_lambda.pages import page
from supertokens_lambda.settings import settings

BODY = """
<p>You are signed in as {user_id}.</p>
<form method="post" action="{sign_in}/sign-out">
<button>Sign out</button>
</form>
"""

django_settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],  # the API accepts requests for its names only
    SECRET_KEY=secrets.token_urlsafe(),  # no other instance reads what it signs
)


def home(request: ASGIRequest) -> HttpResponse:
    """Greet the visitor."""
    user_id = escape(session_of(request.scope).get_user_id())
    made = page("Welcome", BODY.format(user_id=user_id, sign_in=settings().sign_in_path))
    return HttpResponse(made.body, headers=dict(made.headers))


urlpatterns = [path("", home)]
app = SessionMiddleware(get_asgi_application(), public=[])  # the paths that need no session
handler = asgi_handler(app, lifespan="off")
