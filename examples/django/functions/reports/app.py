"""/reports/{proxy+} and /account: a Django application, in one file."""

import secrets
from html import escape

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from supertokens_lambda import Session
from supertokens_lambda.asgi import SessionMiddleware, asgi_handler, session_of
from supertokens_lambda.django import verify_session

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],  # API Gateway takes requests for its own names alone
    SECRET_KEY=secrets.token_urlsafe(),  # nothing that another instance would have to read is signed with it
)


# A view that is guarded by itself, and asks the core each time.
@verify_session(check_database=True)
async def account(request: HttpRequest, session: Session) -> HttpResponse:
    return HttpResponse(f"<h1>Account</h1><p>{escape(session.get_user_id())}</p>")


def latest(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/reports/2026")


def table(request: HttpRequest) -> HttpResponse:
    return HttpResponse("0123456789" * 100_000, content_type="text/csv")


def chart(request: HttpRequest) -> HttpResponse:
    return HttpResponse(bytes(range(256)), content_type="image/png")


def columns(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("<h1>Columns</h1>")
    for number in range(10):
        response.set_cookie(f"column{number}", "shown")
    return response


@csrf_exempt
def report(request: ASGIRequest, name: str) -> HttpResponse:
    user_id = session_of(request.scope).get_user_id()
    return HttpResponse(f"<h1>Report {escape(name)}</h1><p>{escape(user_id)}</p>")


urlpatterns = [
    path("account", account),
    path("reports/latest", latest),
    path("reports/table.csv", table),
    path("reports/chart.png", chart),
    path("reports/columns", columns),
    path("reports/<name>", report),
]
# Every path but one whose view is guarded by itself.
handler = asgi_handler(SessionMiddleware(get_asgi_application(), public=["/account"]), lifespan="off")
