"""Tenants in paths of SuperTokens' API: an unknown one is no fault of the application, since anybody can name it."""

import pytest
from tests.support.core import Core

from supertokens_lambda import handlers

FIELDS = {"formFields": [{"id": "email", "value": "a@example.com"}, {"id": "password", "value": "correct-horse-1"}]}
CALLS = {
    "/signin": FIELDS,
    "/signup": FIELDS,
    "/user/password/reset/token": {"formFields": [{"id": "email", "value": "nobody@example.com"}]},
    "/loginmethods": None,
    "/signup/email/exists?email=a@example.com": None,
}


@pytest.mark.parametrize("path", CALLS)
def test_an_unknown_tenant_is_not_found(browser, records, path):
    answer = browser.call(handlers.auth, f"/auth/nobody{path}", CALLS[path])

    assert (answer.status, answer.json()) == (404, {"message": "Not Found"})
    assert records.outcomes == [("bad-request", "unknown-tenant")]


@pytest.mark.parametrize("path", CALLS)
def test_a_known_tenant_is_served(browser, core: Core, path):
    tenant = {"tenantId": "some", "firstFactors": ["emailpassword"]}
    core.http.put("/recipe/multitenancy/tenant/v2", json=tenant).raise_for_status()

    assert browser.call(handlers.auth, f"/auth/some{path}", CALLS[path]).status == 200


@pytest.mark.parametrize("path", ["/auth/signin", "/auth/public/signin", "/auth/nobody/signin"])
@pytest.mark.parametrize(
    ("fault", "outcome"), [(401, ("error", "core-refused")), (503, ("unavailable", "core-unreachable"))]
)
def test_a_fault_stays_a_fault(browser, core: Core, records, path, fault, outcome):
    with core.failing((fault, "Invalid API key")):
        answer = browser.call(handlers.auth, path, FIELDS)

    assert answer.status >= 500
    assert records.outcomes == [outcome]
